/**
 * Site logs as anyone can follow them: the newest signed checkpoint, the hash tiles below it, and for who may read the
 * site its entries. Nothing is told that no checkpoint covers yet, so what is told never changes.
 * @module
 */
import { encodeEntryBundle, TILE_WIDTH, type TileCoordinates } from '@sigill/evidence';
import { cosignatureAt, newestCheckpoint } from '../database/checkpoints.ts';
import type { Sql } from '../database/database.ts';
import { mergeNotes } from '../database/merge-notes.ts';
import { heldEntries, nextEntry } from '../database/site-logs.ts';
import { readTile } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import { batchOf, type HeldBatchesParts } from '../ingest/held-batches.ts';
import { sealOf } from '../ingest/judge-batch.ts';
import { siteTree } from '../ingest/tree-names.ts';

export interface LogTiles {
  /** With every signature held; null for a log that nobody has signed a head of here. */
  checkpoint(origin: string): Promise<string | null>;
  /** Null where the newest checkpoint does not reach. @throws CloudError DATABASE_FAILED */
  hashes(origin: string, tile: TileCoordinates): Promise<Uint8Array | null>;
  /** @throws CloudError ENTRY_GONE, TILES_BUSY */
  entries(origin: string, tile: TileCoordinates): Promise<Uint8Array | null>;
}

// A bundle reads 256 batches of up to 8 MiB out of the archive, one after another.
const BUNDLES_AT_ONCE = 4;

export function createLogTiles(parts: HeldBatchesParts): LogTiles {
  const { database } = parts;
  let bundles = 0;

  async function readEntries(origin: string, { index, width }: TileCoordinates) {
    const held = await database.read((sql) => heldEntries(sql, origin, index * TILE_WIDTH, width));
    const seals: Uint8Array[] = [];
    for (const entry of held) {
      const seal = sealOf(await batchOf(parts, origin, entry));
      // The batch is kept by its seal: this one was found by it.
      if (seal !== null) seals.push(seal);
    }
    return encodeEntryBundle(seals);
  }

  return {
    checkpoint: (origin) =>
      database.read(async (sql) => {
        const newest = await newestCheckpoint(sql, origin);
        if (newest === null) return null;
        const line = await cosignatureAt(sql, origin, newest.size);
        return line === null ? newest.note : mergeNotes(newest.note, newest.note + line);
      }),

    hashes: (origin, tile) =>
      database.read(async (sql) => {
        if (!isWithin(tile, await publishedSize(sql, origin))) return null;
        const bytes = await readTile(sql, siteTree(origin), tile);
        if (bytes.length === tile.width * 32) return bytes;
        throw new CloudError(
          'DATABASE_FAILED',
          `${origin}: tile ${tile.index} of level ${tile.level} is shorter than its log`,
        );
      }),

    async entries(origin, tile) {
      const size = await database.read((sql) => publishedSize(sql, origin));
      if (!isWithin(tile, size)) return null;
      if (bundles >= BUNDLES_AT_ONCE)
        throw new CloudError('TILES_BUSY', `${bundles} entry bundles are being read`, {
          retryable: true,
        });
      bundles += 1;
      try {
        return await readEntries(origin, tile);
      } finally {
        bundles -= 1;
      }
    },
  };
}

/** Whether a log of this size has so many hashes there: of leaves on level 0, of full tiles above. */
function isWithin({ level, index, width }: TileCoordinates, size: number): boolean {
  return index * TILE_WIDTH + width <= Math.floor(size / TILE_WIDTH ** level);
}

// A log that its operator closed may have been cut behind its last checkpoint.
async function publishedSize(sql: Sql, origin: string): Promise<number> {
  const signed = (await newestCheckpoint(sql, origin))?.size ?? 0;
  return Math.min(signed, await nextEntry(sql, origin));
}
