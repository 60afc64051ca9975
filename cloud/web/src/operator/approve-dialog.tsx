/** The one decision of this page: is this the box that somebody stands at? */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/notice.tsx';
import { ComparedFingerprint, useTicks } from './fingerprint.tsx';
import type { WaitingBox } from './model.ts';
import type { SheetProps } from './sheet.ts';
import { SignElsewhere } from './sign-elsewhere.tsx';
import { useOperatorWords } from './words.ts';

interface ApproveDialogProps extends SheetProps {
  readonly box: WaitingBox;
  readonly onBring: () => void;
}

export function ApproveDialog(props: ApproveDialogProps): JSX.Element {
  const { api, actions, overview, box, onClose, onDone, onBring } = props;
  const { t } = useOperatorWords();
  const [ticked, tick, same] = useTicks();
  const [origin, setOrigin] = useState(box.origin);
  const [problem, setProblem] = useState<string | null>(null);
  const approve = async () => {
    const failed = await actions.change(() => api.approve(box.box, origin));
    if (failed === null) onDone(t.approve.done(box.name));
    else setProblem(failed);
  };
  return (
    <Dialog title={t.approve.title(box.name)} closeLabel={t.close} onClose={onClose}>
      <div class="sheet-body">
        <p>{t.approve.how}</p>
        <ComparedFingerprint digits={box.fingerprint} ticked={ticked} onTick={tick} />
        <p class="quiet">{t.approve.never}</p>
        {box.kind === 'gateway' && (
          <label class="field">
            <span>{t.approve.origin}</span>
            <input
              type="text"
              value={origin}
              maxLength={128}
              autocapitalize="none"
              spellcheck={false}
              onInput={(event) => setOrigin(event.currentTarget.value)}
            />
            <span class="small quiet">{t.approve.originHelp}</span>
          </label>
        )}
        <div role="status">
          {problem !== null && <Notice look="broken" icon="broken" title={problem} />}
        </div>
        {overview.cloud.holdsKey ? (
          <div class="deeds">
            <Button look="primary" disabled={!same} onClick={() => void approve()}>
              {t.approve.approve}
            </Button>
            {!same && <span class="small quiet">{t.approve.first}</span>}
          </div>
        ) : same ? (
          <SignElsewhere {...{ api, onBring }} command={commandFor(box, origin)} />
        ) : (
          <p class="small quiet">{t.approve.first}</p>
        )}
      </div>
    </Dialog>
  );
}

function commandFor({ fingerprint, origin }: WaitingBox, chosen: string): string {
  const named = chosen === origin ? '' : ` --origin ${chosen}`;
  return `npx sigill cloud approve cloud.yaml ${fingerprint}${named}`;
}
