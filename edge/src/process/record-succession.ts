/**
 * Which record comes after which, for somebody who was away while several were signed.
 * @module
 */
import {
  assertContinues,
  EvidenceError,
  equalBytes,
  type Opened,
  type SlotRecord,
} from '@sigill/evidence';

export interface SignedRecord extends Opened<SlotRecord> {
  readonly cose: Uint8Array;
}

export interface Succession {
  readonly newest: SignedRecord;
  /** Those that closed a log on the way there, oldest first. */
  readonly closings: readonly SignedRecord[];
}

/**
 * The newest of these records that goes on from a known one: of the same slot or, where that is closed, of the slot that
 * continues it, and so on. Others say nothing here.
 */
export function succeed(known: SignedRecord, records: readonly SignedRecord[]): Succession {
  const closings: SignedRecord[] = [];
  let newest = known;
  for (;;) {
    newest = records.reduce(later, newest);
    const next = records.find(({ record }) => continues(newest, record));
    if (next === undefined) return { newest, closings };
    closings.push(newest);
    newest = next;
  }
}

function later(one: SignedRecord, other: SignedRecord): SignedRecord {
  const { slot, rev, origin, logKey, closed } = one.record;
  const isOfSlot =
    other.record.slot === slot &&
    other.record.origin === origin &&
    equalBytes(other.record.logKey, logKey);
  return isOfSlot && closed === null && other.record.rev > rev ? other : one;
}

function continues(closed: SignedRecord, next: SlotRecord): boolean {
  try {
    assertContinues(closed, next);
    return true;
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}
