/** Under every number of the overview: how firm it is, how old, and the way to verify it. */
import type { ComponentChildren, JSX } from 'preact';
import type { Marks, Reading } from '../api/model.ts';
import { Button } from '../design/button.tsx';
import { StateMark, StatePips } from '../design/state.tsx';
import { formatAge, formatInstant, formatMoment } from '../format/times.ts';
import { stateOf } from '../live/progress.ts';
import { useWords } from '../strings/words.ts';

export type OnVerify = (reading: Pick<Reading, 'agent' | 'seq'>) => void;

interface EvidenceLineProps {
  readonly reading: Reading;
  readonly marks: Marks;
  readonly now: number;
  /** What is verified, for who does not see where the button stands. */
  readonly what: string;
  readonly onVerify: OnVerify;
}

export function EvidenceLine(props: EvidenceLineProps): JSX.Element {
  const { reading, marks, now, what, onVerify } = props;
  const { t } = useWords();
  const state = stateOf(reading, marks);
  return (
    <div class="evidence-line">
      <span class="evidence-state">
        <StatePips state={state} />
        <StateMark state={state} />
      </span>
      <Age time={reading.time} now={now}>
        {t.town.ago(formatAge(now - reading.time))}
      </Age>
      <Button compact onClick={() => onVerify(reading)} label={t.value.verifyOf(what)}>
        {t.table.verify}
      </Button>
    </div>
  );
}

interface AgeProps {
  readonly time: number;
  readonly now: number;
  readonly children: ComponentChildren;
}

/** An age, with the moment itself for who points at it. */
export function Age({ time, children }: AgeProps): JSX.Element {
  const { language } = useWords();
  return (
    <time class="quiet" dateTime={formatInstant(time)} title={formatMoment(time, language)}>
      {children}
    </time>
  );
}
