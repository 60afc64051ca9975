/**
 * The next roll-call of a fleet, as what changes: every head is opened under its record's key and must follow from the one
 * called last. What does not is not called: its slot keeps its old size and ages, and the reason is told. Pure.
 * @module
 */
import {
  type CalledSlot,
  EMPTY_ROOT,
  EvidenceError,
  equalBytes,
  OPERATOR_ORIGIN_HASH,
  openCheckpoint,
  originHash,
  type SlotChange,
  type SlotRecord,
  verifyConsistency,
} from '@sigill/evidence';
import type { KeptRegister } from './kept-register.ts';
import type { RefusedCall } from './roll-store.ts';

type Fleet = KeptRegister['fleet'];

export interface Head {
  readonly size: number;
  readonly root: Uint8Array;
}

export interface RollPlan {
  /** By slot: the head to be called, which leads on from the one called last. */
  readonly heads: ReadonlyMap<number, Head>;
  readonly refused: readonly RefusedCall[];
}

/** @param notes by slot: checkpoints as the cloud gave them, the preferred first */
export function planRoll(
  before: readonly CalledSlot[],
  register: Fleet,
  notes: ReadonlyMap<number, readonly string[]>,
): RollPlan {
  const heads = new Map<number, Head>();
  const refused: RefusedCall[] = [];
  for (const [slot, given] of notes) {
    const record = register.slot(slot)?.record;
    if (record === undefined || slot >= register.callable() || record.closed !== null) continue;
    try {
      const head = newestOf(record, given, before[slot]);
      if (head !== null) heads.set(slot, head);
    } catch (error) {
      refused.push({ slot, reason: reasonOf(error) });
    }
  }
  for (const slot of closedSlots(before, register)) heads.set(slot, endOf(register, slot));
  return { heads, refused };
}

/** As one cosigned where it leads on, else the newest: witnesses may be away for days. */
function newestOf(
  record: SlotRecord,
  notes: readonly string[],
  called: CalledSlot = UNCALLED,
): Head | null {
  let newest: Head | null = null;
  for (const note of notes) {
    const { size, root } = openCheckpoint(note, record.origin, record.logKey).checkpoint;
    if (size === called.size && !equalBytes(root, called.root))
      throw new EvidenceError(
        'CALL_CONSISTENCY',
        `its log key signed another history of ${size} entries than was called: ${note}`,
      );
    if (size > called.size) return { size, root };
    newest = { size, root };
  }
  if (newest !== null && newest.size < called.size)
    throw new EvidenceError(
      'CALL_CONSISTENCY',
      `the newest checkpoint that the cloud gives has ${newest.size} entries, ${called.size} were called: it is stale, or the log was cut`,
    );
  return null;
}

const UNCALLED = { size: 0, root: EMPTY_ROOT } as CalledSlot;

/** Closed by the operator's record, and not called at that end yet. */
function* closedSlots(before: readonly CalledSlot[], register: Fleet): Iterable<number> {
  for (let slot = 1; slot < register.callable(); slot += 1) {
    const closed = register.slot(slot)!.record.closed;
    const size = before[slot]?.size ?? 0;
    if (closed !== null && size < closed.size) yield slot;
  }
}

function endOf(register: Fleet, slot: number): Head {
  const { size, root } = register.slot(slot)!.record.closed!;
  return { size, root };
}

export interface MadeRoll {
  readonly changes: readonly SlotChange[];
  readonly refused: readonly RefusedCall[];
}

/** @param paths by slot, from the size called last; none is needed where nothing was called */
export function makeRoll(
  before: readonly CalledSlot[],
  register: Fleet,
  plan: RollPlan,
  paths: ReadonlyMap<number, readonly Uint8Array[]>,
): MadeRoll {
  const refused = [...plan.refused];
  const changes: SlotChange[] = [];
  for (let slot = 0; slot < register.callable(); slot += 1) {
    const called = before[slot] ?? UNCALLED;
    const head = plan.heads.get(slot) ?? null;
    const next =
      head !== null && leadsOn(slot, called, head, paths.get(slot) ?? []) ? head : called;
    const named = isOlder(slot, before[slot]) ? null : nameOf(register, slot, before[slot]);
    if (named === null && next === called) continue;
    changes.push({ slot, size: next.size, root: next.root, named });
  }
  return { changes, refused };

  // After its disk was lost, a notary knows of revocations by what was called alone.
  function isOlder(slot: number, called: CalledSlot | undefined): boolean {
    if (called === undefined || register.knows(called.recordHash)) return false;
    const reason =
      'RECORD_CHAIN: it was called with a record that is not here, and the one given may be older';
    refused.push({ slot, reason });
    return true;
  }

  function leadsOn(
    slot: number,
    { size, root }: CalledSlot,
    head: Head,
    path: readonly Uint8Array[],
  ): boolean {
    try {
      verifyConsistency(size, head.size, root, head.root, path);
      return head.size > size;
    } catch (error) {
      refused.push({ slot, reason: reasonOf(error) });
      return false;
    }
  }
}

/** Null where it was called with this record already. */
function nameOf(
  register: Fleet,
  slot: number,
  called: CalledSlot | undefined,
): SlotChange['named'] {
  const { hash } = slot === 0 ? register.operator : register.slot(slot)!;
  if (called !== undefined && equalBytes(called.recordHash, hash)) return null;
  const origin = slot === 0 ? OPERATOR_ORIGIN_HASH : originHash(register.slot(slot)!.record.origin);
  return { originHash: origin, recordHash: hash };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof EvidenceError)) throw error;
  return `${error.code}: ${error.message}`;
}
