/** The one decision of this page: is this the box that somebody stands at? */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/notice.tsx';
import { Command } from './command.tsx';
import { ComparedFingerprint } from './fingerprint.tsx';
import type { WaitingBox } from './model.ts';
import type { SheetProps } from './sheet.ts';
import { useOperatorWords } from './words.ts';

interface ApproveDialogProps extends SheetProps {
  readonly box: WaitingBox;
  readonly onBring: () => void;
}

const GROUPS = 4;

export function ApproveDialog(props: ApproveDialogProps): JSX.Element {
  const { api, actions, overview, box, onClose, onDone, onBring } = props;
  const { t } = useOperatorWords();
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  const [origin, setOrigin] = useState(box.origin);
  const [problem, setProblem] = useState<string | null>(null);
  const same = ticked.size === GROUPS;
  const tick = (group: number) => {
    const next = new Set(ticked);
    if (!next.delete(group)) next.add(group);
    setTicked(next);
  };
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
        ) : (
          <SignElsewhere {...{ api, box, origin, same, onBring }} />
        )}
      </div>
    </Dialog>
  );
}

interface SignElsewhereProps {
  readonly api: SheetProps['api'];
  readonly box: WaitingBox;
  readonly origin: string;
  readonly same: boolean;
  readonly onBring: () => void;
}

function SignElsewhere({ api, box, origin, same, onBring }: SignElsewhereProps): JSX.Element {
  const { t } = useOperatorWords();
  if (!same) return <p class="small quiet">{t.approve.first}</p>;
  const named = origin === box.origin ? '' : ` --origin ${origin}`;
  const download = async () => {
    const url = URL.createObjectURL(new Blob([await api.rawOverview()]));
    const link = Object.assign(document.createElement('a'), {
      href: url,
      download: 'waiting.json',
    });
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <section class="elsewhere">
      <h3>{t.approve.elsewhere}</h3>
      <p>{t.approve.elsewhereText}</p>
      <Command text={`npx sigill cloud approve cloud.yaml ${box.fingerprint}${named}`} />
      <p class="small quiet">{t.approve.farText}</p>
      <div class="deeds">
        <Button compact icon="download" onClick={() => void download().catch(() => {})}>
          {t.approve.download}
        </Button>
        <Button compact onClick={onBring}>
          {t.approve.bring}
        </Button>
      </div>
    </section>
  );
}
