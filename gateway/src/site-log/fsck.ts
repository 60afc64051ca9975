/**
 * The slow check: every entry read again, every tile and every kept checkpoint compared with what
 * the entries say.
 * @module
 */
import {
  type Checkpoint,
  concatBytes,
  createCompactRange,
  decodeEntryBundle,
  EMPTY_ROOT,
  entryBundlePath,
  equalBytes,
  hashesOf,
  leafHash,
  openCheckpoint,
  parseCheckpoint,
  rootAt,
  TILE_HEIGHT,
  TILE_WIDTH,
  tilePath,
  tilesAt,
} from '@sigill/evidence';
import type { Disk } from '../disk/disk.ts';
import { GatewayError } from '../errors.ts';

/** The head, if everything below it is there and agrees. @throws GatewayError SITE_LOG_DAMAGED */
export function checkSiteLog(disk: Disk, publicKey: Uint8Array): Checkpoint {
  const head = parseCheckpoint(readText(disk, 'head'));
  const leaves = readLeaves(disk, head.size);
  const hashes = hashesOf(leaves);
  assertRoot('head', head, leaves);
  for (const { level, index, width } of tilesAt(head.size)) {
    const path = tilePath(level, index, width);
    const expected = Array.from({ length: width }, (_, offset) =>
      hashes(level * TILE_HEIGHT, index * TILE_WIDTH + offset),
    );
    if (!equalBytes(readBytes(disk, path), concatBytes(...expected))) {
      throw damaged(path, 'hashes of other entries');
    }
  }
  for (const file of ['checkpoint', 'cosigned']) {
    if (disk.read(file) === null) continue;
    const { checkpoint } = openCheckpoint(readText(disk, file), head.origin, publicKey);
    if (checkpoint.size > head.size) throw damaged(file, `size ${checkpoint.size} > ${head.size}`);
    const root = rootAt(checkpoint.size, hashes);
    if (!equalBytes(root, checkpoint.root)) throw damaged(file, 'the root of other entries');
  }
  return head;
}

function readLeaves(disk: Disk, size: number): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (let first = 0; first < size; first += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, size - first);
    const path = entryBundlePath(first / TILE_WIDTH, width);
    const entries = decodeEntryBundle(readBytes(disk, path));
    if (entries.length !== width) throw damaged(path, `${entries.length} entries, not ${width}`);
    leaves.push(...entries.map(leafHash));
  }
  return leaves;
}

function assertRoot(file: string, head: Checkpoint, leaves: readonly Uint8Array[]): void {
  const range = createCompactRange();
  for (const leaf of leaves) range.append(leaf);
  const root = leaves.length === 0 ? EMPTY_ROOT : range.root();
  if (!equalBytes(root, head.root)) throw damaged(file, 'the root of other entries');
}

function readText(disk: Disk, path: string): string {
  return new TextDecoder().decode(readBytes(disk, path));
}

function readBytes(disk: Disk, path: string): Uint8Array {
  const bytes = disk.read(path);
  if (bytes === null) throw damaged(path, 'nothing');
  return bytes;
}

function damaged(path: string, found: string): GatewayError {
  return new GatewayError('SITE_LOG_DAMAGED', `site log: ${path} holds ${found}`);
}
