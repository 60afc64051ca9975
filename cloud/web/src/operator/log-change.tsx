/** Which log ends, and which begins: one above the other, as they follow. */
import type { JSX } from 'preact';
import { formatDigits } from '../format/digits.ts';
import type { LogChange as Change } from './generations.ts';
import { useOperatorWords } from './words.ts';

export function LogChange({ from, to, entries, closed }: Change): JSX.Element {
  const { t } = useOperatorWords();
  const count = useEntries(entries);
  return (
    <ol class="log-change">
      <li class="ends">
        <b>{from}</b> <span>{closed ? t.nextLog.ended(count) : t.nextLog.ends(count)}</span>
      </li>
      <li class="begins">
        <b>{to}</b> <span>{t.nextLog.begins}</span>
      </li>
    </ol>
  );
}

/** "812 entries" */
export function useEntries(count: number): string {
  const { t, language } = useOperatorWords();
  return t.nextLog.entries(count, formatDigits(String(count), language));
}
