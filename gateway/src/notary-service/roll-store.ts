/**
 * The roll-calls of a fleet by the index of their anchor, each as what it changed, durable before its root is given to the
 * ledger; and now and then the slots whole, so that any roll-call can be made again from the last of those before it.
 *
 *     calls/<index / 1000>/<index>    [ calledAt, seen, slots, rollRoot: bstr32, changes: bstr, [* [slot, reason]] ]
 *     slots/<index>                   [* [originHash: bstr32, size, root: bstr32, recordHash: bstr32, since] ]
 *
 * @module
 */
import {
  type CalledSlot,
  CborReader,
  decodeChanges,
  encodeCbor,
  encodeChanges,
  nextRoll,
  type SlotChange,
} from '@sigill/evidence';
import type { Disk } from '../disk/disk.ts';
import { GatewayError } from '../errors.ts';

export interface KeptCall {
  /** ms since the Unix epoch. */
  readonly calledAt: number;
  /** Up to which of the cloud's changes it tells. */
  readonly seen: number;
  readonly slots: number;
  readonly rollRoot: Uint8Array;
  readonly changes: readonly SlotChange[];
  /** Slots whose new head was not believed. */
  readonly refused: readonly RefusedCall[];
}

export interface RefusedCall {
  readonly slot: number;
  readonly reason: string;
}

export interface RollStore {
  /** Null if none is kept at this index. */
  read(index: number): KeptCall | null;
  /** Durable on return. Replaces one whose root never reached the ledger; those before it are never replaced. */
  keep(index: number, call: KeptCall): Promise<void>;
  /** Whether roll-call `index` can be made again from what is here. */
  reaches(index: number): boolean;
  /** The slots after roll-call `index`; none before the first. */
  slotsAt(index: number): readonly CalledSlot[];
  /** Begins behind roll-calls that others made: the slots after roll-call `index`. */
  begin(index: number, slots: readonly CalledSlot[]): Promise<void>;
}

const FOLDER = 1_000;
// A roll-call is made again out of 100 others at the most; at 100,000 slots, that many bytes are kept once in 17 hours.
const WHOLE_EVERY = 100;

/** @param disk a directory of its own */
export function createRollStore(disk: Disk): RollStore {
  const callPath = (index: number) => `calls/${Math.floor(index / FOLDER)}/${index}`;
  const wholePath = (index: number) => `slots/${index}`;
  let newest: { readonly index: number; readonly slots: readonly CalledSlot[] } | null = null;

  function read(index: number): KeptCall | null {
    const bytes = disk.read(callPath(index));
    return bytes && decode(bytes, `roll-call ${index}`, readCall);
  }

  function slotsAt(index: number): readonly CalledSlot[] {
    if (index < 0) return [];
    if (newest?.index === index) return newest.slots;
    const whole = wholeUpTo(index);
    let slots: readonly CalledSlot[] =
      whole === null ? [] : decode(disk.read(wholePath(whole))!, `slots ${whole}`, readSlots);
    for (let at = (whole ?? -1) + 1; at <= index; at += 1) {
      const call = read(at);
      if (call === null) throw damaged(`roll-call ${at}`, 'it is not there');
      slots = nextRoll(slots, at, call.changes);
    }
    newest = { index, slots };
    return slots;
  }

  function reaches(index: number): boolean {
    if (index < 0 || newest?.index === index) return true;
    const whole = wholeUpTo(index) ?? -1;
    return Array.from({ length: index - whole }, (_, at) => whole + 1 + at).every(
      (at) => disk.read(callPath(at)) !== null,
    );
  }

  function wholeUpTo(index: number): number | null {
    const kept = disk
      .list('slots')
      .map(Number)
      .filter((at) => at <= index);
    return kept.length === 0 ? null : Math.max(...kept);
  }

  return {
    read,
    reaches,
    slotsAt,
    async keep(index, call) {
      const before = slotsAt(index - 1);
      // Those before it are given to the ledger: only what nobody takes back is kept whole.
      if (index % WHOLE_EVERY === 0 && index > 0 && disk.read(wholePath(index - 1)) === null)
        await disk.replace(wholePath(index - 1), encodeSlots(before));
      await disk.replace(callPath(index), encodeCall(call));
    },
    begin: (index, slots) => disk.replace(wholePath(index), encodeSlots(slots)),
  };
}

function encodeCall({ calledAt, seen, slots, rollRoot, changes, refused }: KeptCall): Uint8Array {
  const refusals = refused.map(({ slot, reason }) => [slot, reason]);
  return encodeCbor([calledAt, seen, slots, rollRoot, encodeChanges(changes), refusals]);
}

function readCall(reader: CborReader): KeptCall {
  reader.tuple(6);
  return {
    calledAt: reader.safeInteger(),
    seen: reader.uint(),
    slots: reader.uint(),
    rollRoot: reader.fixedBytes(32),
    changes: decodeChanges(reader.bytes()),
    refused: reader.list(() => {
      reader.tuple(2);
      return { slot: reader.uint(), reason: reader.text() };
    }),
  };
}

function encodeSlots(slots: readonly CalledSlot[]): Uint8Array {
  return encodeCbor(
    slots.map(({ originHash, size, root, recordHash, since }) => [
      ...[originHash, size, root, recordHash, since],
    ]),
  );
}

/** As `slots/<index>` has them, and the cloud gives them. @throws EvidenceError */
export function readSlots(reader: CborReader): CalledSlot[] {
  return reader.list(() => {
    reader.tuple(5);
    return {
      originHash: reader.fixedBytes(32),
      size: reader.uint(),
      root: reader.fixedBytes(32),
      recordHash: reader.fixedBytes(32),
      since: reader.uint(),
    };
  });
}

function decode<T>(bytes: Uint8Array, what: string, read: (reader: CborReader) => T): T {
  try {
    const reader = new CborReader(bytes);
    const value = read(reader);
    reader.end();
    return value;
  } catch (cause) {
    throw damaged(what, (cause as Error).message, cause);
  }
}

function damaged(what: string, why: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'NOTARY_STATE_DAMAGED',
    `${what} does not read (${why}); restore the data directory whole`,
    { cause },
  );
}
