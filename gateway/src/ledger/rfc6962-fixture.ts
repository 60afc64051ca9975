/** For tests: RFC 6962 as its section 2.1 says it, word for word and slow, to hold the contract against. */
import { createHash } from 'node:crypto';

export function hash(...parts: readonly Uint8Array[]): Uint8Array {
  const state = createHash('sha256');
  for (const part of parts) state.update(part);
  return new Uint8Array(state.digest());
}

/** MTH, of leaves that are hashed already. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return hash();
  if (leaves.length === 1) return leaves[0]!;
  const k = splitOf(leaves.length);
  return hash(Uint8Array.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/** PATH(m, D[n]). */
export function pathOf(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length <= 1) return [];
  const k = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return index < k
    ? [...pathOf(index, left), rootOf(right)]
    : [...pathOf(index - k, right), rootOf(left)];
}

/** The perfect subtrees that a tree is made of, largest first. */
export function peaksOf(leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 0) return [];
  let width = 1;
  while (width * 2 <= leaves.length) width *= 2;
  return [rootOf(leaves.slice(0, width)), ...peaksOf(leaves.slice(width))];
}

/** The largest power of two below n. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
