/**
 * What a witness remembers of one log, as a file:
 *
 *     sigill-witness-log@v1 <SHA-256 of all that follows this line, hexadecimal>
 *     <key of the log>
 *     <time of the cosignature, Unix seconds>
 *     <the checkpoint, as the log signed it>
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { formatNoteKey, type NoteKey, openCheckpoint, parseNoteKey } from '@sigill/evidence';
import type { CosignedHead } from './witness-store.ts';

export interface HeadFile {
  readonly key: NoteKey;
  readonly head: CosignedHead;
}

const FORMAT = 'sigill-witness-log@v1';

export function formatHead({ key, head }: HeadFile): string {
  const rest = `${formatNoteKey(key)}\n${head.time}\n${head.note}`;
  return `${FORMAT} ${digestOf(rest)}\n${rest}`;
}

/** Null for a file that is not whole, or was changed. */
export function parseHead(text: string): HeadFile | null {
  const [first = '', keyText = '', timeText = '', ...rest] = text.split('\n');
  const note = rest.join('\n');
  if (first !== `${FORMAT} ${digestOf(`${keyText}\n${timeText}\n${note}`)}`) return null;
  try {
    const key = parseNoteKey(keyText);
    const { checkpoint } = openCheckpoint(note, key.name, key.publicKey);
    return { key, head: { ...checkpoint, note, time: Number(timeText) } };
  } catch {
    return null;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
