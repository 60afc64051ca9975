/**
 * Several leaves of one tree at once: the hashes of the largest subtrees that hold none of them, in the order of the
 * tree, and no others. There is exactly one such list, so nothing in it can be changed or left over.
 * @module
 */
import { EvidenceError } from '../errors.ts';
import {
  areHashes,
  assertSize,
  type HashReader,
  nodeHash,
  rangeHash,
  splitPoint,
} from './merkle-tree.ts';

export interface IndexedLeaf {
  readonly index: number;
  /** Leaf hash. */
  readonly hash: Uint8Array;
}

/** @param indexes of the leaves, rising. @throws EvidenceError TREE_RANGE */
export function multiInclusionPath(
  indexes: readonly number[],
  size: number,
  read: HashReader,
): Uint8Array[] {
  assertSize(size);
  if (!areIndexes(indexes, size))
    throw new EvidenceError('TREE_RANGE', `rising indexes below ${size} expected`);
  const path: Uint8Array[] = [];
  collect(0, size, 0, indexes.length);
  return path;

  /** Of the subtree over [start, end), which holds the leaves from `low` to below `high`. */
  function collect(start: number, end: number, low: number, high: number): void {
    if (low === high) {
      path.push(rangeHash(start, end, read));
      return;
    }
    if (end - start === 1) return;
    const middle = start + splitPoint(end - start);
    const parted = firstAtLeast(indexes, middle, low, high);
    collect(start, middle, low, parted);
    collect(middle, end, parted, high);
  }
}

/** The root that leaves and path lead to. @throws EvidenceError INCLUSION_PROOF */
export function rootFromMultiInclusion(
  leaves: readonly IndexedLeaf[],
  size: number,
  path: readonly Uint8Array[],
): Uint8Array {
  const indexes = leaves.map(({ index }) => index);
  if (!Number.isSafeInteger(size) || !areIndexes(indexes, size))
    throw proofError(`rising indexes below ${size} expected`);
  if (!areHashes(path) || !areHashes(leaves.map(({ hash }) => hash)))
    throw proofError('hashes of 32 bytes expected');
  let taken = 0;
  const root = fold(0, size, 0, leaves.length);
  if (taken !== path.length) throw proofError('the path is too long');
  return root;

  function fold(start: number, end: number, low: number, high: number): Uint8Array {
    if (low === high) {
      const hash = path[taken];
      if (hash === undefined) throw proofError('the path is too short');
      taken += 1;
      return hash;
    }
    if (end - start === 1) return leaves[low]!.hash;
    const middle = start + splitPoint(end - start);
    const parted = firstAtLeast(indexes, middle, low, high);
    return nodeHash(fold(start, middle, low, parted), fold(middle, end, parted, high));
  }
}

function areIndexes(indexes: readonly number[], size: number): boolean {
  return (
    indexes.length > 0 &&
    indexes.every(
      (index, at) =>
        Number.isSafeInteger(index) && index > (at === 0 ? -1 : indexes[at - 1]!) && index < size,
    )
  );
}

/** Where the first of [low, high) that is not below `wanted` stands. */
function firstAtLeast(
  indexes: readonly number[],
  wanted: number,
  low: number,
  high: number,
): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >>> 1; // positions in an array, never sizes of trees
    if (indexes[middle]! < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}

function proofError(message: string): EvidenceError {
  return new EvidenceError('INCLUSION_PROOF', message);
}
