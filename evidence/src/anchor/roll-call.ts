/**
 * The roll-call: one RFC 6962 tree per interval, in which leaf k is slot k. One position per
 * gateway, so two histories cannot both stand in it, and silence is visible as age.
 *
 *     [ "sigill.call.1", slot, originHash: bstr32, size, root: bstr32, age, recordHash: bstr32 ]
 *
 * `age` = anchors since the size grew. Slot 0 is the operator: originHash zeros, size 0, age 0.
 * @module
 */
import { CborReader, encodeCbor } from '../bytes/canonical-cbor.ts';
import { EvidenceError } from '../errors.ts';
import { verifyConsistency } from '../log/consistency.ts';
import { EMPTY_ROOT } from '../log/merkle-tree.ts';

export interface Call {
  readonly slot: number;
  readonly originHash: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly age: number;
  readonly recordHash: Uint8Array;
}

/** What is known of one slot when the roll is called. */
export interface SlotState {
  /** Zeros for slot 0. */
  readonly originHash: Uint8Array;
  readonly recordHash: Uint8Array;
  /** The newest checkpoint, and the path to it from the size called last; null without one. */
  readonly head: {
    readonly size: number;
    readonly root: Uint8Array;
    readonly path: readonly Uint8Array[];
  } | null;
}

export interface RollCall {
  readonly calls: readonly Call[];
  /** Slots whose new checkpoint does not continue the old one: they keep their size and age. */
  readonly refused: readonly { readonly slot: number; readonly error: EvidenceError }[];
}

const CALL_TYPE = 'sigill.call.1';
export const OPERATOR_ORIGIN_HASH: Uint8Array = new Uint8Array(32);

/** @throws EvidenceError CALL_FORM for a call that could not be read again */
export function encodeCall(call: Call): Uint8Array {
  const bytes = encodeCallUnread(call);
  decodeCall(bytes);
  return bytes;
}

/** For the calls of a book, whose parts were read before: a hundred thousand are encoded at each interval. */
export function encodeCallUnread(call: Call): Uint8Array {
  const { slot, originHash, size, root, age, recordHash } = call;
  return encodeCbor([CALL_TYPE, slot, originHash, size, root, age, recordHash]);
}

/** @throws EvidenceError CALL_FORM */
export function decodeCall(bytes: Uint8Array): Call {
  try {
    const reader = new CborReader(bytes);
    reader.tuple(7);
    reader.literal(CALL_TYPE);
    const call = {
      slot: reader.uint(),
      originHash: reader.fixedBytes(32),
      size: reader.uint(),
      root: reader.fixedBytes(32),
      age: reader.uint(),
      recordHash: reader.fixedBytes(32),
    };
    reader.end();
    return call;
  } catch (cause) {
    throw new EvidenceError('CALL_FORM', (cause as Error).message, { cause });
  }
}

/**
 * The next roll-call after `last`.
 * @param last the calls anchored before; slots beyond it are new
 * @param slots by slot number, slot 0 first
 */
export function callRoll(last: readonly Call[], slots: readonly SlotState[]): RollCall {
  const refused: { slot: number; error: EvidenceError }[] = [];
  const calls = slots.map((state, slot): Call => {
    const before = last[slot] ?? { size: 0, root: EMPTY_ROOT, age: -1 };
    const { originHash, recordHash, head } = state;
    const still = { slot, originHash, size: before.size, root: before.root, recordHash };
    if (slot === 0) return { ...still, age: 0 };
    if (head === null) return { ...still, age: before.age + 1 };
    try {
      verifyConsistency(before.size, head.size, before.root, head.root, head.path);
    } catch (error) {
      const { message } = error as Error;
      const reason = new EvidenceError('CALL_CONSISTENCY', `slot ${slot}: ${message}`, {
        cause: error,
      });
      refused.push({ slot, error: reason });
      return { ...still, age: before.age + 1 };
    }
    const grew = head.size > before.size;
    return { ...still, size: head.size, root: head.root, age: grew ? 0 : before.age + 1 };
  });
  return { calls, refused };
}
