/** The way to check without this page: the file, the policy, and the command. */
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icons.tsx';
import { useWords } from '../strings/words.ts';
import type { Spoiled } from './spoil.ts';

interface OwnCheckProps {
  /** Under which the file is kept. */
  readonly name: string;
  readonly file: Uint8Array;
  readonly policy: Uint8Array;
  readonly spoiled: Spoiled | null;
  readonly say: (text: string) => void;
}

export function OwnCheck(props: OwnCheckProps): JSX.Element {
  const { name, policy, spoiled, say } = props;
  const { t } = useWords();
  const file = spoiled === null ? name : `spoiled-${name}`;
  const command = `npx sigill verify --policy policy.json ${file}`;
  const fileUrl = useObjectUrl(spoiled?.file ?? props.file);
  const policyUrl = useObjectUrl(policy);
  const copy = (text: string, said: string) =>
    navigator.clipboard.writeText(text).then(
      () => say(said),
      () => {},
    );
  return (
    <section class="panel own-check" aria-labelledby="own-title">
      <h3 id="own-title">{t.verify.ownTitle}</h3>
      <p>{t.verify.ownText}</p>
      <pre>{command}</pre>
      <div class="own-buttons">
        <a class="button compact" href={fileUrl} download={file}>
          <Icon name="download" />
          {spoiled === null ? t.verify.file : t.spoil.download}
        </a>
        <a class="button compact" href={policyUrl} download="policy.json">
          <Icon name="download" />
          {t.verify.policy}
        </a>
        <Button compact icon="copy" onClick={() => copy(command, t.verify.copied)}>
          {t.verify.copy}
        </Button>
        <Button compact icon="link" onClick={() => copy(location.href, t.verify.linkCopied)}>
          {t.verify.link}
        </Button>
      </div>
    </section>
  );
}

/** An address for the very bytes that were judged here. */
function useObjectUrl(bytes: Uint8Array): string {
  const url = useMemo(() => URL.createObjectURL(new Blob([bytes.slice()])), [bytes]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return url;
}
