/** The drawn curve itself, walked along by pointer, touch and arrow keys. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { formatChartNumber, formatUnit } from '../format/digits.ts';
import { formatMoment } from '../format/times.ts';
import { useWords } from '../strings/words.ts';
import type { CurveProps } from './curve.tsx';
import { extentOf, type Hole, toCurve } from './curve-data.ts';
import { createPlot, type Plot } from './plot.ts';
import { isFlow } from './value-range.ts';

interface StageProps extends CurveProps {
  readonly holes: readonly Hole[];
  readonly name: string;
  readonly index: number;
  readonly onTime: (time: number | null) => void;
}

export function CurveStage(props: StageProps): JSX.Element {
  const { series, from, to, regions, holes, theme, field, index, name, onTime, onVerifyAt } = props;
  const { t, language } = useWords();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const pinned = useRef(false);
  const fromZero = isFlow(field.unit);
  const data = useMemo(() => (series === null ? null : toCurve(series, holes)), [series, holes]);
  const extent = useMemo(() => (series === null ? null : extentOf(series)), [series]);

  useEffect(() => {
    if (host.current === null) return;
    plot.current = createPlot(
      host.current,
      { language, fromZero },
      {
        hover: (time) => pinned.current || onTime(time),
        pick: (time) => {
          pinned.current = !pinned.current;
          onTime(time);
        },
      },
    );
    return () => plot.current?.destroy();
  }, [language, theme, fromZero]);

  useEffect(() => {
    if (data !== null) plot.current?.update({ data, from, to, regions, holes });
  }, [data, from, to, regions, holes, language, theme, fromZero]);

  const time = series?.times[index] ?? null;
  useEffect(() => plot.current?.mark(time), [time]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (series === null || series.times.length === 0) return;
    const last = series.times.length - 1;
    const at = index < 0 ? last : index;
    const target = keyTarget(event.key, at, last);
    if (event.key === 'Enter' && index >= 0) onVerifyAt(series.times[at] as number);
    else if (target === null) return;
    else onTime(series.times[target] as number);
    pinned.current = true;
    event.preventDefault();
  };

  const number = (value: number) =>
    `${formatChartNumber(value, language)} ${formatUnit(field.unit)}`;
  return (
    <div class="curve-stage">
      <div
        ref={host}
        class="curve-plot"
        role="slider"
        tabIndex={0}
        onKeyDown={onKeyDown}
        aria-valuemin={Math.round(from)}
        aria-valuemax={Math.round(to)}
        aria-valuenow={Math.round(time ?? to)}
        aria-valuetext={
          time === null
            ? formatMoment(to, language)
            : `${number(series?.values[index] as number)}, ${formatMoment(time, language)}`
        }
        aria-label={t.curve.describe(
          name,
          formatMoment(from, language),
          formatMoment(to, language),
          extent === null ? '–' : number(extent.lowest),
          extent === null ? '–' : number(extent.highest),
        )}
      />
      {series !== null && series.times.length === 0 && (
        <div class="curve-empty">
          <p>{t.curve.noData}</p>
          <p class="quiet small">{t.curve.noDataHint}</p>
        </div>
      )}
    </div>
  );
}

const PAGE_STEPS = 20;

function keyTarget(key: string, at: number, last: number): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    PageUp: at - PAGE_STEPS,
    PageDown: at + PAGE_STEPS,
    Home: 0,
    End: last,
  };
  const target = steps[key];
  return target === undefined ? null : Math.min(last, Math.max(0, target));
}
