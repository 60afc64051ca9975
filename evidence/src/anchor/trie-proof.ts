/**
 * Proofs in Ethereum's state tries (Yellow Paper, appendix D): hexary Merkle Patricia tries with keccak-256,
 * whose keys are themselves hashes of 32 bytes.
 *   branch     [child 0, ... child 15, ""]        no key ends in a branch, all being equally long
 *   extension  [path, child]                      path: nibbles behind a prefix that tells their kind and number
 *   leaf       [path, value]
 *   child      "" for none, the hash of a node, or the node itself where that is shorter than 32 bytes
 * @module
 */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { equalBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { decodeRlpList, type RlpItem } from './rlp.ts';

const HASH_SIZE = 32;
const KEY_NIBBLES = 64;
const EMPTY_ROOT = keccak_256(Uint8Array.of(0x80)); // of a trie without any key

/**
 * The value under `key` (32 bytes, already hashed) in the trie with this root; null where the proof shows there is none.
 * The proof holds the hashed nodes from the root down, each exactly once and no other.
 * @throws EvidenceError TRIE_PROOF, RLP_SYNTAX
 */
export function verifyTrieProof(
  root: Uint8Array,
  key: Uint8Array,
  proof: readonly Uint8Array[],
): Uint8Array | null {
  const path = nibblesOf(key);
  if (path.length !== KEY_NIBBLES) throw refused(`a key of 32 bytes expected, got ${key.length}`);
  let used = 0;
  const assertUsed = () => {
    if (used !== proof.length)
      throw refused(`${proof.length} nodes, of which only ${used} are on the path`);
  };
  const fetch = (hash: Uint8Array): Uint8Array => {
    const node = proof[used];
    if (node === undefined) throw refused(`ends after ${used} nodes, in the middle of the path`);
    if (!equalBytes(keccak_256(node), hash)) throw refused(`node ${used} has another hash`);
    used += 1;
    return node;
  };
  if (equalBytes(root, EMPTY_ROOT)) {
    assertUsed();
    return null;
  }
  let encoded = fetch(root);
  // Every step down uses up at least one nibble, so there are at most 64.
  for (let at = 0; ; ) {
    const step = stepDown(encoded, path, at);
    if (step.kind !== 'child') {
      assertUsed();
      return step.kind === 'value' ? step.value : null;
    }
    at = step.at;
    encoded = step.child.kind === 'list' ? inlineNode(step.child.encoded) : fetch(step.child.bytes);
  }
}

type Step =
  | { readonly kind: 'absent' }
  | { readonly kind: 'value'; readonly value: Uint8Array }
  | { readonly kind: 'child'; readonly child: RlpItem; readonly at: number };

/** What the node that stands at nibble `at` of the path says about the rest of it. */
function stepDown(encoded: Uint8Array, path: Uint8Array, at: number): Step {
  const items = decodeRlpList(encoded);
  if (items.length === 17) return stepThroughBranch(items, path, at);
  const [prefixed, content] = items;
  if (items.length !== 2 || prefixed?.kind !== 'string' || content === undefined)
    throw refused(`a node of ${items.length} items`);
  const { nibbles, leaf } = decodePath(prefixed.bytes);
  const end = at + nibbles.length;
  if (leaf) {
    if (end !== KEY_NIBBLES) throw refused(`a leaf for a key of ${end} nibbles`);
    if (content.kind !== 'string' || content.bytes.length === 0)
      throw refused('a leaf without a value');
    if (!equalBytes(nibbles, path.subarray(at))) return { kind: 'absent' };
    return { kind: 'value', value: content.bytes };
  }
  if (nibbles.length === 0 || end >= KEY_NIBBLES)
    throw refused(`an extension from nibble ${at} to ${end}`);
  if (isNone(content)) throw refused('an extension to nowhere');
  if (!equalBytes(nibbles, path.subarray(at, end))) return { kind: 'absent' };
  return { kind: 'child', child: content, at: end };
}

function stepThroughBranch(items: readonly RlpItem[], path: Uint8Array, at: number): Step {
  const nibble = path[at];
  const value = items[16];
  if (nibble === undefined) throw refused('a branch below the end of the key');
  if (value === undefined || !isNone(value)) throw refused('a value in a branch');
  const child = items[nibble];
  if (child === undefined || isNone(child)) return { kind: 'absent' };
  return { kind: 'child', child, at: at + 1 };
}

function isNone(item: RlpItem): boolean {
  return item.kind === 'string' && item.bytes.length === 0;
}

function inlineNode(encoded: Uint8Array): Uint8Array {
  if (encoded.length >= HASH_SIZE) throw refused(`an inline node of ${encoded.length} bytes`);
  return encoded;
}

/** First nibble: 2 for a leaf, plus 1 where the number of nibbles is odd; else a zero nibble follows. */
function decodePath(bytes: Uint8Array): { nibbles: Uint8Array; leaf: boolean } {
  const all = nibblesOf(bytes);
  const [flag, second] = all;
  if (flag === undefined || flag > 3) throw refused('a path with an unknown prefix');
  const odd = flag % 2 === 1;
  if (!odd && second !== 0) throw refused('a path whose padding is not zero');
  return { nibbles: all.subarray(odd ? 1 : 2), leaf: flag >= 2 };
}

function nibblesOf(bytes: Uint8Array): Uint8Array {
  const nibbles = new Uint8Array(bytes.length * 2);
  bytes.forEach((byte, index) => {
    nibbles[2 * index] = byte >> 4;
    nibbles[2 * index + 1] = byte & 15;
  });
  return nibbles;
}

function refused(message: string): EvidenceError {
  return new EvidenceError('TRIE_PROOF', `state proof: ${message}`);
}
