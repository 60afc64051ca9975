/** Spoils one byte of an evidence file, at a place where the change means something. Pure. */
import { encodeCbor, fromBase64, toBase64, utf8 } from '@sigill/evidence';
import { type Leaf, leavesOf, type PartName } from './evidence-map.ts';

const CONTEXT = 7;

export interface Spoiled {
  readonly file: Uint8Array;
  /** In the file. */
  readonly position: number;
  readonly part: PartName;
  /** The value's name in the file; null between values. */
  readonly path: string | null;
  /** Within the value's own bytes when it is base64 there, else within the file. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** A few bytes around the spoiled one, before and after, and which of them it is. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly at: number;
}

/**
 * Flips one bit at a position of the file. In base64 it is a bit of the byte that stands there, written
 * as base64 again: the file keeps its form, and only its meaning tells.
 */
export function spoilAt(file: Uint8Array, position: number, bit: number): Spoiled {
  const leaf = leavesOf(file).find(({ from, to }) => from <= position && position < to);
  if (leaf?.encoded) {
    const bytes = decodeLeaf(file, leaf);
    const offset = Math.min(Math.floor(((position - leaf.from) * 3) / 4), bytes.length - 1);
    return spoilLeaf(file, leaf, bytes, offset, bit);
  }
  const spoiled = flip(file, position, bit);
  return {
    file: spoiled,
    position,
    part: leaf?.part ?? 'shell',
    path: leaf?.path ?? null,
    ...around(file, spoiled, position),
  };
}

/** Any byte of a part. */
export function spoilPart(file: Uint8Array, part: PartName, random: () => number): Spoiled | null {
  const leaves = leavesOf(file).filter((leaf) => leaf.part === part && leaf.to > leaf.from);
  const total = leaves.reduce((sum, { from, to }) => sum + to - from, 0);
  let left = Math.floor(random() * total);
  for (const { from, to } of leaves) {
    if (left < to - from) return spoilAt(file, from + left, Math.floor(random() * 8));
    left -= to - from;
  }
  return null;
}

/**
 * Changes the last digit of a reading's value by one: the forgery somebody would really try.
 * Null when the value is no number kept as digits.
 */
export function spoilValue(
  file: Uint8Array,
  field: { readonly name: string; readonly value: string },
): Spoiled | null {
  const leaf = leavesOf(file).find(({ path }) => path === 'readings[0].bytes');
  const digits = /^(-?)(\d+)(?:\.(\d+))?$/.exec(field.value);
  if (leaf === undefined || digits === null) return null;
  const [, sign = '', whole = '', fraction = ''] = digits;
  const mantissa = encodeCbor(BigInt(`${sign}${whole}${fraction}`));
  const bytes = decodeLeaf(file, leaf);
  // [name, [mantissa, exponent], …: the name, then the head of an array of two, then the mantissa.
  const start = indexOf(bytes, Uint8Array.of(...encodeCbor(field.name), 0x82, ...mantissa));
  if (start < 0) return null;
  const offset = start + encodeCbor(field.name).length + mantissa.length;
  return spoilLeaf(file, leaf, bytes, offset, 0);
}

function spoilLeaf(
  file: Uint8Array,
  leaf: Leaf,
  bytes: Uint8Array,
  offset: number,
  bit: number,
): Spoiled {
  const changed = flip(bytes, offset, bit);
  const spoiled = file.slice();
  spoiled.set(utf8(toBase64(changed)), leaf.from);
  return {
    file: spoiled,
    position: leaf.from + Math.floor((offset * 4) / 3),
    part: leaf.part,
    path: leaf.path,
    ...around(bytes, changed, offset),
  };
}

const decodeLeaf = (file: Uint8Array, { from, to }: Leaf): Uint8Array =>
  fromBase64(String.fromCharCode(...file.subarray(from, to)));

function flip(bytes: Uint8Array, offset: number, bit: number): Uint8Array {
  const changed = bytes.slice();
  changed[offset] = (bytes[offset] as number) ^ (1 << (bit & 7));
  return changed;
}

function around(before: Uint8Array, after: Uint8Array, offset: number) {
  const start = Math.max(0, offset - CONTEXT);
  const end = Math.min(before.length, offset + CONTEXT + 1);
  return {
    offset,
    sizeBytes: before.length,
    before: before.slice(start, end),
    after: after.slice(start, end),
    at: offset - start,
  };
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = 0; at + wanted.length <= bytes.length; at++)
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
}
