/**
 * Consistency proofs, RFC 9162 §2.1.4: the larger tree begins with all leaves of the smaller one.
 * @module
 */
import { equalBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import {
  areHashes,
  assertSize,
  EMPTY_ROOT,
  type HashReader,
  nodeHash,
  rangeHash,
  splitPoint,
} from './merkle-tree.ts';

/** Empty when the sizes are equal or the old tree is empty. @throws EvidenceError TREE_RANGE */
export function consistencyPath(oldSize: number, newSize: number, read: HashReader): Uint8Array[] {
  assertSize(oldSize);
  assertSize(newSize);
  if (oldSize > newSize)
    throw new EvidenceError('TREE_RANGE', `old size ${oldSize} is beyond new size ${newSize}`);
  if (oldSize === 0 || oldSize === newSize) return [];
  const path: Uint8Array[] = [];
  let start = 0;
  let end = newSize;
  // RFC 6962 §2.1.2, SUBPROOF: descend towards the old tree's right edge, noting each sibling.
  while (oldSize !== end) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      path.push(rangeHash(middle, end, read));
      end = middle;
    } else {
      path.push(rangeHash(start, middle, read));
      start = middle;
    }
  }
  // The old tree is one full subtree when start is 0: the verifier knows its hash already.
  if (start !== 0) path.push(rangeHash(start, end, read));
  return path.reverse();
}

/**
 * An old size of 0 is consistent with anything, by an empty path and the empty root only.
 * @throws EvidenceError CONSISTENCY_PROOF
 */
export function verifyConsistency(
  oldSize: number,
  newSize: number,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
  path: readonly Uint8Array[],
): void {
  assertSize(oldSize);
  assertSize(newSize);
  if (!areHashes([oldRoot, newRoot]) || !areHashes(path)) throw fail('hashes of 32 bytes expected');
  if (oldSize > newSize) throw fail(`size shrinks from ${oldSize} to ${newSize}`);
  if (oldSize === newSize || oldSize === 0) {
    if (path.length !== 0) throw fail('an empty path expected');
    if (oldSize === 0 && !equalBytes(oldRoot, EMPTY_ROOT)) throw fail('another root at size 0');
    if (oldSize === newSize && !equalBytes(oldRoot, newRoot))
      throw fail(`two roots at size ${oldSize}`);
    return;
  }
  const [first, ...rest] = isPowerOfTwo(oldSize) ? [oldRoot, ...path] : path;
  if (first === undefined || path.length === 0) throw fail('the path is empty');
  let fn = oldSize - 1;
  let sn = newSize - 1;
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  let fromOld = first;
  let fromNew = first;
  for (const hash of rest) {
    if (sn === 0) throw fail('the path is too long');
    if (fn % 2 === 1 || fn === sn) {
      fromOld = nodeHash(hash, fromOld);
      fromNew = nodeHash(hash, fromNew);
      while (fn % 2 === 0 && fn !== 0) {
        fn = fn / 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      fromNew = nodeHash(fromNew, hash);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  if (sn !== 0) throw fail('the path is too short');
  if (!equalBytes(fromOld, oldRoot))
    throw fail(`the path leads to another root at size ${oldSize}`);
  if (!equalBytes(fromNew, newRoot))
    throw fail(`the path leads to another root at size ${newSize}`);
}

function isPowerOfTwo(size: number): boolean {
  let rest = size;
  while (rest % 2 === 0) rest /= 2;
  return rest === 1;
}

function fail(message: string): EvidenceError {
  return new EvidenceError('CONSISTENCY_PROOF', message);
}
