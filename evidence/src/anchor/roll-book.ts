/**
 * A roll-call told by what changed since the one before. Every age grows by one each time, so no leaf of the tree stays
 * as it was; but an age follows from the roll-call in which the size last grew, and all else moves with its log alone.
 *
 *     changes = [* [slot, size, root: bstr32] | [slot, size, root: bstr32, originHash: bstr32, recordHash: bstr32] ]
 *
 * Sorted by slot, none twice; the long form for a slot that is new, or whose record is another. The hashes over each 256
 * leaves are kept with a roll-call: with them, one call of a hundred thousand is proven out of its 255 neighbours.
 * @module
 */
import { equalBytes } from '../bytes/bytes.ts';
import { CborReader, type CborValue, encodeCbor } from '../bytes/canonical-cbor.ts';
import { EvidenceError } from '../errors.ts';
import { inclusionPath } from '../log/inclusion.ts';
import { EMPTY_ROOT, hashesOf, leafHash, treeRoot } from '../log/merkle-tree.ts';
import { type Call, encodeCallUnread, OPERATOR_ORIGIN_HASH } from './roll-call.ts';

/** What a roll-call says of a slot; its age is counted from `since`. */
export interface CalledSlot {
  readonly originHash: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly recordHash: Uint8Array;
  /** The roll-call in which the size last grew, or in which the slot was first called. */
  readonly since: number;
}

export interface SlotChange {
  readonly slot: number;
  readonly size: number;
  readonly root: Uint8Array;
  /** Null: as in the roll-call before. */
  readonly named: { readonly originHash: Uint8Array; readonly recordHash: Uint8Array } | null;
}

export interface RollTree {
  readonly root: Uint8Array;
  /** The hash over each `ROLL_BLOCK` leaves; the last may cover fewer. */
  readonly blocks: readonly Uint8Array[];
}

/** A power of two: a block is a node of every tree that has it whole. */
export const ROLL_BLOCK = 256;

/**
 * Roll-call `number` out of the one before. A log stays in its slot and only grows; slots are added at the end.
 * @throws EvidenceError CALL_CONSISTENCY
 */
export function nextRoll(
  before: readonly CalledSlot[],
  number: number,
  changes: readonly SlotChange[],
): CalledSlot[] {
  const slots = [...before];
  let last = -1;
  for (const change of changes) {
    const { slot, size, root, named } = change;
    if (slot <= last) throw broken(slot, 'changes sorted by slot, none twice, expected');
    last = slot;
    const known = slots[slot];
    if (known === undefined) slots.push(begun(change, slots.length, number));
    else {
      const next = { ...known, ...named, size, root };
      assertMoves(slot, known, next);
      slots[slot] = size > known.size ? { ...next, since: number } : next;
    }
  }
  return slots;
}

function begun({ slot, size, root, named }: SlotChange, end: number, number: number): CalledSlot {
  if (slot !== end) throw broken(slot, `slot ${end} is called first`);
  if (named === null) throw broken(slot, 'a new slot is named');
  if (size === 0 && !equalBytes(root, EMPTY_ROOT))
    throw broken(slot, 'an empty log has another root');
  if (slot === 0 && (size !== 0 || !equalBytes(named.originHash, OPERATOR_ORIGIN_HASH)))
    throw broken(slot, 'the operator has no log');
  return { ...named, size, root, since: number };
}

function assertMoves(slot: number, before: CalledSlot, after: CalledSlot): void {
  if (!equalBytes(before.originHash, after.originHash))
    throw broken(slot, 'it is another log’s: slots are never moved or used again');
  if (after.size < before.size)
    throw broken(slot, `${before.size} entries were called before, now ${after.size}`);
  if (slot === 0 && after.size > 0) throw broken(slot, 'the operator has no log');
  const isSameHead = after.size === before.size && equalBytes(after.root, before.root);
  if (after.size === before.size && !isSameHead)
    throw broken(slot, `two roots of ${after.size} entries`);
  if (isSameHead && equalBytes(after.recordHash, before.recordHash))
    throw broken(slot, 'a change that changes nothing');
}

/** As it stands in roll-call `number`. */
export function callOf(slot: number, called: CalledSlot, number: number): Call {
  const { originHash, size, root, recordHash, since } = called;
  return { slot, originHash, size, root, age: slot === 0 ? 0 : number - since, recordHash };
}

export function rollTree(slots: readonly CalledSlot[], number: number): RollTree {
  const blocks: Uint8Array[] = [];
  for (let from = 0; from < slots.length; from += ROLL_BLOCK)
    blocks.push(treeRoot(leavesOf(slots.slice(from, from + ROLL_BLOCK), from, number)));
  return { root: treeRoot(blocks), blocks };
}

/**
 * The call of a slot with its path, out of its block's slots and the hashes of all blocks.
 * @param block the slots from `ROLL_BLOCK * Math.floor(slot / ROLL_BLOCK)` on
 */
export function proveCall(
  slot: number,
  number: number,
  block: readonly CalledSlot[],
  blocks: readonly Uint8Array[],
): { readonly call: Uint8Array; readonly path: Uint8Array[] } {
  const at = slot % ROLL_BLOCK;
  const leaves = leavesOf(block, slot - at, number);
  const over = Math.floor(slot / ROLL_BLOCK);
  return {
    call: encodeCallUnread(callOf(slot, block[at] as CalledSlot, number)),
    path: [
      ...inclusionPath(at, leaves.length, hashesOf(leaves)),
      ...inclusionPath(over, blocks.length, hashesOf(blocks)),
    ],
  };
}

function leavesOf(slots: readonly CalledSlot[], from: number, number: number): Uint8Array[] {
  return slots.map((called, at) => leafHash(encodeCallUnread(callOf(from + at, called, number))));
}

export function encodeChanges(changes: readonly SlotChange[]): Uint8Array {
  return encodeCbor(
    changes.map(({ slot, size, root, named }): CborValue[] => [
      ...[slot, size, root],
      ...(named === null ? [] : [named.originHash, named.recordHash]),
    ]),
  );
}

/** @throws EvidenceError CALL_FORM */
export function decodeChanges(bytes: Uint8Array): SlotChange[] {
  try {
    const reader = new CborReader(bytes);
    const changes = reader.list(() => {
      const parts = reader.array();
      const [slot, size, root] = [reader.uint(), reader.uint(), reader.fixedBytes(32)];
      if (parts !== 3 && parts !== 5)
        throw new EvidenceError('CALL_FORM', '3 or 5 parts of a change expected');
      const named =
        parts === 3
          ? null
          : { originHash: reader.fixedBytes(32), recordHash: reader.fixedBytes(32) };
      return { slot, size, root, named };
    });
    reader.end();
    return changes;
  } catch (cause) {
    throw new EvidenceError('CALL_FORM', (cause as Error).message, { cause });
  }
}

function broken(slot: number, message: string): EvidenceError {
  return new EvidenceError('CALL_CONSISTENCY', `slot ${slot}: ${message}`);
}
