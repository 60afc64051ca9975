/**
 * The archive's files.
 *
 *   segment = "SIGILLA1" · record …
 *   record  = [length u32][crc32 u32][kind u8 = 1][agent 16][batch u64][batch bytes …]
 *   erased  = [length u32][crc32 u32][kind u8 = 2][agent 16][batch u64][size u32][batch bytes …][zeros …]
 *
 * Big-endian; length and checksum cover everything from `kind` on. A record that lost readings lies where it lay and is
 * as long as it was: what is left of its batch is `size` bytes.
 * @module
 */
import { crc32 } from 'node:zlib';
import type { ArchivedBatch, BatchKey } from './batch-archive.ts';

export const SEGMENT_MAGIC = Buffer.from('SIGILLA1', 'latin1');

const PREFIX_BYTES = 8;
const KEY_BYTES = 1 + 16 + 8;
const SIZE_BYTES = 4;
const KIND_BATCH = 1;
const KIND_ERASED = 2;

// A batch is at most a few hundred kilobytes; a length beyond this is a torn or foreign prefix.
const MAX_RECORD_BYTES = 64 * 1024 * 1024;

export function encodeRecord(key: BatchKey, bytes: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(PREFIX_BYTES + KEY_BYTES + bytes.length);
  record.set(bytes, PREFIX_BYTES + KEY_BYTES);
  return finish(record, KIND_BATCH, key);
}

/** What takes the place of a record of `length` bytes; null when what is left does not fit there. */
export function encodeErased(key: BatchKey, left: Uint8Array, length: number): Buffer | null {
  const start = PREFIX_BYTES + KEY_BYTES + SIZE_BYTES;
  if (start + left.length > length) return null;
  const record = Buffer.alloc(length);
  record.writeUInt32BE(left.length, start - SIZE_BYTES);
  record.set(left, start);
  return finish(record, KIND_ERASED, key);
}

function finish(record: Buffer, kind: number, key: BatchKey): Buffer {
  record.writeUInt8(kind, PREFIX_BYTES);
  record.set(key.agent, PREFIX_BYTES + 1);
  record.writeBigUInt64BE(BigInt(key.batch), PREFIX_BYTES + 17);
  record.writeUInt32BE(record.length - PREFIX_BYTES, 0);
  record.writeUInt32BE(crc32(record.subarray(PREFIX_BYTES)), 4);
  return record;
}

/** The length of the record that begins with these bytes, or null when no record begins so. */
export function recordLength(prefix: Buffer): number | null {
  if (prefix.length < PREFIX_BYTES) return null;
  const length = prefix.readUInt32BE(0);
  return length < KEY_BYTES || length > MAX_RECORD_BYTES ? null : PREFIX_BYTES + length;
}

/** One whole record, or null when it is torn or damaged. */
export function decodeRecord(record: Buffer): ArchivedBatch | null {
  const length = recordLength(record);
  if (length === null || length !== record.length) return null;
  if (record.readUInt32BE(4) !== crc32(record.subarray(PREFIX_BYTES))) return null;
  const bytes = contentOf(record);
  if (bytes === null) return null;
  return {
    agent: plain(record.subarray(PREFIX_BYTES + 1, PREFIX_BYTES + 17)),
    batch: Number(record.readBigUInt64BE(PREFIX_BYTES + 17)),
    bytes: plain(bytes),
  };
}

function contentOf(record: Buffer): Buffer | null {
  const kind = record.readUInt8(PREFIX_BYTES);
  const content = record.subarray(PREFIX_BYTES + KEY_BYTES);
  if (kind === KIND_BATCH) return content;
  if (kind !== KIND_ERASED || content.length < SIZE_BYTES) return null;
  const end = SIZE_BYTES + content.readUInt32BE(0);
  return end > content.length ? null : content.subarray(SIZE_BYTES, end);
}

// A Buffer's slice is a view and its JSON an object: what leaves here behaves as bytes do elsewhere.
function plain({ buffer, byteOffset, length }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

export function segmentName(number: number): string {
  return `${String(number).padStart(10, '0')}.segment`;
}

export function segmentNumber(fileName: string): number | null {
  const match = /^(\d{10})\.segment$/.exec(fileName);
  return match === null ? null : Number(match[1]);
}
