/** A log is closed for ever, and the next one begins: decided only with the digits compared and the end understood. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/notice.tsx';
import { ComparedFingerprint, useTicks } from './fingerprint.tsx';
import type { LogChange as Change } from './generations.ts';
import { LogChange } from './log-change.tsx';
import type { WaitingBox } from './model.ts';
import type { SheetProps } from './sheet.ts';
import { SignElsewhere } from './sign-elsewhere.tsx';
import { useOperatorWords } from './words.ts';

interface NextLogDialogProps extends SheetProps {
  readonly box: WaitingBox;
  readonly change: Change;
  readonly onBring: () => void;
}

const MAX_CAUSE = 200;

export function NextLogDialog(props: NextLogDialogProps): JSX.Element {
  const { api, actions, overview, box, change, onClose, onDone, onBring } = props;
  const { t } = useOperatorWords();
  const [ticked, tick, same] = useTicks();
  const [sure, setSure] = useState(false);
  const [cause, setCause] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const ready = same && (sure || change.closed);
  const said = cause.trim() === '' ? undefined : cause.trim();
  const approve = async () => {
    const failed = await actions.change(() => api.approve(box.box, box.origin, said));
    if (failed === null) onDone(t.nextLog.done(change.to));
    else setProblem(failed);
  };
  return (
    <Dialog title={t.nextLog.title(box.name)} closeLabel={t.close} onClose={onClose}>
      <div class="sheet-body">
        <LogChange {...change} />
        <p>{t.nextLog.text}</p>
        <p>{t.approve.how}</p>
        <ComparedFingerprint digits={box.fingerprint} ticked={ticked} onTick={tick} />
        <p class="quiet">{t.approve.never}</p>
        {!change.closed && (
          <>
            <label class="field">
              <span>{t.nextLog.cause}</span>
              <input
                type="text"
                value={cause}
                maxLength={MAX_CAUSE}
                onInput={(event) => setCause(event.currentTarget.value)}
              />
              <span class="small quiet">{t.nextLog.causeHelp}</span>
            </label>
            <label class="tick">
              <input type="checkbox" checked={sure} onChange={() => setSure(!sure)} />
              <span>{t.nextLog.sure}</span>
            </label>
          </>
        )}
        <div role="status">
          {problem !== null && <Notice look="broken" icon="broken" title={problem} />}
        </div>
        {overview.cloud.holdsKey ? (
          <div class="deeds">
            <Button look="danger" disabled={!ready} onClick={() => void approve()}>
              {change.closed ? t.nextLog.goOn : t.nextLog.approve}
            </Button>
            {!ready && <span class="small quiet">{t.nextLog.first}</span>}
          </div>
        ) : ready ? (
          <SignElsewhere {...{ api, onBring }} command={commandFor(box, said)} />
        ) : (
          <p class="small quiet">{t.nextLog.first}</p>
        )}
      </div>
    </Dialog>
  );
}

function commandFor({ fingerprint }: WaitingBox, cause: string | undefined): string {
  // For a shell: nothing in single quotes means anything, but a quote.
  const why = cause === undefined ? '' : ` --cause '${cause.replaceAll("'", `'\\''`)}'`;
  return `npx sigill cloud approve cloud.yaml ${fingerprint}${why}`;
}
