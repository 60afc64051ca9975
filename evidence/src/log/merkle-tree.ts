/**
 * RFC 6962 §2.1 trees over SHA-256: leaf H(0x00 ‖ bytes), node H(0x01 ‖ L ‖ R); the left child is
 * always full; no padding, no duplicated nodes. Sizes up to 2^53-1, so no 32-bit operator touches
 * a size. Hashes come from wherever the caller keeps them, through a `HashReader`.
 * @module
 */
import { sha256 } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';

/** The hash of the full subtree of 2^level leaves that is number `index` on its level. */
export type HashReader = (level: number, index: number) => Uint8Array;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(LEAF, entry);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right);
}

/** The root of the first `size` leaves. */
export function rootAt(size: number, read: HashReader): Uint8Array {
  assertSize(size);
  return size === 0 ? EMPTY_ROOT : rangeHash(0, size, read);
}

/** The root over leaf hashes held in memory. */
export function treeRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const range = createCompactRange();
  for (const leaf of leaves) range.append(leaf);
  return range.root();
}

/** A `HashReader` over leaf hashes held in memory; each inner hash is computed once. */
export function hashesOf(leaves: readonly Uint8Array[]): HashReader {
  const levels: Uint8Array[][] = [[...leaves]];
  return (level, index) => {
    for (let made = levels.length; made <= level; made += 1) {
      const below = levels[made - 1] ?? [];
      const row: Uint8Array[] = [];
      for (let at = 0; at + 1 < below.length; at += 2)
        row.push(nodeHash(below[at]!, below[at + 1]!));
      levels.push(row);
    }
    const found = levels[level]?.[index];
    if (found === undefined)
      throw new EvidenceError('TREE_RANGE', `no subtree ${index} on level ${level}`);
    return found;
  };
}

/** The hash over leaves [start, end), as it stands in any tree that holds them under one node. */
export function rangeHash(start: number, end: number, read: HashReader): Uint8Array {
  const width = end - start;
  const split = splitPoint(width);
  if (split * 2 === width || width === 1) {
    if (start % width === 0) return read(Math.round(Math.log2(width)), start / width);
  }
  return nodeHash(rangeHash(start, start + split, read), rangeHash(start + split, end, read));
}

/** The largest power of two below `width`; 0.5 for 1, which no caller splits. */
export function splitPoint(width: number): number {
  let split = 2 ** Math.floor(Math.log2(width));
  // log2 rounds near 2^53; put the answer right whichever way it erred.
  while (split >= width) split /= 2;
  while (split * 2 < width) split *= 2;
  return split;
}

/** The roots of the full subtrees of a growing tree, largest first: all that appending needs. */
export interface CompactRange {
  readonly size: number;
  readonly peaks: readonly Uint8Array[];
  append(leaf: Uint8Array): void;
  root(): Uint8Array;
}

/** @throws EvidenceError TREE_RANGE if `peaks` are not as many as the bits set in `size` */
export function createCompactRange(size = 0, peaks: readonly Uint8Array[] = []): CompactRange {
  assertSize(size);
  if (peaks.length !== bitsSet(size))
    throw new EvidenceError('TREE_RANGE', `${bitsSet(size)} peaks expected, got ${peaks.length}`);
  const stack = [...peaks];
  let count = size;
  return {
    get size() {
      return count;
    },
    get peaks() {
      return [...stack];
    },
    append(leaf) {
      assertSize(count + 1);
      let hash = leaf;
      for (let rest = count; rest % 2 === 1; rest = Math.floor(rest / 2)) {
        hash = nodeHash(stack.pop()!, hash);
      }
      stack.push(hash);
      count += 1;
    },
    root: () => foldPeaks(stack),
  };
}

/** Peaks folded right to left are the root. */
export function foldPeaks(peaks: readonly Uint8Array[]): Uint8Array {
  let root: Uint8Array | null = null;
  for (let index = peaks.length - 1; index >= 0; index -= 1) {
    const peak = peaks[index]!;
    root = root === null ? peak : nodeHash(peak, root);
  }
  return root ?? EMPTY_ROOT;
}

/** The peaks of the first `size` leaves, largest first. */
export function peaksAt(size: number, read: HashReader): Uint8Array[] {
  assertSize(size);
  const peaks: Uint8Array[] = [];
  let start = 0;
  while (start < size) {
    const rest = size - start;
    const split = splitPoint(rest);
    const width = split * 2 === rest ? rest : Math.max(split, 1);
    peaks.push(read(Math.round(Math.log2(width)), start / width));
    start += width;
  }
  return peaks;
}

export function bitsSet(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}

/** @throws EvidenceError TREE_RANGE */
export function assertSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0)
    throw new EvidenceError('TREE_RANGE', `tree size from 0 to 2^53-1 expected, got ${size}`);
}

/** Each hash of a path or root is exactly 32 bytes. */
export function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === 32);
}
