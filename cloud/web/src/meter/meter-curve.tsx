/** The curve of the chosen quantity over the chosen time, grown by what is read meanwhile. */
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Reading } from '../api/model.ts';
import { progressOf, regionsOf } from '../live/progress.ts';
import { useNow } from '../live/use-live.ts';
import { viewOf } from '../live/views.ts';
import { Curve } from './curve.tsx';
import { extendSeries, startOf } from './curve-data.ts';
import type { MeterPageProps } from './meter-page.tsx';
import { RANGES, type RangeName } from './ranges.ts';
import { useSeries } from './use-series.ts';

interface MeterCurveProps extends MeterPageProps {
  readonly leading: string;
  readonly readings: readonly Reading[];
}

export function MeterCurve(props: MeterCurveProps): JSX.Element {
  const { api, state, stream, marks, leading, readings, theme, onVerifyAt } = props;
  // What is shown large when the page opens; it stays when a cloud turns the flow around.
  const [chosen, setChosen] = useState(leading);
  // A bin fills in days.
  const [range, setRange] = useState<RangeName>(viewOf(stream) === 'level' ? 'h24' : 'm15');
  const numbers = stream.fields.filter((field) => field.unit !== null);
  const field = numbers.find(({ name }) => name === chosen) ?? { name: chosen, unit: null };
  const to = useNow(range === 'm15' ? 1000 : 15_000);

  const loaded = useSeries(api, stream, field.name, range, state.connection === 'live');
  const series = useMemo(
    () => loaded.series && extendSeries(loaded.series, readings, field.name),
    [loaded.series, readings, field.name],
  );
  const from = startOf(series, readings[0]?.n ?? 0, to, RANGES[range]);
  const newest = readings[0]?.time ?? to;
  const first = Math.max(from, series?.times[0] ?? newest);
  const regions = useMemo(
    () => regionsOf(progressOf(readings, marks), first, newest),
    [readings, marks, first, newest],
  );
  return (
    <Curve
      series={series}
      failed={loaded.failed}
      from={from}
      to={to}
      regions={regions}
      fields={numbers}
      field={field}
      range={range}
      theme={theme}
      onRange={setRange}
      onField={setChosen}
      onVerifyAt={onVerifyAt}
    />
  );
}
