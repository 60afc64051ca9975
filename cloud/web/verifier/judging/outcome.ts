/** A verdict in one word and how many claims that word is about. Never a bare boolean. Pure. */
import type { Claim } from '@sigill/evidence';
import type { Examination } from './examination.ts';

export interface Outcome {
  readonly name:
    | 'broken'
    | 'refused'
    | 'policy'
    | 'block'
    | 'waits'
    | 'open'
    /** All holds, but for what this page has no code for. */
    | 'page'
    | 'proven';
  readonly count: number;
}

const LEFT_TO_OTHERS: ReadonlySet<string | null> = new Set(['NO_DECODER', 'NO_PROJECTION']);
const WAITING: ReadonlySet<string | null> = new Set(['NOT_ANCHORED', 'DEPENDS']);

export function outcomeOf(examination: Examination, hasPolicy: boolean): Outcome {
  if (examination.outcome === 'refused') return { name: 'refused', count: 0 };
  const { claims } = examination;
  const broken = claims.filter(({ holds }) => holds === 'no').length;
  if (broken > 0) return { name: 'broken', count: broken };
  if (!hasPolicy) return { name: 'policy', count: 0 };
  const unchecked = claims.filter(({ holds }) => holds !== 'yes');
  const open = unchecked.filter(({ reason }) => !LEFT_TO_OTHERS.has(reason));
  const all = (test: (claim: Claim) => boolean) => open.every(test);
  if (unchecked.length === 0) return { name: 'proven', count: 0 };
  if (open.length === 0) return { name: 'page', count: unchecked.length };
  if (all(({ reason }) => reason === 'NO_BLOCK_HEADER')) return { name: 'block', count: 1 };
  if (
    open.some(({ reason }) => reason === 'NOT_ANCHORED') &&
    all(({ reason }) => WAITING.has(reason))
  )
    return { name: 'waits', count: open.length };
  return { name: 'open', count: open.length };
}
