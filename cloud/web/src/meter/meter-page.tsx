/** One meter: its value now, how firm it is, its curve and its readings. */
import './meter-page.css';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Api } from '../api/client.ts';
import type { Reading, Stream, StreamField, Watermarks } from '../api/model.ts';
import { EmptyState } from '../design/notice.tsx';
import type { LiveState } from '../live/live-state.ts';
import { progressOf, regionsOf } from '../live/progress.ts';
import { leadingField, leadingValue } from '../live/streams.ts';
import { useNow } from '../live/use-live.ts';
import { useWords } from '../strings/words.ts';
import { Curve } from './curve.tsx';
import { extendSeries, startOf } from './curve-data.ts';
import { LiveValue } from './live-value.tsx';
import { RANGES, type RangeName } from './ranges.ts';
import { ReadingsTable } from './readings-table.tsx';
import { StageTrack } from './stage-track.tsx';
import { useSeries } from './use-series.ts';

interface MeterPageProps {
  readonly api: Api;
  readonly state: LiveState;
  readonly stream: Stream;
  readonly marks: Watermarks | null;
  readonly theme: string;
  readonly onVerify: (reading: Pick<Reading, 'agent' | 'seq'>) => void;
  readonly onVerifyAt: (time: number) => void;
  readonly onOlder: () => void;
}

export function MeterPage(props: MeterPageProps): JSX.Element {
  const { state, stream, marks, onVerify, onOlder } = props;
  const { t } = useWords();
  const readings = state.readings ?? [];
  const newest = readings[0];
  const leading = leadingField(stream);
  if (state.readings === null) return <EmptyState title={t.empty.loading} />;
  if (newest === undefined)
    return (
      <EmptyState title={t.empty.noReadings}>
        <p>{t.empty.noReadingsText}</p>
      </EmptyState>
    );
  return (
    <div class={`meter ${leading === null ? 'no-numbers' : ''}`}>
      {leading === null ? (
        <EmptyState title={t.empty.noNumbers}>
          <p>{t.empty.noNumbersText}</p>
        </EmptyState>
      ) : (
        <LiveValue
          reading={newestWith(readings, leading) ?? newest}
          leading={leading}
          marks={marks}
          connected={state.connection !== 'lost'}
          onVerify={onVerify}
        />
      )}
      {marks !== null && <StageTrack readings={readings} marks={marks} />}
      {leading !== null && (
        <MeterCurve
          key={stream.device}
          {...props}
          leading={
            leadingValue(newestWith(readings, leading) ?? newest, leading)?.name ?? leading.name
          }
          readings={readings}
        />
      )}
      <ReadingsTable
        readings={readings}
        complete={state.complete}
        leading={leading}
        marks={marks}
        onVerify={onVerify}
        onOlder={onOlder}
      />
    </div>
  );
}

/** A sign of life may be newer than the newest number. */
const newestWith = (readings: readonly Reading[], leading: StreamField): Reading | undefined =>
  readings.find((reading) => leadingValue(reading, leading) !== null);

interface MeterCurveProps extends MeterPageProps {
  readonly leading: string;
  readonly readings: readonly Reading[];
}

function MeterCurve(props: MeterCurveProps): JSX.Element {
  const { api, state, stream, marks, leading, readings, theme, onVerifyAt } = props;
  // What is shown large when the page opens; it stays when a cloud turns the flow around.
  const [chosen, setChosen] = useState(leading);
  const [range, setRange] = useState<RangeName>('m15');
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
    () => (marks === null ? [] : regionsOf(progressOf(readings, marks), first, newest)),
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
