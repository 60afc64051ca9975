import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../bytes/bytes.ts';
import { inclusionPath } from './inclusion.ts';
import { hashesOf, leafHash, treeRoot } from './merkle-tree.ts';
import { multiInclusionPath, rootFromMultiInclusion } from './multi-inclusion.ts';

const tree = (size: number) =>
  Array.from({ length: size }, (_, index) => leafHash(utf8(`leaf ${index}`)));
const choice = fc.integer({ min: 1, max: 70 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    indexes: fc
      .uniqueArray(fc.nat(size - 1), { minLength: 1 })
      .map((some) => some.toSorted((one, other) => one - other)),
  }),
);
const chosen = (leaves: readonly Uint8Array[], indexes: readonly number[]) =>
  indexes.map((index) => ({ index, hash: leaves[index]! }));

describe('several leaves of one tree', () => {
  it('lead to its root, whichever they are', () => {
    fc.assert(
      fc.property(choice, ({ size, indexes }) => {
        const leaves = tree(size);
        const path = multiInclusionPath(indexes, size, hashesOf(leaves));
        expect(rootFromMultiInclusion(chosen(leaves, indexes), size, path)).toEqual(
          treeRoot(leaves),
        );
      }),
    );
  });

  it('have for one leaf the hashes of its inclusion path, in the order of the tree', () => {
    const leaves = tree(11);
    for (let index = 0; index < 11; index += 1) {
      const path = multiInclusionPath([index], 11, hashesOf(leaves));
      const single = inclusionPath(index, 11, hashesOf(leaves));
      const sorted = (some: Uint8Array[]) => some.map((hash) => hash.join()).toSorted();
      expect(sorted(path)).toEqual(sorted(single));
    }
  });

  it('need no hash at all when they are all there', () => {
    const leaves = tree(9);
    const all = leaves.map((_, index) => index);
    expect(multiInclusionPath(all, 9, hashesOf(leaves))).toEqual([]);
  });

  it('lead elsewhere, or are refused, when a leaf, an index or a hash is another', () => {
    fc.assert(
      fc.property(choice, fc.nat(), fc.nat(255), ({ size, indexes }, place, bit) => {
        const leaves = tree(size);
        const path = multiInclusionPath(indexes, size, hashesOf(leaves));
        const parts = [...path, ...chosen(leaves, indexes).map(({ hash }) => hash)];
        const at = place % parts.length;
        const flipped = parts.map((hash, index) => {
          if (index !== at) return hash;
          const copy = hash.slice();
          copy[bit >> 3]! ^= 1 << (bit & 7);
          return copy;
        });
        const some = indexes.map((index, order) => ({
          index,
          hash: flipped[path.length + order]!,
        }));
        expect(rootFromMultiInclusion(some, size, flipped.slice(0, path.length))).not.toEqual(
          treeRoot(leaves),
        );
      }),
    );
  });

  it.each<[string, number[], number, (path: Uint8Array[]) => Uint8Array[]]>([
    ['a hash too many', [3], 9, (path) => [...path, path[0]!]],
    ['a hash too few', [3], 9, (path) => path.slice(1)],
    ['a hash of 31 bytes', [3], 9, (path) => [path[0]!.slice(1), ...path.slice(1)]],
    ['indexes that do not rise', [3, 3], 9, (path) => path],
    ['an index beyond the tree', [9], 9, (path) => path],
    ['an index that is none', [0.5], 9, (path) => path],
    ['no leaf', [], 9, (path) => path],
    ['a size that is none', [0], Number.NaN, (path) => path],
  ])('are refused with %s', (_, indexes, size, change) => {
    const leaves = tree(9);
    const path = change(multiInclusionPath([3], 9, hashesOf(leaves)));
    const some = indexes.map((index) => ({ index, hash: leaves[3]! }));
    expect(() => rootFromMultiInclusion(some, size, path)).toThrow(
      expect.objectContaining({ code: 'INCLUSION_PROOF' }),
    );
  });
});
