/**
 * For tests: RFC 6962 §2.1 as its definitions read, on bigints, one recursion each. Nothing of it
 * is shared with the code under test but SHA-256.
 */
import { concatBytes } from '../bytes/bytes.ts';
import { sha256 } from '../crypto/index.ts';

export type LeafHashes = (index: bigint) => Uint8Array;

/** MTH(D[start:end]). `full` may answer for full subtrees, so that huge trees can be walked. */
export function naiveRoot(
  start: bigint,
  end: bigint,
  leaf: LeafHashes,
  full: (start: bigint, end: bigint) => Uint8Array | null = () => null,
): Uint8Array {
  if (start === end) return sha256(new Uint8Array(0));
  const known = full(start, end);
  if (known !== null) return known;
  if (end - start === 1n) return leaf(start);
  const middle = start + largestPowerBelow(end - start);
  return node(naiveRoot(start, middle, leaf, full), naiveRoot(middle, end, leaf, full));
}

/** PATH(m, D[n]). */
export function naivePath(m: bigint, leaves: readonly Uint8Array[]): Uint8Array[] {
  const n = BigInt(leaves.length);
  if (n === 1n) return [];
  const k = largestPowerBelow(n);
  const [left, right] = [leaves.slice(0, Number(k)), leaves.slice(Number(k))];
  return m < k
    ? [...naivePath(m, left), rootOf(right)]
    : [...naivePath(m - k, right), rootOf(left)];
}

/** PROOF(m, D[n]) = SUBPROOF(m, D[n], true). */
export function naiveProof(m: bigint, leaves: readonly Uint8Array[], whole = true): Uint8Array[] {
  const n = BigInt(leaves.length);
  if (m === n) return whole ? [] : [rootOf(leaves)];
  const k = largestPowerBelow(n);
  const [left, right] = [leaves.slice(0, Number(k)), leaves.slice(Number(k))];
  return m <= k
    ? [...naiveProof(m, left, whole), rootOf(right)]
    : [...naiveProof(m - k, right, false), rootOf(left)];
}

export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  return naiveRoot(0n, BigInt(leaves.length), (index) => leaves[Number(index)]!);
}

/** A tree of any size in which all leaves are alike but one. */
export function treeWithOneOddLeaf(odd: bigint) {
  const plain: Uint8Array[] = [sha256(Uint8Array.of(1))];
  for (let level = 1; level <= 60; level += 1)
    plain.push(node(plain[level - 1]!, plain[level - 1]!));
  const oddLeaf = sha256(Uint8Array.of(2));
  const leaf = (index: bigint) => (index === odd ? oddLeaf : plain[0]!);
  const full = (start: bigint, end: bigint) => {
    const level = (end - start).toString(2).length - 1;
    const isFull = 1n << BigInt(level) === end - start;
    return isFull && (odd < start || odd >= end) ? plain[level]! : null;
  };
  return {
    leaf,
    root: (size: bigint) => naiveRoot(0n, size, leaf, full),
    read: (level: number, index: number) => {
      const start = BigInt(index) << BigInt(level);
      return naiveRoot(start, start + (1n << BigInt(level)), leaf, full);
    },
  };
}

function largestPowerBelow(n: bigint): bigint {
  let k = 1n;
  while (k * 2n < n) k *= 2n;
  return k;
}

function node(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(1), left, right));
}
