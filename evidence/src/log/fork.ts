/**
 * Whether two signed heads of one log can both be true. A log only grows, so at each size it has one root: two of them,
 * both signed by its key, prove to anyone that two histories were told, and need no word of whoever found them.
 *
 * Heads of different sizes contradict each other when the larger tree began otherwise. That is shown by the root that it
 * had at the smaller size, with the consistency path from there: a witness that was refused such a path has no proof.
 * @module
 */
import { equalBytes } from '../bytes/bytes.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { verifyConsistency } from './consistency.ts';
import { EMPTY_ROOT } from './merkle-tree.ts';
import type { NoteKey } from './signed-note.ts';

/** What the larger log began with, at the size of the smaller. */
export interface Beginning {
  readonly root: Uint8Array;
  /** Consistency from there to the larger head. */
  readonly path: readonly Uint8Array[];
}

export type ForkJudgement =
  /** Two histories under one key. */
  | { readonly kind: 'fork'; readonly origin: string; readonly size: number }
  /** One history: the same head twice, or one that was shown to continue the other. */
  | { readonly kind: 'one history'; readonly origin: string }
  /** Of different sizes, and nothing shows how the larger began: refusing to show it proves nothing to others. */
  | { readonly kind: 'not shown'; readonly origin: string };

/**
 * @param beginning for heads of different sizes; null: none was shown
 * @throws EvidenceError NOTE_*, CHECKPOINT_*, SIGNATURE_* for a note that this log did not sign; CONSISTENCY_PROOF
 */
export function judgeFork(
  noteA: string,
  noteB: string,
  key: NoteKey,
  beginning: Beginning | null = null,
): ForkJudgement {
  const heads = [noteA, noteB].map(
    (note) => openCheckpoint(note, key.name, key.publicKey).checkpoint,
  );
  const [smaller, larger] = heads.sort((a, b) => a.size - b.size) as [Checkpoint, Checkpoint];
  const { origin, size } = smaller;
  if (size === larger.size) return judged(equalBytes(smaller.root, larger.root), origin, size);
  // A log without entries has one root, whatever it becomes.
  const shown = beginning ?? (size === 0 ? { root: EMPTY_ROOT, path: [] } : null);
  if (shown === null) return { kind: 'not shown', origin };
  verifyConsistency(size, larger.size, shown.root, larger.root, shown.path);
  return judged(equalBytes(shown.root, smaller.root), origin, size);
}

function judged(agree: boolean, origin: string, size: number): ForkJudgement {
  return agree ? { kind: 'one history', origin } : { kind: 'fork', origin, size };
}
