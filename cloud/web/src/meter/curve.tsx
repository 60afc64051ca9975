/** The curve: what the meter said over time, how firm each stretch is, and a way to verify any point of it. */
import './curve.css';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Series, StreamField } from '../api/model.ts';
import { Button, Choice } from '../design/button.tsx';
import { StateMark } from '../design/state.tsx';
import { formatChartNumber, formatUnit } from '../format/digits.ts';
import { formatInstant, formatMoment } from '../format/times.ts';
import type { Region } from '../live/progress.ts';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords } from '../strings/words.ts';
import { extentOf, isDownsampled, nearestPoint, toCurve } from './curve-data.ts';
import { CurveLegend } from './curve-legend.tsx';
import { createPlot, type Plot } from './plot.ts';
import { RANGE_NAMES, type RangeName } from './ranges.ts';

interface CurveProps {
  readonly series: Series | null;
  readonly failed: boolean;
  readonly from: number;
  readonly to: number;
  readonly regions: readonly Region[];
  readonly fields: readonly StreamField[];
  readonly field: StreamField;
  readonly range: RangeName;
  readonly theme: string;
  readonly onRange: (range: RangeName) => void;
  readonly onField: (name: string) => void;
  readonly onVerifyAt: (time: number) => void;
}

export function Curve(props: CurveProps): JSX.Element {
  const { series, failed, field, range, regions } = props;
  const { t, language } = useWords();
  const [time, setTime] = useState<number | null>(null);
  const index = series === null || time === null ? -1 : nearestPoint(series, time);
  const name = quantityWords(field.name, language);

  return (
    <section class="panel curve" aria-labelledby="curve-title">
      <div class="curve-head">
        <h2 id="curve-title" class="spoken">
          {t.curve.title}
        </h2>
        <label>
          <span class="spoken">{t.curve.quantity}</span>
          <select value={field.name} onChange={(event) => props.onField(event.currentTarget.value)}>
            {props.fields.map((option) => (
              <option key={option.name} value={option.name}>
                {quantityWords(option.name, language)}
              </option>
            ))}
          </select>
        </label>
        <Choice
          label={t.curve.range}
          value={range}
          onChange={props.onRange}
          options={RANGE_NAMES.map((value) => ({
            value,
            text: t.curve.ranges[value],
            spoken: t.curve.spokenRanges[value],
          }))}
        />
      </div>
      <CurveStage {...props} name={name} index={index} onTime={setTime} />
      <div class="curve-read">
        {failed && <span>{t.curve.failed}</span>}
        {series !== null && index >= 0 ? (
          <Readout {...props} series={series} index={index} />
        ) : (
          <span class="quiet small">{t.curve.help}</span>
        )}
      </div>
      <CurveLegend regions={regions} band={series !== null && isDownsampled(series)} />
    </section>
  );
}

interface StageProps extends CurveProps {
  readonly name: string;
  readonly index: number;
  readonly onTime: (time: number | null) => void;
}

function CurveStage(props: StageProps): JSX.Element {
  const { series, from, to, regions, theme, field, index, name, onTime, onVerifyAt } = props;
  const { t, language } = useWords();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const pinned = useRef(false);
  const data = useMemo(() => (series === null ? null : toCurve(series)), [series]);
  const extent = useMemo(() => (series === null ? null : extentOf(series)), [series]);

  useEffect(() => {
    if (host.current === null) return;
    plot.current = createPlot(host.current, language, {
      hover: (time) => pinned.current || onTime(time),
      pick: (time) => {
        pinned.current = !pinned.current;
        onTime(time);
      },
    });
    return () => plot.current?.destroy();
  }, [language, theme]);

  useEffect(() => {
    if (data !== null) plot.current?.update(data, from, to, regions);
  }, [data, from, to, regions, language, theme]);

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

function Readout(props: CurveProps & { series: Series; index: number }): JSX.Element {
  const { series, index, field, regions, onVerifyAt } = props;
  const { t, language } = useWords();
  const time = series.times[index] as number;
  const [low, high] = [series.low[index] as number, series.high[index] as number];
  const number = (value: number) => formatChartNumber(value, language);
  const stage = regions.find((region) => time <= region.to)?.stage;
  return (
    <>
      <p>
        <b>
          {number(series.values[index] as number)} {formatUnit(field.unit)}
        </b>
        {low !== high && (
          <span>
            {t.curve.mean}, {t.curve.between(number(low), number(high))}
          </span>
        )}
        <time class="quiet" dateTime={formatInstant(time)}>
          {formatMoment(time, language)}
        </time>
        {stage !== undefined && <StateMark state={stage} />}
      </p>
      <Button compact onClick={() => onVerifyAt(time)}>
        {t.curve.verifyPoint}
      </Button>
    </>
  );
}
