/**
 * A checkpoint against the entries we hold. The answer is our receipt: everything below its size is durable.
 * @module
 */
import {
  type Checkpoint,
  EvidenceError,
  equalBytes,
  logKey,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  type SlotRecord,
  toBase64,
} from '@sigill/evidence';
import { checkpointAt, newestCheckpoint, putCheckpoint } from '../database/checkpoints.ts';
import type { Database, Sql } from '../database/database.ts';
import { mergeNotes } from '../database/merge-notes.ts';
import { raiseAlarm } from '../database/quarantine.ts';
import { cutEntries, nextEntry } from '../database/site-logs.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';
import { keepIfFork } from '../witness/database-forks.ts';
import { rootOf } from './log-head.ts';

export interface TakeReceiptParts {
  readonly database: Database;
  readonly register: Register;
  readonly now: () => number;
}

/** Whose log a note is about, before its signature is checked. @throws CloudError REQUEST_FORM */
export function originOf(note: string): string {
  try {
    return parseCheckpoint(parseNote(note).text).origin;
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new CloudError('REQUEST_FORM', `a signed checkpoint is expected: ${cause.message}`, {
      cause,
    });
  }
}

/** In turn with everything else of this origin. */
export async function takeReceipt(parts: TakeReceiptParts, note: string): Promise<Checkpoint> {
  const { database, register } = parts;
  const { record } = register.slotOf(originOf(note));
  const checkpoint = openedCheckpoint(note, record.origin, record.logKey);
  const { origin, size, root } = checkpoint;
  assertNotBehindItsEnd(record, size);
  const next = await database.read((sql) => nextEntry(sql, origin));
  if (size > next) {
    throw new CloudError(
      'ENTRIES_MISSING',
      `${origin}: entry ${next} is expected before a checkpoint of ${size}`,
      {
        facts: { next },
      },
    );
  }
  const held = await database.read((sql) => rootOf(sql, origin, size));
  if (!equalBytes(held, root)) throw await disagree(parts, checkpoint, note, held, record);
  await database.write((sql) => keepCheckpoint(sql, checkpoint, note));
  return checkpoint;
}

/** The last entries of a closed log are proven by a checkpoint at its end; behind that there is nothing to prove. */
function assertNotBehindItsEnd({ origin, closed }: SlotRecord, size: number): void {
  if (closed === null || size <= closed.size) return;
  throw new CloudError(
    'ORIGIN_CLOSED',
    `${origin} was closed by the operator at ${closed.size} entries; a checkpoint of ${size} counts for nothing`,
  );
}

/** With the signatures we hold of it already. */
export async function keepCheckpoint(
  sql: Sql,
  checkpoint: Checkpoint,
  note: string,
): Promise<void> {
  const { origin, size, root } = checkpoint;
  const before = await checkpointAt(sql, origin, size);
  const whole = before === null ? note : mergeNotes(before.note, note);
  if (whole !== before?.note) await putCheckpoint(sql, { origin, size, root, note: whole });
}

export function openedCheckpoint(note: string, origin: string, logKey: Uint8Array): Checkpoint {
  try {
    return openCheckpoint(note, origin, logKey).checkpoint;
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new CloudError('CHECKPOINT_REFUSED', `${origin}: ${cause.code}: ${cause.message}`, {
      cause,
    });
  }
}

// No signature binds the entries after the last checkpoint that agreed: they may have been damaged on their
// way. So they are asked for again. The alarm stays: if the same root comes again, the log was rewritten.
// The entries of a closed log stay: the operator signed them.
async function disagree(
  { database, now }: TakeReceiptParts,
  { origin, size, root }: Checkpoint,
  note: string,
  held: Uint8Array,
  { logKey: publicKey, closed }: SlotRecord,
): Promise<CloudError> {
  const detail = `${origin} at ${size} entries has root ${toBase64(root)} by its own signature, ${toBase64(held)} by the entries it sent`;
  const next = await database.write(async (sql) => {
    await keepIfFork(sql, logKey(origin, publicKey), { origin, size, root }, note, now());
    const agreed = (await newestCheckpoint(sql, origin))?.size ?? 0;
    const about = `${size} ${toBase64(root)}`;
    await raiseAlarm(
      sql,
      { origin, code: 'CHECKPOINT_ROOT', about, detail: `${detail}\n${note}` },
      now(),
    );
    if (agreed < size && closed === null) await cutEntries(sql, origin, agreed);
    return nextEntry(sql, origin);
  });
  return new CloudError('CHECKPOINT_ROOT', detail, { facts: { next } });
}
