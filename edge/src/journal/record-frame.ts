/**
 * How a record lies in a segment:  [length u32][commit u32][crc32 u32][payload … length]   little-endian
 *
 * `commit` is the number of the group commit within its segment, shifted left by one; its lowest bit marks the last record
 * of the group. A group is written only after the one before it is durable, so a damaged record that a later group follows
 * was damaged after it had been promised. The checksum covers the record's own position too: what an old file left in a
 * block can never pass for a record of this one.
 * @module
 */
import { crc32 } from 'node:zlib';

export const FRAME_OVERHEAD = 12;

export interface Frame {
  readonly payload: Uint8Array;
  readonly commit: number;
  readonly endsCommit: boolean;
  readonly size: number;
}

export function writeFrame(
  into: Uint8Array,
  offset: number,
  payload: Uint8Array,
  commit: number,
  endsCommit: boolean,
  position: number,
): void {
  const tagged = commit * 2 + (endsCommit ? 1 : 0);
  writeUint32(into, offset, payload.length);
  writeUint32(into, offset + 4, tagged);
  writeUint32(into, offset + 8, checksum(payload, tagged, position));
  into.set(payload, offset + FRAME_OVERHEAD);
}

/** Null where no whole, undamaged record begins. */
export function readFrame(bytes: Uint8Array, offset: number, position: number): Frame | null {
  const size = frameSize(bytes, offset);
  if (size === null || offset + size > bytes.length) return null;
  const tagged = readUint32(bytes, offset + 4);
  const payload = bytes.subarray(offset + FRAME_OVERHEAD, offset + size);
  if (readUint32(bytes, offset + 8) !== checksum(payload, tagged, position)) return null;
  return { payload, commit: tagged >>> 1, endsCommit: (tagged & 1) === 1, size };
}

/** By the length field; null where it is not there or says 0, which no record has. */
export function frameSize(bytes: Uint8Array, offset: number): number | null {
  if (offset + FRAME_OVERHEAD > bytes.length) return null;
  const length = readUint32(bytes, offset);
  return length === 0 ? null : length + FRAME_OVERHEAD;
}

export interface Scan {
  /** Bytes of whole records from the start. */
  readonly wholeBytes: number;
  /** The last group commit: its number, where it begins, where its last record begins. Null without a whole record. */
  readonly lastCommit: LastCommit | null;
  /** Where a record of a later group follows the first damaged one: damage to what was promised. */
  readonly survivorAt: number | null;
}

export interface LastCommit {
  readonly commit: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/** Reads a whole segment; `base` is the position of its first byte. */
export function scanSegment(bytes: Uint8Array, base: number): Scan {
  let offset = 0;
  let expected = 0;
  let last: LastCommit | null = null as LastCommit | null;
  for (;;) {
    const frame = readFrame(bytes, offset, base + offset);
    if (frame === null || frame.commit !== expected) break;
    const firstOffset = last?.commit === frame.commit ? last.firstOffset : offset;
    last = { commit: frame.commit, firstOffset, lastOffset: offset };
    if (frame.endsCommit) expected++;
    offset += frame.size;
  }
  return {
    wholeBytes: offset,
    lastCommit: last,
    survivorAt: findLaterCommit(bytes, base, offset, expected),
  };
}

function findLaterCommit(
  bytes: Uint8Array,
  base: number,
  damagedAt: number,
  damagedCommit: number,
): number | null {
  for (let offset = damagedAt + 1; offset + FRAME_OVERHEAD < bytes.length; offset++) {
    const size = frameSize(bytes, offset);
    if (size === null || offset + size > bytes.length) continue;
    const commit = readUint32(bytes, offset + 4) >>> 1;
    // No segment holds more groups than bytes; checked first, because a checksum at every offset would take minutes.
    if (commit <= damagedCommit || commit > damagedCommit + bytes.length) continue;
    if (readFrame(bytes, offset, base + offset) !== null) return offset;
  }
  return null;
}

const prefix = new Uint8Array(16);

function checksum(payload: Uint8Array, tagged: number, position: number): number {
  writeUint32(prefix, 0, position % 2 ** 32);
  writeUint32(prefix, 4, Math.floor(position / 2 ** 32));
  writeUint32(prefix, 8, payload.length);
  writeUint32(prefix, 12, tagged);
  return crc32(payload, crc32(prefix));
}

function writeUint32(into: Uint8Array, offset: number, value: number): void {
  into[offset] = value;
  into[offset + 1] = value >>> 8;
  into[offset + 2] = value >>> 16;
  into[offset + 3] = value >>> 24;
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset]! |
      (bytes[offset + 1]! << 8) |
      (bytes[offset + 2]! << 16) |
      (bytes[offset + 3]! << 24)) >>>
    0
  );
}
