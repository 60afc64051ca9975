/** Where this cloud does not hold the operator's key: the command to run where it is, and the way without a network. */
import type { JSX } from 'preact';
import { Button } from '../design/button.tsx';
import { Command } from './command.tsx';
import type { SheetProps } from './sheet.ts';
import { useOperatorWords } from './words.ts';

interface SignElsewhereProps {
  readonly api: SheetProps['api'];
  readonly command: string;
  readonly onBring: () => void;
}

export function SignElsewhere({ api, command, onBring }: SignElsewhereProps): JSX.Element {
  const { t } = useOperatorWords();
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
      <Command text={command} />
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
