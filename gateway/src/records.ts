/**
 * The operator's chain and this site's slots, opened and held against each other: one slot for each generation of its
 * log, each continuing the closed one before it.
 * @module
 */
import {
  assertContinues,
  assertRecordFollows,
  EvidenceError,
  equalBytes,
  type Opened,
  type OperatorRecord,
  openOperatorChain,
  openSlotRecord,
  readSlotRecord,
  type SlotRecord,
} from '@sigill/evidence';
import { GatewayError } from './errors.ts';

export interface Register {
  readonly operator: Opened<OperatorRecord>;
  /** Of the generation in force here. */
  readonly slot: Opened<SlotRecord>;
  /** The signed bytes of the current ones. */
  readonly cose: readonly [operator: Uint8Array, slot: Uint8Array];
  /** All of the operator's records, as signed, from the first on. */
  readonly chain: readonly Uint8Array[];
  /** The records that closed the generations before, the oldest first. */
  readonly earlier: readonly ReadSlot[];
  /**
   * What leads an agent from any generation to this one, the oldest first: of each but the first the record it began
   * with, and of each its newest.
   */
  readonly succession: readonly Uint8Array[];
}

export interface ReadSlot extends Opened<SlotRecord> {
  readonly cose: Uint8Array;
}

/** Everything known of a site's register, in force or not. */
export interface Lineage {
  readonly chain: readonly Uint8Array[];
  readonly operators: readonly Opened<OperatorRecord>[];
  /** The first generation's first. */
  readonly slots: readonly OwnSlot[];
}

export interface OwnSlot {
  /** What a later generation began with; of the first one, any of its records. */
  readonly first: ReadSlot;
  readonly newest: ReadSlot;
}

/**
 * @param cose the operator's records in their order, and any of this site's slots': of each slot the latest counts
 * @param origin of the first generation
 * @throws GatewayError RECORD_MISMATCH, EvidenceError
 */
export function openLineage(
  cose: readonly Uint8Array[],
  origin: string,
  operatorKeyHash: Uint8Array,
): Lineage {
  const chain = cose.filter((bytes) => readIfSlot(bytes) === null);
  const slots = cose.flatMap((bytes) => readIfSlot(bytes) ?? []).sort(byAge);
  const newest = slots.findLast(({ record }) => record.origin === origin);
  const other = slots[0];
  if (other === undefined) throw mismatch('there is none among the files of records');
  if (newest === undefined)
    throw mismatch(`the record is for origin ${other.record.origin}, gateway.yaml says ${origin}`);
  const operators = openOperatorChain(chain, operatorKeyHash);
  assertSigned(newest, operators);
  const begun: Lineage = { chain, operators, slots: [{ first: newest, newest }] };
  return slots.reduce((lineage, slot) => withSlot(lineage, slot) ?? lineage, begun);
}

/** With one record more. @returns null when it is known, or older than what is. @throws GatewayError RECORD_MISMATCH, EvidenceError */
export function withRecord(
  lineage: Lineage,
  cose: Uint8Array,
  operatorKeyHash: Uint8Array,
): Lineage | null {
  const slot = readIfSlot(cose);
  if (slot !== null) return withSlot(lineage, slot);
  if (lineage.chain.some((known) => equalBytes(known, cose))) return null;
  const chain = [...lineage.chain, cose];
  return { ...lineage, chain, operators: openOperatorChain(chain, operatorKeyHash) };
}

function withSlot(lineage: Lineage, slot: ReadSlot): Lineage | null {
  const { slots } = lineage;
  const at = slots.findIndex(({ newest }) => newest.record.slot === slot.record.slot);
  const own = slots[at];
  if (own === undefined) return withGeneration(lineage, slot);
  const { newest } = own;
  if (slot.record.rev < newest.record.rev || equalBytes(slot.cose, newest.cose)) return null;
  assertSigned(slot, lineage.operators);
  assertSucceeds(newest, slot.record);
  return { ...lineage, slots: slots.with(at, { ...own, newest: slot }) };
}

function withGeneration(lineage: Lineage, slot: ReadSlot): Lineage {
  const { slots, operators } = lineage;
  const last = slots.at(-1)!.newest;
  const { slot: number, continues } = slot.record;
  if (continues === null)
    throw mismatch(`the record is for slot ${number}, this gateway has ${last.record.slot}`);
  const forked = slots.findIndex(({ newest }) => equalBytes(newest.hash, continues));
  const taken = slots[forked + 1]?.newest.record.slot;
  if (forked >= 0 && taken !== undefined)
    throw mismatch(
      `slot ${number} goes on where slot ${taken} goes on already`,
      'a log has one continuation, so ask its operator which of them counts',
    );
  if (forked < 0)
    throw mismatch(
      `slot ${number} goes on from a record that is not here`,
      `the one that closes slot ${last.record.slot} comes first`,
    );
  assertSigned(slot, operators);
  assertContinues(last, slot.record);
  return { ...lineage, slots: [...slots, { first: slot, newest: slot }] };
}

/** As it is where the generation of this index, from 0, is in force. */
export function registerAt({ chain, operators, slots }: Lineage, at: number): Register {
  const { record, hash, cose } = slots[at]!.newest;
  return {
    operator: operators.at(-1)!,
    slot: { record, hash },
    cose: [chain.at(-1)!, cose],
    chain,
    earlier: slots.slice(0, at).map(({ newest }) => newest),
    succession: slots
      .slice(0, at + 1)
      .flatMap(({ first, newest }, index) =>
        index === 0 || first === newest ? [newest.cose] : [first.cose, newest.cose],
      ),
  };
}

// The operator's key may have been replaced since; an older key of the chain still signs for its time.
function assertSigned({ cose }: ReadSlot, operators: readonly Opened<OperatorRecord>[]): void {
  let refusal: unknown;
  for (const { record } of operators.toReversed()) {
    try {
      openSlotRecord(cose, record.key);
      return;
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

// What must hold from one revision to the next holds over several too, all but the hash of the one just before.
function assertSucceeds(last: Opened<SlotRecord>, next: SlotRecord): void {
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

function byAge(one: ReadSlot, other: ReadSlot): number {
  return one.record.slot - other.record.slot || one.record.rev - other.record.rev;
}

const ONE_INIT = 'take records, keys and gateway.yaml from one and the same gateway init';

export function mismatch(message: string, advice: string = ONE_INIT): GatewayError {
  return new GatewayError('RECORD_MISMATCH', `slot record: ${message}; ${advice}`);
}
