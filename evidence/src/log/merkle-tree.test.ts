import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../bytes/bytes.ts';
import {
  bitsSet,
  createCompactRange,
  EMPTY_ROOT,
  foldPeaks,
  hashesOf,
  leafHash,
  peaksAt,
  rootAt,
  splitPoint,
  treeRoot,
} from './merkle-tree.ts';
import { rootOf, treeWithOneOddLeaf } from './tree-fixture.ts';

const leaves = Array.from({ length: 300 }, (_, index) => leafHash(utf8(`leaf ${index}`)));
const read = hashesOf(leaves);
const sizes = Array.from({ length: 71 }, (_, size) => size);
const hugeSizes = [2 ** 31, 2 ** 32, 2 ** 33, 2 ** 45, 2 ** 52, 2 ** 53 - 2].flatMap((size) => [
  size - 1,
  size,
  size + 1,
]);

describe('hashes', () => {
  it('are those of RFC 6962 §2.1: no empty tree is an empty leaf', () => {
    expect(toHex(EMPTY_ROOT)).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(toHex(leafHash(new Uint8Array(0)))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });

  it('keep a node from being taken for a leaf', () => {
    const [one, two] = leaves as [Uint8Array, Uint8Array];
    expect(toHex(leafHash(Uint8Array.from([...one, ...two])))).not.toBe(
      toHex(treeRoot([one, two])),
    );
  });
});

describe('rootAt, treeRoot and peaks', () => {
  it.each(sizes)('agree with the definition at size %i', (size) => {
    const expected = toHex(rootOf(leaves.slice(0, size)));
    expect(toHex(rootAt(size, read))).toBe(expected);
    expect(toHex(treeRoot(leaves.slice(0, size)))).toBe(expected);
    const peaks = peaksAt(size, read);
    expect(peaks).toHaveLength(bitsSet(size));
    expect(toHex(foldPeaks(peaks))).toBe(expected);
  });

  it.each(hugeSizes)('agree with the definition at size %i', (size) => {
    for (const odd of [0, 1, size / 2, size - 2, size - 1].map(Math.floor)) {
      const tree = treeWithOneOddLeaf(BigInt(odd));
      const expected = toHex(tree.root(BigInt(size)));
      expect(toHex(rootAt(size, tree.read))).toBe(expected);
      expect(toHex(foldPeaks(peaksAt(size, tree.read)))).toBe(expected);
    }
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuse the size %d',
    (size) => {
      for (const use of [() => rootAt(size, read), () => peaksAt(size, read)])
        expect(use).toThrow(expect.objectContaining({ code: 'TREE_RANGE' }));
    },
  );

  it('do not duplicate a last node to fill a tree', () => {
    const three = leaves.slice(0, 3);
    expect(toHex(treeRoot(three))).not.toBe(toHex(treeRoot([...three, three[2]!])));
  });
});

describe('a compact range', () => {
  it('goes on from its peaks as if it had seen every leaf', () => {
    fc.assert(
      fc.property(fc.nat(150), fc.nat(100), (before, after) => {
        const range = createCompactRange(before, peaksAt(before, read));
        for (const leaf of leaves.slice(before, before + after)) range.append(leaf);
        expect(range.size).toBe(before + after);
        expect(toHex(range.root())).toBe(toHex(rootAt(before + after, read)));
        expect(range.peaks).toEqual(peaksAt(before + after, read));
      }),
    );
  });

  it('goes on at any size up to 2^53-1, and no further', () => {
    for (const size of hugeSizes.filter((huge) => huge < Number.MAX_SAFE_INTEGER)) {
      const tree = treeWithOneOddLeaf(BigInt(size));
      const range = createCompactRange(size, peaksAt(size, tree.read));
      range.append(tree.leaf(BigInt(size)));
      expect(toHex(range.root())).toBe(toHex(tree.root(BigInt(size) + 1n)));
    }
    const last = Number.MAX_SAFE_INTEGER;
    const full = createCompactRange(last, peaksAt(last, treeWithOneOddLeaf(0n).read));
    expect(() => full.append(EMPTY_ROOT)).toThrow(expect.objectContaining({ code: 'TREE_RANGE' }));
  });

  it('refuses peaks that do not belong to its size', () => {
    for (const peaks of [[], [leaves[0]!, leaves[1]!, leaves[2]!]])
      expect(() => createCompactRange(3, peaks)).toThrow(
        expect.objectContaining({ code: 'TREE_RANGE' }),
      );
  });

  it('keeps the peaks it was given to itself', () => {
    const peaks = [leaves[0]!];
    const range = createCompactRange(1, peaks);
    range.append(leaves[1]!);
    expect(peaks).toEqual([leaves[0]]);
  });
});

describe('hashesOf', () => {
  it('gives the root of every full subtree, and no other', () => {
    for (const [level, index] of [
      [0, 0],
      [0, 299],
      [3, 36],
      [8, 0],
    ] as const) {
      const width = 2 ** level;
      expect(toHex(read(level, index))).toBe(
        toHex(rootOf(leaves.slice(index * width, (index + 1) * width))),
      );
    }
    for (const [level, index] of [
      [0, 300],
      [8, 1],
      [9, 0],
      [0, -1],
    ] as const)
      expect(() => read(level, index)).toThrow(expect.objectContaining({ code: 'TREE_RANGE' }));
  });
});

describe('splitPoint', () => {
  it('is the largest power of two below a width, up to 2^53-1', () => {
    for (let exponent = 1; exponent <= 53; exponent += 1) {
      const power = 2 ** exponent;
      if (power <= 2 ** 52) expect(splitPoint(power + 1)).toBe(power);
      expect(splitPoint(power)).toBe(power / 2);
      if (power > 2) expect(splitPoint(power - 1)).toBe(power / 2);
    }
  });
});
