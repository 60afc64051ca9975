/**
 * The register as the notary holds it: the operator's chain from the key that its policy names, and the newest record of
 * every slot. Whoever brings a record, it counts only when it follows from those that are here; what was taken is durable
 * and never goes back, so nobody can hide a revocation that was seen once.
 * @module
 */
import {
  assertContinues,
  assertRecordFollows,
  EvidenceError,
  equalBytes,
  NO_RECORD,
  type Opened,
  type OperatorRecord,
  openOperatorChain,
  openSlotRecord,
  type SlotRecord,
  toHex,
} from '@sigill/evidence';
import { type ReadSlot, readIfSlot } from '../records.ts';

export interface FleetRegister {
  readonly operator: Opened<OperatorRecord>;
  /** The newest record of a slot from 1 on. */
  slot(slot: number): ReadSlot | undefined;
  /** Whether a record with this hash was the newest of its slot, once or now. */
  knows(recordHash: Uint8Array): boolean;
  /** One more than the last slot that is here with all before it: as many can be called. */
  callable(): number;
  /** Slots that wait because a record of one before is not here. */
  waiting(): number[];
  /** @returns whether it was news @throws EvidenceError */
  admit(cose: Uint8Array): boolean;
}

/** @param firstKeyHash SHA-256 of the operator's first key, from the policy */
export function createFleetRegister(firstKeyHash: Uint8Array): FleetRegister {
  const chain: Uint8Array[] = [];
  let operators: readonly Opened<OperatorRecord>[] = [];
  const slots = new Map<number, ReadSlot>();
  const slotOfHash = new Map<string, number>();
  const slotOfOrigin = new Map<string, number>();
  const slotOfKey = new Map<string, number>();
  let callable = 1;

  function admitOperator(cose: Uint8Array): boolean {
    if (chain.some((known) => equalBytes(known, cose))) return false;
    operators = openOperatorChain([...chain, cose], firstKeyHash);
    chain.push(cose);
    return true;
  }

  function admitSlot(next: ReadSlot): boolean {
    const { slot, rev } = next.record;
    const last = slots.get(slot);
    if (last !== undefined && (rev < last.record.rev || equalBytes(last.hash, next.hash)))
      return false;
    assertSigned(next.cose, operators);
    if (last !== undefined) assertSucceeds(last, next.record);
    else if (next.record.continues !== null) assertBegins(next.record, next.record.continues);
    assertFree(next.record);
    keep(next);
    return true;
  }

  function assertBegins(next: SlotRecord, continues: Uint8Array): void {
    const closed = slots.get(slotOfHash.get(toHex(continues)) ?? 0);
    if (closed === undefined)
      throw refusal(`slot ${next.slot} continues a log whose closing record is not here`);
    const known = closed.record.agents.map(({ key }) => key);
    const agents = next.agents.filter(({ key }) => known.some((one) => equalBytes(one, key)));
    // Its first revision may never have come here; who joined later was not there before.
    assertContinues(
      closed,
      next.rev === 0 ? next : { ...next, rev: 0, previous: NO_RECORD, agents },
    );
  }

  /** One origin, one slot; one key, one job: only agents go on, from a closed log to the next. */
  function assertFree(next: SlotRecord): void {
    const before = earlierSlots(next);
    const taken = [
      slotOfOrigin.get(next.origin),
      slotOfKey.get(toHex(next.logKey)),
      ...next.agents
        .map(({ key }) => slotOfKey.get(toHex(key)))
        .filter((slot) => slot === undefined || !before.has(slot)),
    ].find((slot) => slot !== undefined && slot !== next.slot);
    if (taken !== undefined)
      throw refusal(`slot ${next.slot} has the origin or a key of slot ${taken}`);
  }

  function earlierSlots({ continues }: SlotRecord): Set<number> {
    const slot = continues === null ? undefined : slotOfHash.get(toHex(continues));
    const before = slot === undefined ? undefined : slots.get(slot);
    return before === undefined ? new Set() : earlierSlots(before.record).add(before.record.slot);
  }

  function keep(next: ReadSlot): void {
    const { slot, origin, logKey, agents } = next.record;
    slots.set(slot, next);
    slotOfHash.set(toHex(next.hash), slot);
    slotOfOrigin.set(origin, slot);
    slotOfKey.set(toHex(logKey), slot);
    for (const { key } of agents) slotOfKey.set(toHex(key), slot);
    while (slots.has(callable)) callable += 1;
  }

  return {
    get operator() {
      const newest = operators.at(-1);
      if (newest === undefined) throw refusal('the operator’s first record is not here yet');
      return newest;
    },
    slot: (slot) => slots.get(slot),
    knows: (hash) =>
      slotOfHash.has(toHex(hash)) || operators.some((one) => equalBytes(one.hash, hash)),
    callable: () => callable,
    waiting: () => [...slots.keys()].filter((slot) => slot > callable),
    admit(cose) {
      const slot = readIfSlot(cose);
      return slot === null ? admitOperator(cose) : admitSlot(slot);
    },
  };
}

// The operator's key may have been replaced since; an older key of the chain still signs for its time.
function assertSigned(cose: Uint8Array, operators: readonly Opened<OperatorRecord>[]): void {
  let cause: unknown = refusal('the operator’s first record is not here yet');
  for (const { record } of operators.toReversed()) {
    try {
      openSlotRecord(cose, record.key);
      return;
    } catch (error) {
      cause = error;
    }
  }
  throw cause;
}

// What must hold from one revision to the next holds over several too, all but the hash of the one just before.
function assertSucceeds(last: Opened<SlotRecord>, next: SlotRecord): void {
  const skipped = next.rev > last.record.rev + 1;
  assertRecordFollows(
    skipped ? { record: { ...last.record, rev: next.rev - 1 }, hash: next.previous } : last,
    next,
  );
}

function refusal(message: string): EvidenceError {
  return new EvidenceError('RECORD_CHAIN', message);
}
