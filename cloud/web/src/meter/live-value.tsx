/** What the device says now: the value, how old it is, and the way to verify it. */
import './live-value.css';
import type { ComponentChildren, JSX } from 'preact';
import type { Marks, Reading } from '../api/model.ts';
import { Button } from '../design/button.tsx';
import { Notice } from '../design/notice.tsx';
import { StateMark, StatePips } from '../design/state.tsx';
import { formatAge, formatInstant, formatMoment } from '../format/times.ts';
import { stateOf } from '../live/progress.ts';
import { silenceOf } from '../live/silence.ts';
import { useNow } from '../live/use-live.ts';
import type { View } from '../live/views.ts';
import { useWords } from '../strings/words.ts';

interface LiveValueProps {
  readonly reading: Reading;
  /** Of the stream, newest first: they tell when its silence is worth a word. */
  readonly readings: readonly Reading[];
  readonly title: string;
  readonly view: View;
  readonly marks: Marks;
  readonly connected: boolean;
  readonly onVerify: (reading: Reading) => void;
  readonly children: ComponentChildren;
}

export function LiveValue(props: LiveValueProps): JSX.Element {
  const { reading, readings, title, view, marks, connected, onVerify, children } = props;
  const { t, language } = useWords();
  const now = useNow(1000);
  const age = now - reading.time;
  const silence = silenceOf(readings, view, now);
  const state = stateOf(reading, marks);
  // A number fills the panel; words are smaller.
  const isNumber = view === 'curve' || view === 'numbers';
  return (
    <section class="panel live-value" aria-labelledby="live-title">
      <h2 id="live-title">
        {title} {isNumber && <span class="quiet">{t.value.now}</span>}
      </h2>
      <div
        class={`${isNumber ? 'figure' : 'figure-words'} ${connected ? '' : 'stale'}`}
        id="live-value"
        tabIndex={-1}
      >
        {children}
      </div>
      <p class="live-facts">
        <b>{t.value.age(formatAge(age))}</b>
        <time class="quiet" dateTime={formatInstant(reading.time)}>
          {formatMoment(reading.time, language)}
        </time>
      </p>
      {connected && silence !== null && (
        <Notice look="waiting" icon="missing" title={t.value.silentTitle(formatAge(silence))}>
          <p>{t.value.silentText}</p>
        </Notice>
      )}
      <div class="live-foot">
        <span class="live-state">
          <StatePips state={state} />
          <StateMark state={state} />
        </span>
        <Button look="primary" icon="final" onClick={() => onVerify(reading)}>
          {t.value.verify}
        </Button>
      </div>
    </section>
  );
}
