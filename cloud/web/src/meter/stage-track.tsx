/** How far the newest value has come on the road from sealed to final, and how far behind each stage is. */
import type { JSX } from 'preact';
import type { Marks, Reading } from '../api/model.ts';
import { Icon } from '../design/icons.tsx';
import '../design/state.css';
import { formatAge, formatClock, formatInstant, formatMoment } from '../format/times.ts';
import { progressOf, type StageProgress } from '../live/progress.ts';
import { useWords } from '../strings/words.ts';

interface StageTrackProps {
  readonly readings: readonly Reading[];
  readonly marks: Marks;
}

export function StageTrack({ readings, marks }: StageTrackProps): JSX.Element {
  const { t, language } = useWords();
  const progress = progressOf(readings, marks);
  const newest = readings[0]?.time ?? 0;
  const final = progress.at(-1);
  return (
    <section class="panel track-panel" aria-labelledby="track-title">
      <h2 id="track-title">{t.track.title}</h2>
      <p class="track-sum">
        {final?.reached
          ? t.track.sumAll
          : final?.upTo
            ? t.track.sumFinal(formatMoment(final.upTo, language))
            : t.track.sumNone}
      </p>
      <ol class="track">
        {progress.map((step) => (
          <Step key={step.stage} step={step} newest={newest} />
        ))}
      </ol>
    </section>
  );
}

function Step({ step, newest }: { step: StageProgress; newest: number }): JSX.Element {
  const { t, language } = useWords();
  const { stage, reached, upTo } = step;
  return (
    <li class={`is-${stage} ${reached ? 'reached' : ''} ${upTo === null ? '' : 'passed'}`}>
      <span class="node">
        <Icon name={stage} />
      </span>
      <span>
        <span class="name">{t.states[stage]}</span>
        <span class="meaning">{t.stateMeanings[stage]}</span>
      </span>
      {upTo === null ? (
        <span class="when quiet">{t.track.none}</span>
      ) : (
        <span class="when">
          <b>{reached ? t.track.newestHere : t.track.behind(formatAge(newest - upTo))}</b>
          <time dateTime={formatInstant(upTo)}>{t.track.upTo(formatClock(upTo, language))}</time>
        </span>
      )}
    </li>
  );
}
