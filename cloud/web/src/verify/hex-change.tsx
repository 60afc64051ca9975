/** A few bytes before and after, the spoiled one marked. */
import type { JSX } from 'preact';
import { useWords } from '../strings/words.ts';
import type { Spoiled } from './spoil.ts';

export function HexChange({ spoiled }: { spoiled: Spoiled }): JSX.Element {
  const { t } = useWords();
  return (
    <dl class="hex">
      <HexRow label={t.spoil.before} bytes={spoiled.before} at={spoiled.at} />
      <HexRow label={t.spoil.after} bytes={spoiled.after} at={spoiled.at} />
    </dl>
  );
}

function HexRow({
  label,
  bytes,
  at,
}: {
  label: string;
  bytes: Uint8Array;
  at: number;
}): JSX.Element {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {hex.slice(0, at).join(' ')} <mark>{hex[at]}</mark> {hex.slice(at + 1).join(' ')}
      </dd>
    </div>
  );
}
