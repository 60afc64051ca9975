/** A new code: shown once, here, with everything the technician needs. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/notice.tsx';
import { Command } from './command.tsx';
import { formatDay } from './format-day.ts';
import type { NewCode } from './model.ts';
import { QrCode } from './qr-code.tsx';
import type { SheetProps } from './sheet.ts';
import { useOperatorWords } from './words.ts';

export function InviteDialog({ api, actions, onClose }: SheetProps): JSX.Element {
  const { t } = useOperatorWords();
  const [made, setMade] = useState<NewCode | null>(null);
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const make = async () =>
    setProblem(
      await actions.change(async () =>
        setMade(await api.invite(note.trim() === '' ? null : note.trim())),
      ),
    );
  if (made !== null) return <MadeCode made={made} onClose={onClose} />;
  return (
    <Dialog title={t.invitations.newTitle} closeLabel={t.close} onClose={onClose}>
      <form
        class="sheet-body"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label class="field">
          <span>{t.invitations.note}</span>
          <input
            type="text"
            value={note}
            maxLength={100}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
          <span class="small quiet">{t.invitations.noteHelp}</span>
        </label>
        <div role="status">
          {problem !== null && <Notice look="broken" icon="broken" title={problem} />}
        </div>
        <div class="deeds">
          <Button look="primary" onClick={() => void make()}>
            {t.invitations.make}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function MadeCode({ made, onClose }: { made: NewCode; onClose: () => void }): JSX.Element {
  const { t, language } = useOperatorWords();
  const command = `npx sigill gateway enroll ${made.url} ${made.code}`;
  return (
    <Dialog title={t.invitations.madeTitle} closeLabel={t.close} onClose={onClose}>
      <div class="sheet-body">
        <p class="code">
          {made.code.split('-').map((group) => (
            <span key={group} class="group">
              {group}
            </span>
          ))}
        </p>
        <p>
          {t.invitations.madeText} {t.invitations.goodUntil(formatDay(made.expiresAt, language))}
        </p>
        <div class="pass-on">
          <QrCode text={command} label={t.invitations.qr} />
          <div>
            <p>{t.invitations.onBox}</p>
            <Command text={command} />
            <Button look="primary" onClick={onClose}>
              {t.invitations.done}
            </Button>
          </div>
        </div>
      </div>
    </Dialog>
  );
}
