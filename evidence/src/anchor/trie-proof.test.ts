import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { buildTrie, type Entry, encodePath, encodeRlp, type Rlp } from './trie-fixture.ts';
import { verifyTrieProof } from './trie-proof.ts';

const NONE = new Uint8Array(0);
// Keys that differ only near their end make extensions, and nodes short enough to lie inside their parents.
const key = fc
  .tuple(fc.constantFrom(0x00, 0x01, 0x10), fc.uint8Array({ minLength: 2, maxLength: 2 }))
  .map(([first, last]) => concatBytes(Uint8Array.of(first), new Uint8Array(29), last));
const entries = fc.uniqueArray(
  fc.record({ key, value: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
  { maxLength: 12, selector: (entry) => entry.key.join() },
);

describe('verifyTrieProof', () => {
  it('finds the value of every key, and proves every other key absent', () => {
    fc.assert(
      fc.property(entries, key, (all, other) => {
        const trie = buildTrie(all);
        for (const entry of all)
          expect(verifyTrieProof(trie.root, entry.key, trie.prove(entry.key))).toEqual(entry.value);
        expect(verifyTrieProof(trie.root, other, trie.prove(other))).toEqual(
          valueUnder(all, other),
        );
      }),
    );
  });

  it('refuses a proof with any byte flipped, a node left out, added, repeated or swapped', () => {
    fc.assert(
      fc.property(
        entries,
        key,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (all, other, at, mask) => {
          const trie = buildTrie(all);
          const proof = trie.prove(other);
          const refuses = (nodes: Uint8Array[]) =>
            expect(codeOf(() => verifyTrieProof(trie.root, other, nodes))).toMatch(
              /TRIE_PROOF|RLP_SYNTAX/,
            );
          refuses([...proof, Uint8Array.of(0x80)]);
          for (const [index, node] of proof.entries()) {
            const flipped = node.slice();
            flipped[at % node.length]! ^= mask;
            refuses(proof.with(index, flipped));
            refuses(proof.toSpliced(index, 1));
            refuses(proof.toSpliced(index, 0, node));
            if (index > 0) refuses(proof.with(index, proof[index - 1]!).with(index - 1, node));
          }
        },
      ),
    );
  });

  it('never takes the proof of one key for another key', () => {
    fc.assert(
      fc.property(entries, key, key, (all, mine, other) => {
        const trie = buildTrie(all);
        try {
          // A path that ends before the keys part proves both absent, and that is true.
          expect(verifyTrieProof(trie.root, other, trie.prove(mine))).toEqual(
            valueUnder(all, other),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(EvidenceError);
        }
      }),
    );
  });

  it('takes no node at all as the proof of an empty trie, and nothing else', () => {
    const { root } = buildTrie([]);
    expect(verifyTrieProof(root, new Uint8Array(32), [])).toBeNull();
    expect(() => verifyTrieProof(root, new Uint8Array(32), [Uint8Array.of(0x80)])).toThrow(
      'only 0 are on the path',
    );
  });

  it.each<[string, Rlp]>([
    ['a node of three items', [NONE, NONE, NONE]],
    ['a path with an unknown prefix', [Uint8Array.of(0x40), Uint8Array.of(1)]],
    ['a path without its prefix', [NONE, Uint8Array.of(1)]],
    [
      'a path whose padding is not zero',
      [concatBytes(Uint8Array.of(0x21), new Uint8Array(32)), Uint8Array.of(1)],
    ],
    ['a path that is a list', [[Uint8Array.of(0x20)], Uint8Array.of(1)]],
    ['a leaf for a shorter key', [encodePath(new Array(63).fill(0), true), Uint8Array.of(1)]],
    ['a leaf for a longer key', [encodePath(new Array(65).fill(0), true), Uint8Array.of(1)]],
    ['a leaf without a value', [encodePath(new Array(64).fill(0), true), NONE]],
    ['a leaf whose value is a list', [encodePath(new Array(64).fill(0), true), [Uint8Array.of(1)]]],
    ['an extension of no nibbles', [encodePath([], false), new Uint8Array(32)]],
    [
      'an extension as long as the key',
      [encodePath(new Array(64).fill(0), false), new Uint8Array(32)],
    ],
    ['an extension to nowhere', [encodePath([0], false), NONE]],
    ['a branch with a value', [...new Array<Rlp>(16).fill(NONE), Uint8Array.of(1)]],
    [
      'a child that is neither a hash nor a node',
      [Uint8Array.of(7), ...new Array<Rlp>(16).fill(NONE)],
    ],
    [
      'an inline node of 32 bytes or more',
      [[new Uint8Array(32)], ...new Array<Rlp>(16).fill(NONE)],
    ],
  ])('refuses %s', (_rule, node) => {
    const encoded = encodeRlp(node);
    expect(codeOf(() => verifyTrieProof(keccak_256(encoded), new Uint8Array(32), [encoded]))).toBe(
      'TRIE_PROOF',
    );
  });

  it('refuses a key that is no hash', () => {
    const { root } = buildTrie([]);
    expect(() => verifyTrieProof(root, new Uint8Array(31), [])).toThrow('a key of 32 bytes');
  });
});

function valueUnder(all: readonly Entry[], wanted: Uint8Array): Uint8Array | null {
  return all.find((entry) => equalBytes(entry.key, wanted))?.value ?? null;
}

function codeOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}
