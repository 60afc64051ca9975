/** Who is in: every site with its log, the closed ones that it goes on from, and the boxes whose keys may sign there. */
import type { JSX } from 'preact';
import { Button } from '../design/button.tsx';
import type { Sheet } from './app.tsx';
import { type Site, sitesOf } from './generations.ts';
import { useEntries } from './log-change.tsx';
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
        {sitesOf(slots).map((site) => (
          <SiteItem key={site.newest.slot} site={site} onSheet={onSheet} />
        ))}
      </ul>
    </section>
  );
}

interface SiteItemProps {
  readonly site: Site;
  readonly onSheet: (sheet: Sheet) => void;
}

function SiteItem({ site: { newest, earlier }, onSheet }: SiteItemProps): JSX.Element {
  const { t } = useOperatorWords();
  const closed = newest.closed !== null;
  return (
    <li class={closed ? 'closed' : 'open'}>
      <h3>{newest.origin}</h3>
      <SlotState slot={newest} />
      {earlier.length > 0 && (
        <div class="earlier">
          <p class="small">{t.registered.goesOnFrom}</p>
          <ol>
            {earlier.map((slot) => (
              <li key={slot.slot}>
                <b>{slot.origin}</b>
                <SlotState slot={slot} />
              </li>
            ))}
          </ol>
        </div>
      )}
      <ul class="agents">
        {newest.agents.map((agent) => (
          <Agent key={agent.agent} {...{ agent, closed, onSheet }} />
        ))}
      </ul>
    </li>
  );
}

function SlotState({ slot: { slot, closed, entries } }: { slot: SlotView }): JSX.Element {
  const { t } = useOperatorWords();
  const count = useEntries(closed?.size ?? entries);
  return (
    <p class="small quiet">
      {t.registered.slot(String(slot))},{' '}
      {closed === null ? t.registered.open(count) : t.registered.closed(count, closed.cause)}
    </p>
  );
}

interface AgentProps {
  readonly agent: AgentView;
  /** Its log is: nobody is put out there any more. */
  readonly closed: boolean;
  readonly onSheet: (sheet: Sheet) => void;
}

function Agent({ agent, closed, onSheet }: AgentProps): JSX.Element {
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
      {state === 'revoked' && <span class="small revoked">{t.registered.revoked}</span>}
      {state === 'active' && !closed && (
        <Button
          compact
          label={t.registered.revokeOf(name)}
          onClick={() => onSheet({ kind: 'revoke', agent, name })}
        >
          {t.registered.revoke}
        </Button>
      )}
    </li>
  );
}
