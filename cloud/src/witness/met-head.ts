/** A head that is brought to a witness, and what may be said of it before anything is decided. */
import {
  type Checkpoint,
  type Closing,
  cosignedAt,
  EvidenceError,
  equalBytes,
  formatNote,
  type NoteKey,
  openCheckpoint,
  signaturesOf,
} from '@sigill/evidence';
import type { CosignedHead } from './witness-store.ts';

export interface WatchedLog {
  /** SPKI. */
  readonly publicKey: Uint8Array;
  /** How its operator closed it; null while it grows. */
  readonly closed: Closing | null;
}

/** A head that its log signed, and that does not stand where the witness does. */
export interface MetHead {
  readonly key: NoteKey;
  readonly checkpoint: Checkpoint;
  readonly note: string;
  /** What was cosigned last; null: nothing. */
  readonly cosigned: CosignedHead | null;
  /** No path led to it from there; else nothing was compared. */
  readonly refused: boolean;
}

/** @throws EvidenceError for a note that its log did not sign */
export function openMet(
  note: string,
  key: NoteKey,
  cosigned: CosignedHead | null,
  refused: boolean,
): MetHead {
  const opened = openCheckpoint(note, key.name, key.publicKey);
  const signatures = signaturesOf(opened.note, key);
  return {
    ...{ key, cosigned, refused, checkpoint: opened.checkpoint },
    note: formatNote({ text: opened.note.text, signatures }),
  };
}

export function isCosigned(note: string, key: NoteKey): boolean {
  try {
    return cosignedAt(note, key) !== null;
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}

export interface BehindItsEnd {
  readonly status: 422;
  readonly code: 'ORIGIN_CLOSED';
  readonly reason: string;
}

/** The operator said how a closed log ends: another end is another history, and is never cosigned. */
export function behindItsEnd(
  { origin, size, root }: Checkpoint,
  { closed }: WatchedLog,
): BehindItsEnd | null {
  if (closed === null || size < closed.size) return null;
  if (size === closed.size && equalBytes(root, closed.root)) return null;
  const reason = `${origin} was closed by the operator at ${closed.size} entries, and this is not its end`;
  return { status: 422, code: 'ORIGIN_CLOSED', reason };
}
