/** On the page of a position stream: the large map, and its track to be walked along. */
import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Marks, Reading, Stream } from '../api/model.ts';
import { STAGES } from '../api/model.ts';
import { Button } from '../design/button.tsx';
import { StateMark } from '../design/state.tsx';
import { formatDigits } from '../format/digits.ts';
import { formatInstant, formatMoment } from '../format/times.ts';
import type { OnVerify } from '../home/evidence-line.tsx';
import { nameOf } from '../home/names.ts';
import type { LiveState } from '../live/live-state.ts';
import { CurveLegend } from '../meter/curve-legend.tsx';
import { useWords } from '../strings/words.ts';
import type { DrawnMap } from './drawn-map.ts';
import { type Fix, fixesOf } from './fixes.ts';
import { placeOf } from './place-words.ts';
import { standingSources } from './standing.ts';
import { TrackMap } from './track-map.tsx';

// What a canvas draws without a pause, and a slider can choose from.
const MOST_FIXES = 1500;

interface MapStageProps {
  readonly state: LiveState;
  readonly stream: Stream;
  readonly readings: readonly Reading[];
  readonly marks: Marks;
  readonly theme: string;
  readonly onVerify: OnVerify;
}

export function MapStage(props: MapStageProps): JSX.Element {
  const { state, stream, readings, marks, theme, onVerify } = props;
  const { t, language } = useWords();
  const drawn = useRef<DrawnMap | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const fixes = useMemo(() => fixesOf(readings, marks).slice(0, MOST_FIXES), [readings, marks]);
  const { title } = nameOf(stream, state.status, language);
  const tracks = useMemo(() => [{ name: title, fixes }], [title, fixes]);
  const demonstration = state.status?.demonstration ?? false;
  // Until somebody walks, the newest; then the one chosen, though newer come.
  const at = fixes.findIndex(({ reading }) => reading.seq === chosen);
  const fix = fixes[Math.max(0, at)];
  const stages = STAGES.filter((stage) => fixes.some(({ state: one }) => one === stage));
  return (
    <section class="panel stage map-stage" aria-labelledby="stage-title">
      <div class="curve-head">
        <h2 id="stage-title">{t.map.title}</h2>
        <Button compact onClick={() => drawn.current?.fit()}>
          {t.map.fit}
        </Button>
      </div>
      <TrackMap
        {...{
          tracks,
          theme,
          town: demonstration,
          free: true,
          marked: at < 0 ? null : (fix ?? null),
        }}
        standing={standingSources(state, language)}
        onPick={({ reading }) => onVerify(reading)}
        onReady={(map) => {
          drawn.current = map;
        }}
      />
      {fix === undefined ? (
        <div class="tile-empty">
          <p>{t.map.none}</p>
          <p class="quiet small">{t.map.noneText}</p>
        </div>
      ) : (
        <Walk {...{ fix, fixes, onVerify }} onChoose={({ reading }) => setChosen(reading.seq)} />
      )}
      <CurveLegend
        regions={stages.map((stage) => ({ stage, from: 0, to: 0 }))}
        holes={false}
        band={false}
      />
      {fix?.cell && <p class="quiet small">{t.map.cellHint}</p>}
      <p class="quiet small">
        {t.map.verifyHint} {demonstration ? t.map.town : t.map.bare}
      </p>
    </section>
  );
}

interface WalkProps {
  readonly fix: Fix;
  /** Newest first. */
  readonly fixes: readonly Fix[];
  readonly onChoose: (fix: Fix) => void;
  readonly onVerify: OnVerify;
}

/** The track without a pointer: from the oldest at the left to the newest at the right. */
function Walk({ fix, fixes, onChoose, onVerify }: WalkProps): JSX.Element {
  const { t, language } = useWords();
  const last = fixes.length - 1;
  const step = last - fixes.indexOf(fix);
  const position = placeOf(fix, t, language) ?? '';
  const moment = formatMoment(fix.reading.time, language);
  return (
    <div class="walk">
      <input
        type="range"
        min={0}
        max={last}
        value={step}
        disabled={last === 0}
        aria-label={t.map.walk}
        aria-valuetext={`${position}, ${moment}`}
        onInput={(event) => {
          const target = fixes[last - Number(event.currentTarget.value)];
          if (target !== undefined) onChoose(target);
        }}
      />
      <div class="curve-read">
        <p>
          <b>{position}</b>
          {fix.accuracy !== null && (
            <span>{t.map.accuracy(formatDigits(String(fix.accuracy), language))}</span>
          )}
          <time class="quiet" dateTime={formatInstant(fix.reading.time)}>
            {moment}
          </time>
          <StateMark state={fix.state} />
          <span class="quiet">{t.map.position(step + 1, fixes.length)}</span>
        </p>
        <Button compact onClick={() => onVerify(fix.reading)} label={t.value.verifyOf(position)}>
          {t.curve.verifyPoint}
        </Button>
      </div>
    </div>
  );
}
