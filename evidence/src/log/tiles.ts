/**
 * C2SP tlog-tiles: a log as static files, 256 hashes or entries each.
 *
 *     tile/<L>/<N>[.p/<W>]        hash tile N of level L; level L holds the hashes of 256^L leaves
 *     tile/entries/<N>[.p/<W>]    entry bundle: (u16 BE length ‖ entry)*
 *     <N> in groups of three digits, all but the last with an x: 1234067 is x001/x234/067
 * @module
 */
import { concatBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { assertSize, type HashReader, nodeHash } from './merkle-tree.ts';

export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;
export const MAX_ENTRY_BYTES = 0xffff;

export function tilePath(level: number, index: number, width = TILE_WIDTH): string {
  return `tile/${level}/${tileNumber(index)}${partial(width)}`;
}

export function entryBundlePath(index: number, width = TILE_WIDTH): string {
  return `tile/entries/${tileNumber(index)}${partial(width)}`;
}

/** @throws EvidenceError ENTRY_SIZE */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    ...entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY_BYTES)
        throw new EvidenceError(
          'ENTRY_SIZE',
          `entry of ${entry.length} bytes, ${MAX_ENTRY_BYTES} at most`,
        );
      return [Uint8Array.of(entry.length >> 8, entry.length & 255), entry];
    }),
  );
}

/** @throws EvidenceError TILE_FORM */
export function decodeEntryBundle(bytes: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    const end = at + 2 + length;
    if (end > bytes.length || entries.length === TILE_WIDTH)
      throw new EvidenceError('TILE_FORM', `entry bundle is cut or over ${TILE_WIDTH} entries`);
    entries.push(bytes.slice(at + 2, end));
    at = end;
  }
  return entries;
}

/** One hash tile: which, and how many hashes it holds. */
export interface TileCoordinates {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** The tiles that hold hashes of a log of this size, each with its width. */
export function tilesAt(size: number): TileCoordinates[] {
  assertSize(size);
  const tiles: TileCoordinates[] = [];
  for (let level = 0, hashes = size; hashes > 0; level += 1) {
    const full = Math.floor(hashes / TILE_WIDTH);
    for (let index = 0; index < full; index += 1) tiles.push({ level, index, width: TILE_WIDTH });
    const rest = hashes - full * TILE_WIDTH;
    if (rest > 0) tiles.push({ level, index: full, width: rest });
    hashes = full;
  }
  return tiles;
}

export interface Tile extends TileCoordinates {
  /** `width` hashes of 32 bytes, one after another. */
  readonly bytes: Uint8Array;
}

/**
 * The tiles that change when leaves are appended: on each level the partial tile continued, and
 * the full ones filled.
 * @param readTile the bytes of a partial tile as it stood at `oldSize`
 */
export function tilesAfterAppend(
  oldSize: number,
  leaves: readonly Uint8Array[],
  readTile: (tile: TileCoordinates) => Uint8Array,
): Tile[] {
  assertSize(oldSize + leaves.length);
  const tiles: Tile[] = [];
  let hashes = leaves;
  let count = oldSize;
  for (let level = 0; hashes.length > 0; level += 1) {
    const above: Uint8Array[] = [];
    let index = Math.floor(count / TILE_WIDTH);
    const width = count - index * TILE_WIDTH;
    let row = width === 0 ? [] : splitHashes(readTile({ level, index, width }));
    if (row.length !== width)
      throw new EvidenceError('TILE_FORM', `tile of ${width} hashes expected, got ${row.length}`);
    for (let at = 0; at < hashes.length; ) {
      const take = Math.min(TILE_WIDTH - row.length, hashes.length - at);
      row = row.concat(hashes.slice(at, at + take));
      at += take;
      tiles.push({ level, index, width: row.length, bytes: concatBytes(...row) });
      if (row.length < TILE_WIDTH) break;
      above.push(subtreeHash(row, TILE_HEIGHT, 0));
      index += 1;
      row = [];
    }
    count = Math.floor(count / TILE_WIDTH);
    hashes = above;
  }
  return tiles;
}

/**
 * Subtree hashes out of hash tiles. A tile of the log at `size` may be read at a greater width.
 * @param readTile the bytes of the tile, at least `width` hashes long
 */
export function hashesInTiles(
  size: number,
  readTile: (tile: TileCoordinates) => Uint8Array,
): HashReader {
  return (level, index) => {
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const within = level - tileLevel * TILE_HEIGHT;
    const first = index * 2 ** within;
    const tileIndex = Math.floor(first / TILE_WIDTH);
    const hashesOnLevel = Math.floor(size / TILE_WIDTH ** tileLevel);
    const width = Math.min(TILE_WIDTH, hashesOnLevel - tileIndex * TILE_WIDTH);
    const offset = first - tileIndex * TILE_WIDTH;
    if (offset + 2 ** within > width)
      throw new EvidenceError(
        'TREE_RANGE',
        `no subtree ${index} on level ${level} at size ${size}`,
      );
    const row = splitHashes(readTile({ level: tileLevel, index: tileIndex, width }));
    if (row.length < offset + 2 ** within)
      throw new EvidenceError('TILE_FORM', `tile of ${width} hashes expected, got ${row.length}`);
    return subtreeHash(row, within, offset);
  };
}

function subtreeHash(row: readonly Uint8Array[], height: number, offset: number): Uint8Array {
  if (height === 0) return row[offset]!;
  const half = 2 ** (height - 1);
  return nodeHash(
    subtreeHash(row, height - 1, offset),
    subtreeHash(row, height - 1, offset + half),
  );
}

function splitHashes(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length % 32 !== 0)
    throw new EvidenceError('TILE_FORM', `hashes of 32 bytes expected, got ${bytes.length} bytes`);
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 32) hashes.push(bytes.slice(at, at + 32));
  return hashes;
}

function tileNumber(index: number): string {
  assertSize(index);
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return groups.join('/');
}

function partial(width: number): string {
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH)
    throw new EvidenceError('TILE_FORM', `width from 1 to ${TILE_WIDTH} expected, got ${width}`);
  return width === TILE_WIDTH ? '' : `.p/${width}`;
}
