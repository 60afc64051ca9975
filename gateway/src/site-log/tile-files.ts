/**
 * The tiles and entry bundles of a log on disk, at the paths of C2SP tlog-tiles. A partial one is a
 * file of its own for each width the log has had a head at; it goes when the full one is there.
 * @module
 */
import {
  concatBytes,
  decodeEntryBundle,
  encodeEntryBundle,
  entryBundlePath,
  type HashReader,
  hashesInTiles,
  leafHash,
  TILE_WIDTH,
  type TileCoordinates,
  tilePath,
  tilesAfterAppend,
} from '@sigill/evidence';
import type { Disk, DiskFile } from '../disk/disk.ts';
import { GatewayError } from '../errors.ts';

export interface TileFiles {
  /** The hashes of the log at a size that has been its head. */
  hashesAt(size: number): HashReader;
  /** Entries [from, to) of the log at a size that has been its head. */
  entriesAt(size: number, from: number, to: number): Uint8Array[];
  /** Durable on return, and without effect until the head says so. */
  append(oldSize: number, entries: readonly Uint8Array[]): Promise<void>;
  /** Removes the partial tiles that full ones have replaced. */
  prune(oldSize: number, newSize: number): Promise<void>;
}

// The right edge of each level and the tiles of a few proofs: 8 kB a hash tile, some 60 kB an entry bundle.
const CACHED_FILES = 48;
// Full subtrees never change: what the receipts of some hundred entries share is hashed once. About 1 MB.
const REMEMBERED_HASHES = 8_192;

export function createTileFiles(disk: Disk): TileFiles {
  const cache = new Map<string, Uint8Array>();
  const hashes = new Map<string, Uint8Array>();

  function remember(path: string, bytes: Uint8Array): Uint8Array {
    cache.delete(path);
    cache.set(path, bytes);
    for (const oldest of cache.keys()) {
      if (cache.size <= CACHED_FILES) break;
      cache.delete(oldest);
    }
    return bytes;
  }

  function readFile(path: string): Uint8Array {
    const bytes = cache.get(path) ?? disk.read(path);
    if (bytes !== null) return remember(path, bytes);
    throw new GatewayError('SITE_LOG_DAMAGED', `site log: ${path} is missing; ${RESTORE}`);
  }

  const readTile = ({ level, index, width }: TileCoordinates) =>
    readFile(tilePath(level, index, width));

  function hashesAt(size: number): HashReader {
    const read = hashesInTiles(size, readTile);
    return (level, index) => {
      const name = `${level}/${index}`;
      const hash = hashes.get(name) ?? read(level, index);
      if (hashes.size >= REMEMBERED_HASHES) hashes.clear();
      hashes.set(name, hash);
      return hash;
    };
  }

  return {
    hashesAt,

    entriesAt(size, from, to) {
      const entries: Uint8Array[] = [];
      for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index += 1) {
        const first = index * TILE_WIDTH;
        const path = entryBundlePath(index, Math.min(TILE_WIDTH, size - first));
        const bundle = decodeEntryBundle(readFile(path));
        entries.push(...bundle.slice(Math.max(from - first, 0), to - first));
      }
      if (entries.length === to - from) return entries;
      throw new GatewayError(
        'SITE_LOG_DAMAGED',
        `site log: ${to - from} entries from ${from} expected, ${entries.length} are there; ${RESTORE}`,
      );
    },

    async append(oldSize, entries) {
      const hashTiles = tilesAfterAppend(oldSize, entries.map(leafHash), readTile);
      const files: DiskFile[] = [
        ...hashTiles.map((tile) => ({
          path: tilePath(tile.level, tile.index, tile.width),
          bytes: tile.bytes,
        })),
        ...bundlesAfterAppend(oldSize, entries, readFile),
      ];
      await disk.write(files);
      for (const { path, bytes } of files) remember(path, bytes);
    },

    async prune(oldSize, newSize) {
      const replaced: string[] = [];
      for (let level = 0, span = TILE_WIDTH; span <= newSize; level += 1, span *= TILE_WIDTH) {
        for (let index = Math.floor(oldSize / span); (index + 1) * span <= newSize; index += 1) {
          replaced.push(tilePath(level, index));
          if (level === 0) replaced.push(entryBundlePath(index));
        }
      }
      for (const path of replaced) await disk.remove(`${path}.p`);
    },
  };
}

export const RESTORE =
  'the disk lost or changed what it had kept: stop here and restore the data directory whole, never parts of it';

function bundlesAfterAppend(
  oldSize: number,
  entries: readonly Uint8Array[],
  readFile: (path: string) => Uint8Array,
): DiskFile[] {
  const files: DiskFile[] = [];
  let index = Math.floor(oldSize / TILE_WIDTH);
  let width = oldSize - index * TILE_WIDTH;
  let begun = width === 0 ? new Uint8Array(0) : readFile(entryBundlePath(index, width));
  for (let at = 0; at < entries.length; ) {
    const taken = entries.slice(at, at + TILE_WIDTH - width);
    const bytes = concatBytes(begun, encodeEntryBundle(taken));
    files.push({ path: entryBundlePath(index, width + taken.length), bytes });
    at += taken.length;
    index += 1;
    width = 0;
    begun = new Uint8Array(0);
  }
  return files;
}
