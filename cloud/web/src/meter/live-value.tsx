/** What the meter does now: the value, its unit, how old it is, and the way to verify it. */
import './live-value.css';
import type { JSX } from 'preact';
import type { Reading, StreamField, Watermarks } from '../api/model.ts';
import { Button } from '../design/button.tsx';
import { Notice } from '../design/notice.tsx';
import { StateMark, StatePips } from '../design/state.tsx';
import { formatDigits, formatUnit } from '../format/digits.ts';
import { formatAge, formatInstant, formatMoment } from '../format/times.ts';
import { stateOf } from '../live/progress.ts';
import { leadingValue } from '../live/streams.ts';
import { useNow } from '../live/use-live.ts';
import { quantityWords } from '../strings/quantity-words.ts';
import { useWords } from '../strings/words.ts';
import { SILENT_MS } from './curve-data.ts';

interface LiveValueProps {
  readonly reading: Reading;
  readonly leading: StreamField;
  readonly marks: Watermarks | null;
  readonly connected: boolean;
  readonly onVerify: (reading: Reading) => void;
}

export function LiveValue(props: LiveValueProps): JSX.Element | null {
  const { reading, leading, marks, connected, onVerify } = props;
  const { t, language } = useWords();
  const age = useNow(1000) - reading.time;
  const field = leadingValue(reading, leading);
  if (field === null) return null;
  const state = stateOf(reading, marks);
  const name = quantityWords(field.name, language);
  return (
    <section class="panel live-value" aria-labelledby="live-title">
      <h2 id="live-title">
        {name} <span class="quiet">{t.value.now}</span>
      </h2>
      <p class={`figure ${connected ? '' : 'stale'}`} id="live-value" tabIndex={-1}>
        {formatDigits(field.value, language)}
        <span class="unit"> {formatUnit(field.unit)}</span>
      </p>
      <p class="live-facts">
        <b>{t.value.age(formatAge(age))}</b>
        <time class="quiet" dateTime={formatInstant(reading.time)}>
          {formatMoment(reading.time, language)}
        </time>
      </p>
      {connected && age > SILENT_MS && (
        <Notice look="waiting" icon="missing" title={t.value.silentTitle(formatAge(age))}>
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
