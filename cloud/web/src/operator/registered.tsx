/** Who is in: every slot with its origin, and the boxes whose keys may sign there. */
import type { JSX } from 'preact';
import { Button } from '../design/button.tsx';
import type { Sheet } from './app.tsx';
import type { AgentView, SlotView } from './model.ts';
import { useOperatorWords } from './words.ts';

interface RegisteredProps {
  readonly slots: readonly SlotView[];
  readonly onSheet: (sheet: Sheet) => void;
}

export function Registered({ slots, onSheet }: RegisteredProps): JSX.Element {
  const { t } = useOperatorWords();
  return (
    <section class="panel" aria-labelledby="registered-title">
      <h2 id="registered-title">{t.registered.title}</h2>
      {slots.length === 0 && <p class="quiet">{t.registered.none}</p>}
      <ul class="slots">
        {slots.map((slot) => (
          <li key={slot.slot} class={slot.closed === null ? 'open' : 'closed'}>
            <h3>{slot.origin}</h3>
            <p class="small quiet">
              {t.registered.slot(String(slot.slot))},{' '}
              {t.registered.states[slot.closed === null ? 'open' : 'closed']}
            </p>
            <ul class="agents">
              {slot.agents.map((agent) => (
                <Agent key={agent.agent} agent={agent} onSheet={onSheet} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface AgentProps {
  readonly agent: AgentView;
  readonly onSheet: (sheet: Sheet) => void;
}

function Agent({ agent, onSheet }: AgentProps): JSX.Element {
  const { t } = useOperatorWords();
  const name = agent.name ?? t.registered.unnamed;
  const { kind, state, fingerprint } = agent;
  return (
    <li>
      <div>
        <p>
          {name} <span class="kind">{t.kinds[kind]}</span>
        </p>
        <p class="mono small">{fingerprint}</p>
      </div>
      {state === 'active' ? (
        <Button
          compact
          label={t.registered.revokeOf(name)}
          onClick={() => onSheet({ kind: 'revoke', agent, name })}
        >
          {t.registered.revoke}
        </Button>
      ) : (
        <span class="small revoked">{t.registered.states.revoked}</span>
      )}
    </li>
  );
}
