/** Who is in: every site with its log, the closed ones that it goes on from, and the boxes whose keys may sign there. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button, Choice } from '../design/button.tsx';
import { formatAge } from '../format/times.ts';
import type { Sheet } from './app.tsx';
import { findSites, type Show, SILENT_MS } from './fleet.ts';
import { formatDay } from './format-day.ts';
import { type Site, sitesOf } from './generations.ts';
import { useEntries } from './log-change.tsx';
import type { AgentView, SlotView } from './model.ts';
import { useOperatorWords } from './words.ts';

interface RegisteredProps {
  readonly slots: readonly SlotView[];
  readonly now: number;
  readonly onSheet: (sheet: Sheet) => void;
}

// A page of them; who looks for one of a thousand searches.
const SHOWN = 50;
// Fewer are seen at a glance.
const SEARCHED = 8;
const SHOWS = ['all', 'silent', 'closed', 'revoked'] as const;

export function Registered({ slots, now, onSheet }: RegisteredProps): JSX.Element {
  const { t } = useOperatorWords();
  const [search, setSearch] = useState('');
  const [show, setShow] = useState<Show>('all');
  const sites = sitesOf(slots);
  const found = findSites(sites, search, show, now);
  return (
    <section class="panel" aria-labelledby="registered-title">
      <h2 id="registered-title">{t.registered.title}</h2>
      {slots.length === 0 && <p class="quiet">{t.registered.none}</p>}
      {sites.length > SEARCHED && (
        <div class="fleet-search">
          <label class="field">
            <span class="spoken">{t.registered.search}</span>
            <input
              type="search"
              value={search}
              placeholder={t.registered.search}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
          </label>
          <Choice
            label={t.registered.which}
            value={show}
            onChange={setShow}
            options={SHOWS.map((value) => ({
              ...{ value, text: t.registered.show[value], spoken: t.registered.show[value] },
            }))}
          />
        </div>
      )}
      {slots.length > 0 && found.length === 0 && <p class="quiet">{t.registered.noMatch}</p>}
      <ul class="slots">
        {found.slice(0, SHOWN).map((site) => (
          <SiteItem key={site.newest.slot} {...{ site, now, onSheet }} />
        ))}
      </ul>
      {found.length > SHOWN && <p class="quiet">{t.registered.more(found.length - SHOWN)}</p>}
    </section>
  );
}

interface SiteItemProps {
  readonly site: Site;
  readonly now: number;
  readonly onSheet: (sheet: Sheet) => void;
}

function SiteItem({ site: { newest, earlier }, now, onSheet }: SiteItemProps): JSX.Element {
  const { t } = useOperatorWords();
  const closed = newest.closed !== null;
  return (
    <li class={closed ? 'closed' : 'open'}>
      <h3>{newest.origin}</h3>
      <SlotState slot={newest} />
      {!closed && <Heard at={newest.heardAt} now={now} />}
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

function Heard({ at, now }: { at: number | null; now: number }): JSX.Element {
  const { t } = useOperatorWords();
  const silent = at === null || now - at > SILENT_MS;
  return (
    <p class={silent ? 'small silent' : 'small quiet'}>
      {at === null ? t.registered.unheard : t.registered.heard(formatAge(Math.max(0, now - at)))}
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
  const { t, language } = useOperatorWords();
  const name = agent.name ?? t.registered.unnamed;
  const { kind, state, fingerprint, since, succeeds } = agent;
  return (
    <li>
      <div>
        <p>
          {name} <span class="kind">{t.kinds[kind]}</span>
        </p>
        <p class="mono small">{fingerprint}</p>
        {since !== null && (
          <p class="small quiet">{t.registered.since(formatDay(since, language))}</p>
        )}
        {succeeds !== null && <p class="small quiet">{t.registered.tookOver(succeeds)}</p>}
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
