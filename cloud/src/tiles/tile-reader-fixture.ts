/**
 * For tests: a reader of tlog-tiles that shares no code with what serves them. It knows the specification and RFC 6962
 * alone.
 * @module
 */
import { createHash } from 'node:crypto';

export type Fetch = (path: string) => Promise<Buffer>;

/** The root over the first `count` leaves of a log at `size`, out of its tiles. */
export async function rootFromTiles(fetch: Fetch, size: number, count = size): Promise<Buffer> {
  const leaves: Buffer[] = [];
  for (let tile = 0; tile * 256 < size; tile += 1) {
    const bytes = await fetch(pathOf('0', tile, Math.min(256, size - tile * 256)));
    for (let at = 0; at < bytes.length; at += 32) leaves.push(bytes.subarray(at, at + 32));
  }
  await assertUpperLevels(fetch, leaves, size);
  return treeOf(leaves.slice(0, count));
}

/** Each tile above holds the roots of the full ones below it. */
async function assertUpperLevels(fetch: Fetch, leaves: readonly Buffer[], size: number) {
  let row = leaves;
  for (let level = 1; row.length >= 256; level += 1) {
    const above: Buffer[] = [];
    for (let at = 0; at + 256 <= row.length; at += 256) above.push(treeOf(row.slice(at, at + 256)));
    for (let tile = 0; tile * 256 < above.length; tile += 1) {
      const part = above.slice(tile * 256, tile * 256 + 256);
      const told = await fetch(pathOf(String(level), tile, part.length));
      if (!told.equals(Buffer.concat(part))) throw new Error(`level ${level} at size ${size}`);
    }
    row = above;
  }
}

/** The leaf hashes of an entry bundle. */
export function leavesOfBundle(bytes: Buffer): Buffer[] {
  const leaves: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + bytes.readUInt16BE(at);
    leaves.push(hash(Buffer.of(0), bytes.subarray(at + 2, end)));
    at = end;
  }
  return leaves;
}

export function treeOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return hash();
  if (leaves.length === 1) return leaves[0] as Buffer;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return hash(Buffer.of(1), treeOf(leaves.slice(0, half)), treeOf(leaves.slice(half)));
}

export function pathOf(level: string, tile: number, width: number): string {
  const digits = String(tile).padStart(3 * Math.ceil(String(tile).length / 3), '0');
  const groups = digits.match(/\d{3}/g) ?? [];
  const name = groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`));
  return `tile/${level}/${name.join('/')}${width === 256 ? '' : `.p/${width}`}`;
}

function hash(...parts: readonly Uint8Array[]): Buffer {
  const sha = createHash('sha256');
  for (const part of parts) sha.update(part);
  return sha.digest();
}
