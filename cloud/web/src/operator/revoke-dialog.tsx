/** A box is put out, for ever: said in full before it can be done. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/notice.tsx';
import { Command } from './command.tsx';
import { Fingerprint } from './fingerprint.tsx';
import type { AgentView } from './model.ts';
import type { SheetProps } from './sheet.ts';
import { useOperatorWords } from './words.ts';

interface RevokeDialogProps extends SheetProps {
  readonly agent: AgentView;
  readonly name: string;
}

export function RevokeDialog(props: RevokeDialogProps): JSX.Element {
  const { api, actions, overview, agent, name, onClose, onDone } = props;
  const { t } = useOperatorWords();
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const revoke = async () => {
    const failed = await actions.change(() => api.revoke(agent.fingerprint));
    if (failed === null) onDone(t.revoke.done(name));
    else setProblem(failed);
  };
  return (
    <Dialog title={t.revoke.title(name)} closeLabel={t.close} onClose={onClose}>
      <div class="sheet-body">
        <Fingerprint digits={agent.fingerprint} />
        <p>{agent.kind === 'gateway' ? t.revoke.gateway : t.revoke.agent}</p>
        <div role="status">
          {problem !== null && <Notice look="broken" icon="broken" title={problem} />}
        </div>
        {overview.cloud.holdsKey ? (
          <>
            <label class="tick">
              <input type="checkbox" checked={sure} onChange={() => setSure(!sure)} />
              <span>{t.revoke.sure}</span>
            </label>
            <div class="deeds">
              <Button look="danger" disabled={!sure} onClick={() => void revoke()}>
                {t.revoke.revoke}
              </Button>
              <Button onClick={onClose}>{t.cancel}</Button>
            </div>
          </>
        ) : (
          <section class="elsewhere">
            <h3>{t.approve.elsewhere}</h3>
            <p>{t.approve.elsewhereText}</p>
            <Command text={`npx sigill cloud revoke cloud.yaml ${agent.fingerprint}`} />
          </section>
        )}
      </div>
    </Dialog>
  );
}
