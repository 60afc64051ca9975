/** For tests: a small trie as Ethereum would build it, and the proofs in it. Keys are 32 bytes, of any kind. */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concatBytes, fromHex } from '../bytes/bytes.ts';

export type Rlp = Uint8Array | readonly Rlp[];

export function encodeRlp(value: Rlp): Uint8Array {
  const isString = value instanceof Uint8Array;
  const content = isString ? value : concatBytes(...value.map(encodeRlp));
  if (isString && content.length === 1 && content[0]! < 0x80) return content;
  const base = isString ? 0x80 : 0xc0;
  if (content.length <= 55) return concatBytes(Uint8Array.of(base + content.length), content);
  const hex = content.length.toString(16);
  const length = fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
  return concatBytes(Uint8Array.of(base + 55 + length.length), length, content);
}

export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export function buildTrie(entries: readonly Entry[]) {
  const leaves = entries.map(({ key, value }) => ({ path: nibblesOf(key), value }));
  const root = encodeRlp(leaves.length === 0 ? NONE : node(leaves, 0));
  return {
    root: keccak_256(root),
    prove: (key: Uint8Array) =>
      leaves.length === 0 ? [] : [root, ...nodesBelow(leaves, nibblesOf(key))],
  };
}

type Leaf = { readonly path: readonly number[]; readonly value: Uint8Array };
const NONE = new Uint8Array(0);

function node(leaves: readonly Leaf[], at: number): Rlp {
  const [first] = leaves;
  if (leaves.length === 1) return [encodePath(first!.path.slice(at), true), first!.value];
  const end = sharedEnd(leaves);
  if (end > at)
    return [encodePath(first!.path.slice(at, end), false), reference(node(leaves, end))];
  const children = Array.from({ length: 16 }, (_, nibble) => {
    const below = leaves.filter((leaf) => leaf.path[at] === nibble);
    return below.length === 0 ? NONE : reference(node(below, at + 1));
  });
  return [...children, NONE];
}

function reference(child: Rlp): Rlp {
  const encoded = encodeRlp(child);
  return encoded.length < 32 ? child : keccak_256(encoded);
}

/** The hashed nodes under the root on the way to `path`. */
function nodesBelow(all: readonly Leaf[], path: readonly number[]): Uint8Array[] {
  const nodes: Uint8Array[] = [];
  let leaves = all;
  for (let at = 0; leaves.length > 1; ) {
    const end = sharedEnd(leaves);
    const isBranch = end === at;
    if (!isBranch && leaves[0]!.path.slice(at, end).some((nibble, i) => nibble !== path[at + i]))
      break;
    if (isBranch) leaves = leaves.filter((leaf) => leaf.path[at] === path[at]);
    at = isBranch ? at + 1 : end;
    if (leaves.length === 0) break;
    const encoded = encodeRlp(node(leaves, at));
    if (encoded.length >= 32) nodes.push(encoded);
  }
  return nodes;
}

function sharedEnd(leaves: readonly Leaf[]): number {
  let end = 0;
  while (leaves.every(({ path }) => path[end] === leaves[0]!.path[end])) end += 1;
  return end;
}

export function encodePath(nibbles: readonly number[], leaf: boolean): Uint8Array {
  const odd = nibbles.length % 2;
  const flag = (leaf ? 2 : 0) + odd;
  const all = odd === 1 ? [flag, ...nibbles] : [flag, 0, ...nibbles];
  return Uint8Array.from({ length: all.length / 2 }, (_, i) => all[2 * i]! * 16 + all[2 * i + 1]!);
}

function nibblesOf(key: Uint8Array): number[] {
  return [...key].flatMap((byte) => [byte >> 4, byte & 15]);
}
