/**
 * Which record may join those that are held: one slot an origin, one key a job, and one next generation for a log
 * that was closed. Pure.
 * @module
 */
import {
  assertContinues,
  assertRecordFollows,
  EvidenceError,
  equalBytes,
  NO_RECORD,
  type Opened,
  type SlotRecord,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';

type HeldSlots = readonly Opened<SlotRecord>[];

/** @param held the newest record of each slot @throws CloudError RECORD_TAKEN, EvidenceError RECORD_CHAIN */
export function assertMayJoin(next: SlotRecord, held: HeldSlots): void {
  const last = held.find(({ record }) => record.slot === next.slot);
  if (last !== undefined) assertSucceeds(last, next);
  else if (next.continues !== null) assertBegins(next, next.continues, held);
  assertFree(next, held);
}

// An anchor carries the record of its moment: revisions in between may never have been anchored. What must
// hold from one to the next holds over several too, all but the hash of the one just before.
function assertSucceeds(last: Opened<SlotRecord>, next: SlotRecord): void {
  const skipped = next.rev > last.record.rev + 1;
  assertRecordFollows(
    skipped ? { record: { ...last.record, rev: next.rev - 1 }, hash: next.previous } : last,
    next,
  );
}

function assertBegins(next: SlotRecord, continues: Uint8Array, held: HeldSlots): void {
  const closed = held.find(({ hash }) => equalBytes(hash, continues));
  if (closed === undefined) {
    throw new EvidenceError(
      'RECORD_CHAIN',
      `slot ${next.slot}, ${next.origin}, continues a log whose closing record is not here: bring that one first`,
    );
  }
  assertContinues(closed, asFirst(next, closed.record));
  const other = continuationOf(closed, held);
  if (other === undefined) return;
  throw new CloudError(
    'RECORD_TAKEN',
    `slot ${closed.record.slot} is continued by slot ${other.record.slot} already; a log goes on once`,
  );
}

// Its first revision may never have been anchored either; who joined later was not there before.
function asFirst(next: SlotRecord, before: SlotRecord): SlotRecord {
  if (next.rev === 0) return next;
  const known = keysOf(before.agents);
  const agents = next.agents.filter(({ key }) => known.some((one) => equalBytes(one, key)));
  return { ...next, rev: 0, previous: NO_RECORD, agents };
}

/** One origin, one slot; one key, one job: only the agents of a closed log go on, in its next generations. */
function assertFree(next: SlotRecord, held: HeldSlots): void {
  const earlier = earlierSlots(next, held);
  const ours = keysOf(next.agents);
  for (const { record } of held) {
    if (record.slot === next.slot) continue;
    const theirs = keysOf(record.agents);
    const taken =
      record.origin === next.origin ||
      isAmong(next.logKey, [record.logKey, ...theirs]) ||
      isAmong(record.logKey, ours) ||
      (!earlier.has(record.slot) && ours.some((key) => isAmong(key, theirs)));
    if (!taken) continue;
    throw new CloudError(
      'RECORD_TAKEN',
      `slot ${next.slot} has the origin or a key of slot ${record.slot}`,
    );
  }
}

/** The slots that this one continues, back to the first generation. */
export function earlierSlots({ continues }: SlotRecord, held: HeldSlots): Set<number> {
  const before = held.find(({ hash }) => isSame(hash, continues));
  if (before === undefined) return new Set();
  return earlierSlots(before.record, held).add(before.record.slot);
}

/** The slot that goes on from a closed one. */
export function continuationOf(
  closed: Opened<SlotRecord> | undefined,
  held: HeldSlots,
): Opened<SlotRecord> | undefined {
  return held.find(({ record }) => isSame(record.continues, closed?.hash ?? null));
}

function isAmong(key: Uint8Array, keys: readonly Uint8Array[]): boolean {
  return keys.some((one) => equalBytes(one, key));
}

function isSame(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one !== null && other !== null && equalBytes(one, other);
}

function keysOf(agents: SlotRecord['agents']): Uint8Array[] {
  return agents.map(({ key }) => key);
}
