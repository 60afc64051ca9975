/**
 * Merkle trees in the database, as tiles of up to 256 hashes. A tile keeps its widest state; a smaller
 * log reads its beginning, so cutting a log back needs no change here.
 * @module
 */
import {
  type HashReader,
  hashesInTiles,
  type TileCoordinates,
  tilesAfterAppend,
} from '@sigill/evidence';
import { type Sql, toBytes } from './database.ts';

/** Appends leaves to the tree that has `size` leaves now. */
export async function appendLeaves(
  sql: Sql,
  log: string,
  size: number,
  leaves: readonly Uint8Array[],
): Promise<void> {
  const tiles = await overTiles(
    (tile) => readTile(sql, log, tile),
    (read) => tilesAfterAppend(size, leaves, read),
  );
  for (const { level, index, bytes } of tiles) {
    await sql.run(
      'INSERT INTO tiles VALUES (?, ?, ?, ?) ON CONFLICT (log, level, number) DO UPDATE SET hashes = excluded.hashes',
      log,
      level,
      index,
      bytes,
    );
  }
}

/** What `compute` makes of the tree's hashes at `size`: a root, a path. */
export function overTree<T>(
  sql: Sql,
  log: string,
  size: number,
  compute: (read: HashReader) => T,
): Promise<T> {
  return overTiles(
    (tile) => readTile(sql, log, tile),
    (read) => compute(hashesInTiles(size, read)),
  );
}

/** Its hashes up to the width asked for; fewer where the tree has no more. */
export async function readTile(sql: Sql, log: string, tile: TileCoordinates): Promise<Uint8Array> {
  const row = await sql.get(
    'SELECT hashes FROM tiles WHERE log = ? AND level = ? AND number = ?',
    log,
    tile.level,
    tile.index,
  );
  if (row === undefined) return new Uint8Array(0);
  return toBytes(row.hashes).subarray(0, tile.width * 32);
}

class TileMissing extends Error {
  readonly tile: TileCoordinates;
  constructor(tile: TileCoordinates) {
    super('tile to be fetched');
    this.tile = tile;
  }
}

// The computation is synchronous, the database is not: run it, fetch the tile it lacks, run it again.
// A path touches a few tiles, so it is a few runs.
async function overTiles<T>(
  fetch: (tile: TileCoordinates) => Promise<Uint8Array>,
  compute: (read: (tile: TileCoordinates) => Uint8Array) => T,
): Promise<T> {
  const held = new Map<string, Uint8Array>();
  const name = (tile: TileCoordinates) => `${tile.level}/${tile.index}/${tile.width}`;
  for (;;) {
    try {
      return compute((tile) => {
        const found = held.get(name(tile));
        if (found === undefined) throw new TileMissing(tile);
        return found;
      });
    } catch (error) {
      if (!(error instanceof TileMissing)) throw error;
      held.set(name(error.tile), await fetch(error.tile));
    }
  }
}
