/** The verdict in one sentence, with the value it is about. */
import type { JSX } from 'preact';
import type { Stage } from '../api/model.ts';
import { Icon, type IconName } from '../design/icons.tsx';
import { StateRoad } from '../design/state.tsx';
import { useWords } from '../strings/words.ts';
import type { Examination } from './examination.ts';
import type { Spoiled } from './spoil.ts';
import type { Summary } from './summary.ts';

interface VerdictHeadProps {
  readonly summary: Summary;
  readonly examination: Examination;
  readonly stage: Stage | null;
  readonly spoiled: Spoiled | null;
  /** Said instead of what is said of a reading. */
  readonly waiting?: string;
}

const LOOKS: Readonly<
  Record<Summary['outcome'], { readonly look: string; readonly icon: IconName }>
> = {
  proven: { look: 'holds', icon: 'final' },
  waits: { look: 'waiting', icon: 'wait' },
  unchecked: { look: 'waiting', icon: 'missing' },
  broken: { look: 'broken', icon: 'broken' },
  refused: { look: 'broken', icon: 'broken' },
};

export function VerdictHead(props: VerdictHeadProps): JSX.Element {
  const { summary, examination, stage, spoiled, waiting } = props;
  const { t } = useWords();
  const { look, icon } = LOOKS[summary.outcome];
  const [title, text] = useVerdictWords(summary, waiting);
  return (
    <section class={`verdict ${look}`}>
      <div class="verdict-sign">
        <Icon name={icon} />
      </div>
      <div class="verdict-words" role="status">
        {spoiled !== null && <p class="verdict-tag">{t.spoil.spoiled}</p>}
        <h3>{title}</h3>
        <p>{text}</p>
        {examination.outcome === 'refused' && (
          <p class="mono small">
            {examination.code}: {examination.detail}
          </p>
        )}
      </div>
      {stage !== null && spoiled === null && (
        <div class="verdict-road">
          <StateRoad state={stage} />
        </div>
      )}
    </section>
  );
}

function useVerdictWords(
  { outcome, holds, total, open }: Summary,
  waiting: string | undefined,
): readonly [string, string] {
  const { t } = useWords();
  switch (outcome) {
    case 'proven':
      return [t.verify.allHold, t.verify.allHoldText(total)];
    case 'waits':
      return [t.verify.waiting(holds, open), waiting ?? t.verify.waitingText];
    case 'unchecked':
      return [t.verify.unchecked(holds, open), t.verify.uncheckedText];
    case 'broken':
      return [t.verify.broken(open), t.verify.brokenText];
    case 'refused':
      return [t.verify.unreadable, t.verify.unreadableText];
  }
}
