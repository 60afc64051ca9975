/**
 * Inclusion proofs, RFC 9162 §2.1.3: this leaf is at this index in the tree of this size and root.
 * @module
 */
import { equalBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import {
  areHashes,
  assertSize,
  type HashReader,
  nodeHash,
  rangeHash,
  splitPoint,
} from './merkle-tree.ts';

/** Leaf side first. @throws EvidenceError TREE_RANGE */
export function inclusionPath(index: number, size: number, read: HashReader): Uint8Array[] {
  assertSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size)
    throw new EvidenceError('TREE_RANGE', `index below ${size} expected, got ${index}`);
  const path: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      path.push(rangeHash(middle, end, read));
      end = middle;
    } else {
      path.push(rangeHash(start, middle, read));
      start = middle;
    }
  }
  return path.reverse();
}

/** The root that the path leads to. @throws EvidenceError INCLUSION_PROOF if the path has the wrong length */
export function rootFromInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  path: readonly Uint8Array[],
): Uint8Array {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size)
    throw new EvidenceError('INCLUSION_PROOF', `index ${index} is not below size ${size}`);
  if (leaf.length !== 32 || !areHashes(path))
    throw new EvidenceError('INCLUSION_PROOF', 'hashes of 32 bytes expected');
  let fn = index;
  let sn = size - 1;
  let root = leaf;
  for (const hash of path) {
    if (sn === 0) throw new EvidenceError('INCLUSION_PROOF', 'the path is too long');
    if (fn % 2 === 1 || fn === sn) {
      root = nodeHash(hash, root);
      while (fn % 2 === 0 && fn !== 0) {
        fn = fn / 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      root = nodeHash(root, hash);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  if (sn !== 0) throw new EvidenceError('INCLUSION_PROOF', 'the path is too short');
  return root;
}

/** @throws EvidenceError INCLUSION_PROOF */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  path: readonly Uint8Array[],
  root: Uint8Array,
): void {
  if (!equalBytes(rootFromInclusion(index, size, leaf, path), root))
    throw new EvidenceError('INCLUSION_PROOF', `the path of leaf ${index} leads to another root`);
}
