/** A command to run elsewhere, ready to be taken along. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { useOperatorWords } from './words.ts';

export function Command({ text }: { text: string }): JSX.Element {
  const { t } = useOperatorWords();
  const [copied, setCopied] = useState(false);
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => {},
    );
  return (
    <div class="command">
      <pre>{text}</pre>
      <Button compact icon={copied ? 'yes' : 'copy'} label={t.copyCommand} onClick={copy}>
        <span aria-live="polite">{copied ? t.copied : t.copy}</span>
      </Button>
    </div>
  );
}
