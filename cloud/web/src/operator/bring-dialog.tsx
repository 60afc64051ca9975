/** A record signed elsewhere is brought: as a file, or pasted. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/notice.tsx';
import { readRecord } from './read-record.ts';
import type { SheetProps } from './sheet.ts';
import { useOperatorWords } from './words.ts';

export function BringDialog({ api, actions, onClose, onDone }: SheetProps): JSX.Element {
  const { t } = useOperatorWords();
  const [pasted, setPasted] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const bring = async (record: string | null) => {
    if (record === null) return setProblem(t.bring.unreadable);
    let origin = '';
    const failed = await actions.change(async () => {
      ({ origin } = await api.bring(record));
    });
    if (failed === null) onDone(t.bring.done(origin));
    else setProblem(failed);
  };
  const bringFile = async (file: File | undefined) => {
    if (file !== undefined) await bring(readRecord(new Uint8Array(await file.arrayBuffer())));
  };
  return (
    <Dialog title={t.bring.title} closeLabel={t.close} onClose={onClose}>
      <div class="sheet-body">
        <p>{t.bring.text}</p>
        <label class="field">
          <span>{t.bring.file}</span>
          <input type="file" onChange={(event) => void bringFile(event.currentTarget.files?.[0])} />
        </label>
        <label class="field">
          <span>{t.bring.paste}</span>
          <textarea
            rows={5}
            spellcheck={false}
            value={pasted}
            onInput={(event) => setPasted(event.currentTarget.value)}
          />
        </label>
        <div role="status">
          {problem !== null && <Notice look="broken" icon="broken" title={problem} />}
        </div>
        <div class="deeds">
          <Button
            look="primary"
            disabled={pasted.trim() === ''}
            onClick={() => void bring(readRecord(new TextEncoder().encode(pasted)))}
          >
            {t.bring.bring}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
