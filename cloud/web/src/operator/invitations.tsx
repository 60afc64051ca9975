/** Codes that were given out, and what became of them. */
import type { JSX } from 'preact';
import { Button } from '../design/button.tsx';
import type { Sheet } from './app.tsx';
import { formatDay } from './format-day.ts';
import type { InvitationView } from './model.ts';
import type { SheetProps } from './sheet.ts';
import { useOperatorWords } from './words.ts';

interface InvitationsProps extends SheetProps {
  readonly onSheet: (sheet: Sheet) => void;
  readonly say: (text: string) => void;
}

export function Invitations(props: InvitationsProps): JSX.Element {
  const { api, actions, overview, onSheet, say } = props;
  const { t } = useOperatorWords();
  const withdraw = async (id: string) => {
    const failed = await actions.change(() => api.withdraw(id));
    say(failed ?? t.invitations.withdrawn);
  };
  return (
    <section class="panel" aria-labelledby="invitations-title">
      <div class="section-head">
        <h2 id="invitations-title">{t.invitations.title}</h2>
        <Button look="primary" onClick={() => onSheet({ kind: 'invite' })}>
          {t.invitations.make}
        </Button>
      </div>
      {overview.invitations.length === 0 && <p class="quiet">{t.invitations.none}</p>}
      <ul class="invitations">
        {newestOf(overview.invitations).map((one) => (
          <Invitation key={one.id} one={one} onWithdraw={() => void withdraw(one.id)} />
        ))}
      </ul>
    </section>
  );
}

// Enough to see what went on lately; each box has the note of its own code beside it.
const SHOWN_PAST = 20;

/** Those that could be used, then what became of the last ones. */
function newestOf(all: readonly InvitationView[]): InvitationView[] {
  const open = all.filter(({ state }) => state === 'open');
  return [...open, ...all.filter(({ state }) => state !== 'open').slice(0, SHOWN_PAST)];
}

interface InvitationProps {
  readonly one: InvitationView;
  readonly onWithdraw: () => void;
}

function Invitation({ one, onWithdraw }: InvitationProps): JSX.Element {
  const { t, language } = useOperatorWords();
  const { id, madeFor, madeAt, expiresAt, wrong, state } = one;
  const open = state === 'open';
  const moment = open
    ? t.invitations.until(formatDay(expiresAt, language))
    : t.invitations.made(formatDay(madeAt, language));
  return (
    <li class={state}>
      <div>
        <p>
          {madeFor ?? <span class="quiet">{t.invitations.noNote}</span>}{' '}
          <span class="kind">{t.invitations.states[state]}</span>
        </p>
        <p class="small quiet">
          <span class="mono">{id}-…</span> {moment}
          {wrong > 0 && `, ${t.invitations.wrong(wrong)}`}
        </p>
      </div>
      {open && (
        <Button compact label={t.invitations.withdrawOf(id)} onClick={onWithdraw}>
          {t.invitations.withdraw}
        </Button>
      )}
    </li>
  );
}
