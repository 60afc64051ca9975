import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../bytes/bytes.ts';
import { consistencyPath, verifyConsistency } from './consistency.ts';
import { inclusionPath, rootFromInclusion, verifyInclusion } from './inclusion.ts';
import { EMPTY_ROOT, hashesOf, leafHash } from './merkle-tree.ts';
import { naivePath, naiveProof, rootOf, treeWithOneOddLeaf } from './tree-fixture.ts';

const MAX = 70;
const leaves = Array.from({ length: MAX }, (_, index) => leafHash(utf8(`leaf ${index}`)));
const read = hashesOf(leaves);
const roots = Array.from({ length: MAX + 1 }, (_, size) => rootOf(leaves.slice(0, size)));
const sizes = Array.from({ length: MAX }, (_, index) => index + 1);
const huge = [2 ** 31, 2 ** 32, 2 ** 53 - 2].flatMap((size) => [size - 1, size, size + 1]);
const hex = (path: readonly Uint8Array[]) => path.map(toHex);

describe('an inclusion path', () => {
  it.each(sizes)(
    'of each leaf at size %i is that of the definition, and leads to the root',
    (size) => {
      for (let index = 0; index < size; index += 1) {
        const path = inclusionPath(index, size, read);
        expect(hex(path)).toEqual(hex(naivePath(BigInt(index), leaves.slice(0, size))));
        verifyInclusion(index, size, leaves[index]!, path, roots[size]!);
      }
    },
  );

  it.each(huge)('of one odd leaf at size %i leads to the root, and from no other place', (size) => {
    for (const index of [0, 1, 2 ** 30, size / 2, size - 2, size - 1].map(Math.floor)) {
      const tree = treeWithOneOddLeaf(BigInt(index));
      const path = inclusionPath(index, size, tree.read);
      const root = tree.root(BigInt(size));
      const leaf = tree.leaf(BigInt(index));
      expect(path.length).toBeLessThanOrEqual(53);
      verifyInclusion(index, size, leaf, path, root);
      for (const other of [index - 1, index + 1, index % 2 ** 31, index % 2 ** 32])
        if (other !== index) expectRefusal(() => verifyInclusion(other, size, leaf, path, root));
    }
  });

  it('is refused with anything changed', () => {
    const changed = fc.record({
      size: fc.integer({ min: 1, max: MAX }),
      index: fc.nat(MAX - 1),
      edit: fc.constantFrom('flip', 'drop', 'append', 'prepend', 'swap', 'short', 'index'),
      at: fc.nat(),
    });
    fc.assert(
      fc.property(changed, ({ size, index: any, edit, at }) => {
        const index = any % size;
        const path = inclusionPath(index, size, read);
        const place = at % Math.max(path.length, 1);
        const hash = path[place] ?? EMPTY_ROOT;
        const flipped = hash.slice();
        flipped[at % 32]! ^= 1 << (at % 8);
        const newIndex = edit === 'index' ? (index + 1 + (at % (size + 1))) % (size + 2) : index;
        const newPath = {
          flip: path.length === 0 ? [flipped] : path.with(place, flipped),
          drop: path.length === 0 ? [hash] : path.toSpliced(place, 1),
          append: [...path, hash],
          prepend: [hash, ...path],
          swap: path.length < 2 ? [hash, hash] : path.toReversed(),
          short: path.length === 0 ? [hash] : path.with(place, hash.slice(1)),
          index: path,
        }[edit];
        if (newIndex === index && hex(newPath).join() === hex(path).join()) return;
        expectRefusal(() => verifyInclusion(newIndex, size, leaves[index]!, newPath, roots[size]!));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [-1, 4],
    [4, 4],
    [0, 0],
    [0.5, 4],
    [0, 2 ** 53],
    [Number.NaN, 4],
  ])('for index %d of %d is refused', (index, size) => {
    expectRefusal(() => rootFromInclusion(index, size, EMPTY_ROOT, []));
    expect(() => inclusionPath(index, size, read)).toThrow(
      expect.objectContaining({ code: 'TREE_RANGE' }),
    );
  });

  it('takes hashes of 32 bytes only, the leaf and the root too', () => {
    const short = EMPTY_ROOT.slice(1);
    expectRefusal(() => verifyInclusion(0, 1, short, [], short));
    expectRefusal(() => verifyInclusion(0, 2, leaves[0]!, [short], roots[2]!));
    expectRefusal(() => verifyInclusion(0, 1, leaves[0]!, [], short));
  });
});

describe('a consistency path', () => {
  it.each(sizes)('to size %i from each smaller one is that of the definition', (size) => {
    for (let old = 1; old <= size; old += 1) {
      const path = consistencyPath(old, size, read);
      expect(hex(path)).toEqual(hex(naiveProof(BigInt(old), leaves.slice(0, size))));
      verifyConsistency(old, size, roots[old]!, roots[size]!, path);
    }
  });

  it.each(huge)('to size %i from sizes near and far leads to both roots', (size) => {
    const olds = [1, 2, 3, 2 ** 30, 2 ** 31 - 1, size / 2, size / 2 + 1, size - 2, size - 1, size];
    const tree = treeWithOneOddLeaf(BigInt(Math.floor(size / 3)));
    const root = tree.root(BigInt(size));
    for (const old of olds.map(Math.floor)) {
      const path = consistencyPath(old, size, tree.read);
      expect(path.length).toBeLessThanOrEqual(54);
      verifyConsistency(old, size, tree.root(BigInt(old)), root, path);
      if (old !== size) expectNone(() => verifyConsistency(old, size, EMPTY_ROOT, root, path));
      if (old > 1)
        expectNone(() => verifyConsistency(old - 1, size, tree.root(BigInt(old)), root, path));
    }
  });

  it('is empty from size 0 and to the same size, and then nothing else will do', () => {
    verifyConsistency(0, 5, EMPTY_ROOT, roots[5]!, []);
    verifyConsistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, []);
    verifyConsistency(5, 5, roots[5]!, roots[5]!, []);
    expect(consistencyPath(0, 5, read)).toEqual([]);
    expect(consistencyPath(5, 5, read)).toEqual([]);
    expectNone(() => verifyConsistency(0, 5, EMPTY_ROOT, roots[5]!, [EMPTY_ROOT]));
    expectNone(() => verifyConsistency(0, 5, roots[5]!, roots[5]!, []));
    expectNone(() => verifyConsistency(5, 5, roots[5]!, roots[5]!, [EMPTY_ROOT]));
    expectNone(() => verifyConsistency(5, 5, roots[5]!, roots[4]!, []));
    expectNone(() => verifyConsistency(0, 0, EMPTY_ROOT, roots[4]!, []));
    expectNone(() => verifyConsistency(4, 5, roots[4]!, roots[5]!, []));
  });

  it('is refused with anything changed', () => {
    const pair = fc.tuple(fc.integer({ min: 1, max: MAX - 1 }), fc.integer({ min: 1, max: MAX }));
    const edit = fc.constantFrom('flip', 'drop', 'append', 'prepend', 'short', 'swap roots', 'old');
    fc.assert(
      fc.property(pair, edit, fc.nat(), ([one, other], change, at) => {
        const [old = 0, size = 0] = [one, other].toSorted((left, right) => left - right);
        if (old === size) return;
        const path = consistencyPath(old, size, read);
        const place = at % path.length;
        const flipped = path[place]!.slice();
        flipped[at % 32]! ^= 1 << (at % 8);
        const changed = {
          flip: path.with(place, flipped),
          drop: path.toSpliced(place, 1),
          append: [...path, flipped],
          prepend: [roots[old]!, ...path],
          short: path.with(place, flipped.slice(1)),
        }[change as 'flip'];
        expectNone(() => {
          if (change === 'old') verifyConsistency(old, size, flipped, roots[size]!, path);
          else if (change === 'swap roots')
            verifyConsistency(old, size, roots[size]!, roots[old]!, path);
          else verifyConsistency(old, size, roots[old]!, roots[size]!, changed);
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('to a smaller size is none', () => {
    expectNone(() => verifyConsistency(5, 4, roots[5]!, roots[4]!, []));
    expect(() => consistencyPath(5, 4, read)).toThrow(
      expect.objectContaining({ code: 'TREE_RANGE' }),
    );
  });

  it.each([
    [-1, 4],
    [1, 2 ** 53],
    [0.5, 4],
  ])('from size %d to %d is refused', (old, size) => {
    for (const use of [
      () => consistencyPath(old, size, read),
      () => verifyConsistency(old, size, EMPTY_ROOT, EMPTY_ROOT, []),
    ])
      expect(use).toThrow(expect.objectContaining({ code: 'TREE_RANGE' }));
  });
});

function expectRefusal(verify: () => unknown): void {
  expect(verify).toThrow(expect.objectContaining({ code: 'INCLUSION_PROOF' }));
}

function expectNone(verify: () => unknown): void {
  expect(verify).toThrow(expect.objectContaining({ code: 'CONSISTENCY_PROOF' }));
}
