/** A record signed elsewhere is brought: as a file, or pasted. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/notice.tsx';
import { bringAll } from './bring-all.ts';
import { isErasure, readRecord } from './read-record.ts';
import type { SheetProps } from './sheet.ts';
import { useOperatorWords } from './words.ts';

export function BringDialog({ api, actions, onClose, onDone }: SheetProps): JSX.Element {
  const { t } = useOperatorWords();
  const [pasted, setPasted] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const bring = async (...files: (readonly string[] | null)[]) => {
    const signed = files.flatMap((file) => file ?? []);
    if (files.includes(null)) return setProblem(t.bring.unreadable);
    const erasures = signed.filter(isErasure);
    const records = signed.filter((one) => !isErasure(one));
    let origins: string[] = [];
    const failed = await actions.change(async () => {
      origins = await bringAll(records, async (record) => (await api.bring(record)).origin);
      if (erasures.length > 0) await api.erase(erasures);
    });
    const names = origins.map((origin) => (origin === '' ? t.bring.operator : origin));
    if (failed !== null) setProblem(failed);
    else onDone(names.length > 0 ? t.bring.done(names) : t.bring.erased(erasures.length));
  };
  const bringFiles = async (files: readonly File[]) => {
    const contents = await Promise.all(files.map((file) => file.arrayBuffer()));
    if (files.length > 0)
      await bring(...contents.map((content) => readRecord(new Uint8Array(content))));
  };
  return (
    <Dialog title={t.bring.title} closeLabel={t.close} onClose={onClose}>
      <div class="sheet-body">
        <p>{t.bring.text}</p>
        <label class="field">
          <span>{t.bring.file}</span>
          <input
            type="file"
            multiple
            onChange={(event) => void bringFiles([...(event.currentTarget.files ?? [])])}
          />
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
