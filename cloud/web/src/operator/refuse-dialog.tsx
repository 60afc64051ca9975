/** A box is sent away, with a reason that its technician reads. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/notice.tsx';
import type { WaitingBox } from './model.ts';
import type { SheetProps } from './sheet.ts';
import { useOperatorWords } from './words.ts';

export function RefuseDialog(props: SheetProps & { readonly box: WaitingBox }): JSX.Element {
  const { api, actions, box, onClose, onDone } = props;
  const { t } = useOperatorWords();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const refuse = async () => {
    const failed = await actions.change(() => api.refuse(box.box, reason));
    if (failed === null) onDone(t.refuse.done(box.name));
    else setProblem(failed);
  };
  return (
    <Dialog title={t.refuse.title(box.name)} closeLabel={t.close} onClose={onClose}>
      <div class="sheet-body">
        <p>{t.refuse.text}</p>
        <label class="field">
          <span>{t.refuse.reason}</span>
          <input
            type="text"
            value={reason}
            maxLength={200}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <div role="status">
          {problem !== null && <Notice look="broken" icon="broken" title={problem} />}
        </div>
        <div class="deeds">
          <Button look="danger" onClick={() => void refuse()}>
            {t.refuse.refuse}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
