/**
 * Where C2SP tlog-tiles puts the parts of a log, below its name:
 *
 *     <origin>/checkpoint
 *     <origin>/tile/<L>/<N>[.p/<W>]
 *     <origin>/tile/entries/<N>[.p/<W>]
 *
 * @module
 */
import { entryBundlePath, TILE_WIDTH, type TileCoordinates, tilePath } from '@sigill/evidence';

export type TileAddress =
  | { readonly kind: 'checkpoint'; readonly origin: string }
  | { readonly kind: 'hashes'; readonly origin: string; readonly tile: TileCoordinates }
  | { readonly kind: 'entries'; readonly origin: string; readonly tile: TileCoordinates };

// An origin of 128 characters, six groups for the largest index, and what stands between.
const MAX_LENGTH = 256;
// Origins have slashes, so they end where the last thing begins that can only be a resource.
const CHECKPOINT = /^(.+)\/checkpoint$/s;
const TILE = /^(.+)\/(tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?)$/s;
// [tlog-tiles] levels are 0 to 63; from level 7 on a log would need more than 2^53 entries.
const MAX_LEVEL = 63;

/** Null: no log has anything there. Each resource has one address. */
export function parseTileAddress(path: string): TileAddress | null {
  if (path.length > MAX_LENGTH) return null;
  const [, log] = CHECKPOINT.exec(path) ?? [];
  if (log !== undefined) return { kind: 'checkpoint', origin: log };
  const [, origin, resource, of, groups = '', partial] = TILE.exec(path) ?? [];
  if (origin === undefined || of === undefined) return null;
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const index = Number(groups.replace(/[x/]/g, ''));
  const level = of === 'entries' ? 0 : Number(of);
  if (width < 1 || width > TILE_WIDTH || level > MAX_LEVEL || !Number.isSafeInteger(index))
    return null;
  const tile = { level, index, width };
  const own = of === 'entries' ? entryBundlePath(index, width) : tilePath(level, index, width);
  // Zeros too many, or a full tile called a partial one.
  if (own !== resource) return null;
  return { kind: of === 'entries' ? 'entries' : 'hashes', origin, tile };
}
