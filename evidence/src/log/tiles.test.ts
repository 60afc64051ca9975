import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../bytes/bytes.ts';
import { testBinaryCodec } from '../testing/codec-contract.ts';
import { consistencyPath } from './consistency.ts';
import { inclusionPath } from './inclusion.ts';
import { hashesOf, leafHash, rootAt } from './merkle-tree.ts';
import {
  decodeEntryBundle,
  encodeEntryBundle,
  entryBundlePath,
  hashesInTiles,
  MAX_ENTRY_BYTES,
  TILE_WIDTH,
  type TileCoordinates,
  tilePath,
  tilesAfterAppend,
  tilesAt,
} from './tiles.ts';
import { treeWithOneOddLeaf } from './tree-fixture.ts';

testBinaryCodec('an entry bundle', {
  encode: encodeEntryBundle,
  decode: decodeEntryBundle,
  values: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 }),
  codes: ['TILE_FORM'],
});

// Three levels of tiles, the last two of them partial.
const SIZE = TILE_WIDTH ** 2 + 2 * TILE_WIDTH + 7;
const leaves = Array.from({ length: SIZE }, (_, index) => leafHash(utf8(String(index))));
const whole = hashesOf(leaves);

describe('the paths of tiles', () => {
  it.each([
    [0, 0, 256, 'tile/0/000'],
    [0, 0, 1, 'tile/0/000.p/1'],
    [1, 999, 256, 'tile/1/999'],
    [2, 1000, 256, 'tile/2/x001/000'],
    [0, 1_234_067, 255, 'tile/0/x001/x234/067.p/255'],
  ])('are those of C2SP: level %i, tile %i, width %i is %s', (level, index, width, path) => {
    expect(tilePath(level, index, width)).toBe(path);
    const bundle = path.replace(/^tile\/\d+/, 'tile/entries');
    expect(entryBundlePath(index, width)).toBe(bundle);
  });

  it('need a width from 1 to 256 and a whole index', () => {
    for (const width of [0, 257, 1.5])
      expect(() => tilePath(0, 0, width)).toThrow(expect.objectContaining({ code: 'TILE_FORM' }));
    expect(() => tilePath(0, -1)).toThrow(expect.objectContaining({ code: 'TREE_RANGE' }));
  });
});

describe('an entry bundle', () => {
  it('takes entries up to 65,535 bytes and no longer', () => {
    const longest = new Uint8Array(MAX_ENTRY_BYTES);
    expect(decodeEntryBundle(encodeEntryBundle([longest]))).toEqual([longest]);
    expect(() => encodeEntryBundle([new Uint8Array(MAX_ENTRY_BYTES + 1)])).toThrow(
      expect.objectContaining({ code: 'ENTRY_SIZE' }),
    );
  });

  it('holds 256 entries and no more', () => {
    const empty = new Uint8Array(0);
    const full = encodeEntryBundle(new Array(256).fill(empty));
    expect(decodeEntryBundle(full)).toHaveLength(256);
    expect(() => decodeEntryBundle(Uint8Array.from([...full, 0, 0]))).toThrow(
      expect.objectContaining({ code: 'TILE_FORM' }),
    );
  });
});

describe('a log kept in tiles', () => {
  it('has the tiles that C2SP names at each size', () => {
    expect(tilesAt(0)).toEqual([]);
    expect(tilesAt(255)).toEqual([{ level: 0, index: 0, width: 255 }]);
    expect(tilesAt(256)).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 1, index: 0, width: 1 },
    ]);
    // 70,000 = 273 * 256 + 112; 273 = 256 + 17.
    expect(tilesAt(70_000)).toHaveLength(274 + 2 + 1);
    expect(tilesAt(70_000).slice(-4)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 0, width: 256 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
  });

  it('is the same tree however it grew', () => {
    const steps = fc.array(fc.oneof(fc.nat(3), fc.nat(300), fc.nat(1500)), { maxLength: 8 });
    fc.assert(
      fc.property(steps, (lengths) => {
        const store = new Map<string, Uint8Array>();
        let size = 0;
        for (const length of lengths) {
          append(store, size, length);
          size += length;
        }
        const expected = new Map<string, Uint8Array>();
        append(expected, 0, size);
        for (const tile of tilesAt(size)) {
          const path = pathOf(tile);
          expect(toHex(store.get(path)!), path).toBe(toHex(expected.get(path)!));
          expect(store.get(path)).toHaveLength(32 * tile.width);
        }
        const read = hashesInTiles(size, (tile) => store.get(pathOf(tile))!);
        expect(toHex(rootAt(size, read))).toBe(toHex(rootAt(size, whole)));
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same paths as the whole tree', () => {
    const store = new Map<string, Uint8Array>();
    append(store, 0, SIZE);
    const read = hashesInTiles(SIZE, (tile) => store.get(pathOf(tile))!);
    fc.assert(
      fc.property(fc.nat(SIZE - 1), fc.integer({ min: 1, max: SIZE }), (index, old) => {
        expect(inclusionPath(index, SIZE, read)).toEqual(inclusionPath(index, SIZE, whole));
        expect(consistencyPath(old, SIZE, read)).toEqual(consistencyPath(old, SIZE, whole));
      }),
    );
  });

  it('may be read at a greater width than the size asks for', () => {
    const store = new Map<string, Uint8Array>();
    append(store, 0, 1000);
    const wider = ({ level, index }: TileCoordinates) =>
      store.get(
        pathOf(tilesAt(1000).find((tile) => tile.level === level && tile.index === index)!),
      )!;
    expect(toHex(rootAt(700, hashesInTiles(700, wider)))).toBe(toHex(rootAt(700, whole)));
  });

  it('refuses tiles that are cut, and subtrees beyond the size', () => {
    const cut = hashesInTiles(10, () => new Uint8Array(32 * 9));
    expect(() => cut(0, 9)).toThrow(expect.objectContaining({ code: 'TILE_FORM' }));
    const ragged = hashesInTiles(10, () => new Uint8Array(33));
    expect(() => ragged(0, 0)).toThrow(expect.objectContaining({ code: 'TILE_FORM' }));
    for (const [level, index] of [
      [0, 10],
      [3, 1],
      [4, 0],
      [8, 0],
    ] as const)
      expect(() => cut(level, index)).toThrow(expect.objectContaining({ code: 'TREE_RANGE' }));
  });

  it('goes on only from the partial tile of its size', () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(32 * 8), new Uint8Array(32 * 256)])
      expect(() => tilesAfterAppend(7, leaves.slice(7, 8), () => bytes)).toThrow(
        expect.objectContaining({ code: 'TILE_FORM' }),
      );
  });

  it('reads hashes of logs of up to 2^53-1 entries', () => {
    const size = Number.MAX_SAFE_INTEGER;
    const tree = treeWithOneOddLeaf(BigInt(size - 1));
    const read = hashesInTiles(size, ({ level, index, width }) =>
      Uint8Array.from(
        Array.from({ length: width }, (_, at) => [
          ...tree.read(8 * level, 256 * index + at),
        ]).flat(),
      ),
    );
    for (const [level, index] of [
      [0, size - 1],
      [51, 1],
      [52, 0],
    ] as const)
      expect(toHex(read(level, index))).toBe(toHex(tree.read(level, index)));
  });
});

function append(store: Map<string, Uint8Array>, size: number, length: number): void {
  const read = (tile: TileCoordinates) => store.get(pathOf(tile))!;
  for (const tile of tilesAfterAppend(size, leaves.slice(size, size + length), read))
    store.set(pathOf(tile), tile.bytes);
}

function pathOf({ level, index, width }: TileCoordinates): string {
  return tilePath(level, index, width);
}
