/** A verdict in one word and how many claims that word is about. Never a bare boolean. Pure. */
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

// Decoding and computing, which this page has no code for; without a frame nobody could decode either.
const NOT_HERE: ReadonlySet<string | null> = new Set(['NO_DECODER', 'NO_FRAME', 'NO_PROJECTION']);
const WAITING: ReadonlySet<string | null> = new Set(['NOT_ANCHORED', 'DEPENDS']);

export function outcomeOf(examination: Examination, hasPolicy: boolean): Outcome {
  if (examination.outcome === 'refused') return { name: 'refused', count: 0 };
  const { claims } = examination;
  const broken = claims.filter(({ holds }) => holds === 'no').length;
  if (broken > 0) return { name: 'broken', count: broken };
  if (!hasPolicy) return { name: 'policy', count: 0 };
  const unchecked = claims.filter(({ holds }) => holds !== 'yes');
  const open = unchecked.filter(({ reason }) => !NOT_HERE.has(reason));
  const some = (wanted: string) => open.some(({ reason }) => reason === wanted);
  if (unchecked.length === 0) return { name: 'proven', count: 0 };
  if (open.length === 0) return { name: 'page', count: unchecked.length };
  // What the person can do comes before what nobody can.
  if (some('NO_BLOCK_HEADER')) return { name: 'block', count: 1 };
  if (some('NOT_ANCHORED') && open.every(({ reason }) => WAITING.has(reason)))
    return { name: 'waits', count: open.length };
  return { name: 'open', count: open.length };
}
