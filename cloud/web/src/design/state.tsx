/** An evidence state, told by colour, icon and word together. */
import './state.css';
import type { JSX } from 'preact';
import { type EvidenceState, STAGES, type Stage } from '../api/model.ts';
import { useWords } from '../strings/words.ts';
import { Icon } from './icons.tsx';

export function StateMark({ state }: { state: EvidenceState }): JSX.Element {
  const { t } = useWords();
  return (
    <span class={`state is-${state}`}>
      <Icon name={state} />
      {t.states[state]}
    </span>
  );
}

/** Five pips, as many filled as stages are passed. */
export function StatePips({ state }: { state: EvidenceState }): JSX.Element {
  const passed = STAGES.indexOf(state as Stage);
  return (
    <span class={`pips is-${state}`} aria-hidden="true">
      {STAGES.map((stage, i) => (
        <i key={stage} class={i <= passed ? 'on' : ''} />
      ))}
    </span>
  );
}

/** The road of one reading, from left to right. */
export function StateRoad({ state }: { state: EvidenceState }): JSX.Element {
  const { t } = useWords();
  const passed = STAGES.indexOf(state as Stage);
  return (
    <ol class="track across">
      {STAGES.map((stage, i) => (
        <li
          key={stage}
          class={`is-${stage} ${i <= passed ? 'reached' : ''} ${i < passed ? 'joined' : ''}`}
        >
          <span class="node">
            <Icon name={stage} />
          </span>
          <span class="name">{t.states[stage]}</span>
          <span class="spoken">{i <= passed ? t.track.reached : t.track.notReached}</span>
        </li>
      ))}
    </ol>
  );
}
