/** The curve: what the meter said over time, how firm each stretch is, and a way to verify any point of it. */
import './curve.css';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Series, StreamField } from '../api/model.ts';
import { Button, Choice } from '../design/button.tsx';
import { StateMark } from '../design/state.tsx';
import { formatChartNumber, formatUnit } from '../format/digits.ts';
import { formatInstant, formatMoment } from '../format/times.ts';
import type { Region } from '../live/progress.ts';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords } from '../strings/words.ts';
import { holesOf, isDownsampled, nearestPoint } from './curve-data.ts';
import { CurveLegend } from './curve-legend.tsx';
import { CurveStage } from './curve-stage.tsx';
import { RANGE_NAMES, type RangeName } from './ranges.ts';

export interface CurveProps {
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
  const { series, failed, field, range, regions, to } = props;
  const { t, language } = useWords();
  const [time, setTime] = useState<number | null>(null);
  const index = series === null || time === null ? -1 : nearestPoint(series, time);
  const name = quantityWords(field.name, language);
  const holes = useMemo(() => (series === null ? [] : holesOf(series, to)), [series, to]);

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
      <CurveStage {...props} holes={holes} name={name} index={index} onTime={setTime} />
      <div class="curve-read">
        {failed && <span>{t.curve.failed}</span>}
        {series !== null && index >= 0 ? (
          <Readout {...props} series={series} index={index} />
        ) : (
          <span class="quiet small">{t.curve.help}</span>
        )}
      </div>
      <CurveLegend
        regions={regions}
        holes={holes.length > 0}
        band={series !== null && isDownsampled(series)}
      />
    </section>
  );
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
