/**
 * The operator's chain and a slot's record, opened and held against each other.
 * @module
 */
import {
  assertRecordFollows,
  EvidenceError,
  type Opened,
  type OperatorRecord,
  openOperatorChain,
  openSlotRecord,
  readSlotRecord,
  type SlotRecord,
} from '@sigill/evidence';

export interface Register {
  readonly operator: Opened<OperatorRecord>;
  readonly slot: Opened<SlotRecord>;
  /** The signed bytes of the current ones. */
  readonly cose: readonly [operator: Uint8Array, slot: Uint8Array];
  /** All of the operator's records, as signed, from the first on. */
  readonly chain: readonly Uint8Array[];
}

export interface ReadSlot extends Opened<SlotRecord> {
  readonly cose: Uint8Array;
}

export function joinRecords(
  chain: readonly Uint8Array[],
  slot: Uint8Array,
  operatorKeyHash: Uint8Array,
): Register {
  const operators = openOperatorChain(chain, operatorKeyHash);
  return {
    operator: operators.at(-1)!,
    slot: openWithAny(slot, operators),
    cose: [chain.at(-1)!, slot],
    chain,
  };
}

// The operator's key may have been replaced since; an older key of the chain still signs for its time.
function openWithAny(
  slot: Uint8Array,
  operators: readonly Opened<OperatorRecord>[],
): Opened<SlotRecord> {
  let refusal: unknown;
  for (const { record } of operators.toReversed()) {
    try {
      return openSlotRecord(slot, record.key);
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

// What must hold from one revision to the next holds over several too, all but the hash of the one just before.
export function assertSucceeds(last: Opened<SlotRecord>, next: SlotRecord): void {
  const skipped = next.rev > last.record.rev + 1;
  assertRecordFollows(
    skipped ? { record: { ...last.record, rev: next.rev - 1 }, hash: next.previous } : last,
    next,
  );
}

export function readIfSlot(cose: Uint8Array): ReadSlot | null {
  try {
    return { ...readSlotRecord(cose), cose };
  } catch (error) {
    if (error instanceof EvidenceError && error.code === 'RECORD_FORM') return null;
    throw error;
  }
}
