/**
 * What a database alone would know, kept in a file beside the archive as it comes: one record for each table that a write
 * changed, durable before the write is committed.
 *
 *   file   = "SIGILLK1" · id 16 · record …
 *   record = [length u32][crc32 u32][changeset …]      big-endian; a changeset as SQLite's session extension writes it
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { CloudError } from '../errors.ts';

export interface KeepsakeFile {
  readonly id: Uint8Array;
  readonly size: number;
  /** Durable when it returns. Where it throws, the file is as it was. */
  append(changesets: readonly Uint8Array[]): void;
  /** What a write left behind that was not committed. */
  cut(size: number): void;
  close(): void;
}

const MAGIC = Buffer.from('SIGILLK1', 'latin1');
const ID_BYTES = 16;
const HEAD_BYTES = MAGIC.length + ID_BYTES;
const PREFIX_BYTES = 8;
// One write changes some hundred rows; beyond this it is a torn or foreign prefix.
const MAX_RECORD_BYTES = 1024 * 1024 * 1024;

/** Null when there is none. @throws CloudError KEEPSAKES_DAMAGED */
export function openKeepsakeFile(path: string): KeepsakeFile | null {
  if (!existsSync(path)) return null;
  const handle = openSync(path, 'r+');
  return keepsakeFile(handle, readId(handle, path));
}

/** One that takes the place of another only when `fill` has written all of it. */
export function createKeepsakeFile(path: string, fill: (file: KeepsakeFile) => void): KeepsakeFile {
  const fresh = `${path}.new`;
  const handle = openSync(fresh, 'w+', 0o600);
  const id = randomBytes(ID_BYTES);
  writeSync(handle, Buffer.concat([MAGIC, id]), 0, HEAD_BYTES, 0);
  const file = keepsakeFile(handle, id);
  fill(file);
  fsyncSync(handle);
  renameSync(fresh, path);
  syncDirectory(dirname(path));
  return file;
}

/** Whole changesets in their order, up to a tail that a crash tore. @throws CloudError KEEPSAKES_DAMAGED for a record that others follow */
export function* readKeepsakes(path: string): Generator<{ changeset: Uint8Array; end: number }> {
  const handle = openSync(path, 'r');
  try {
    readId(handle, path);
    const { size } = fstatSync(handle);
    for (let at = HEAD_BYTES; at < size; ) {
      const prefix = readAt(handle, at, PREFIX_BYTES);
      const length = prefix.length < PREFIX_BYTES ? 0 : prefix.readUInt32BE(0);
      const end = at + PREFIX_BYTES + length;
      if (length === 0 || length > MAX_RECORD_BYTES || end > size) return;
      const changeset = readAt(handle, at + PREFIX_BYTES, length);
      if (crc32(changeset) !== prefix.readUInt32BE(4)) {
        if (end === size) return;
        throw damaged(path, `the record at ${at} has a wrong checksum`);
      }
      yield { changeset: Uint8Array.from(changeset), end };
      at = end;
    }
  } finally {
    closeSync(handle);
  }
}

/** @throws CloudError KEEPSAKES_DAMAGED */
export function keepsakesId(path: string): Uint8Array {
  const handle = openSync(path, 'r');
  try {
    return readId(handle, path);
  } finally {
    closeSync(handle);
  }
}

function keepsakeFile(handle: number, id: Uint8Array): KeepsakeFile {
  let size = fstatSync(handle).size;
  return {
    id,
    get size() {
      return size;
    },
    append(changesets) {
      const records = Buffer.concat(changesets.map(encodeRecord));
      try {
        for (let written = 0; written < records.length; )
          written += writeSync(handle, records, written, records.length - written, size + written);
        fdatasyncSync(handle);
      } catch (error) {
        ftruncateSync(handle, size);
        throw error;
      }
      size += records.length;
    },
    cut(to) {
      ftruncateSync(handle, to);
      fdatasyncSync(handle);
      size = to;
    },
    close: () => closeSync(handle),
  };
}

/** How long the file would be. */
export function sizeAfter(file: KeepsakeFile, changesets: readonly Uint8Array[]): number {
  return changesets.reduce((size, { length }) => size + PREFIX_BYTES + length, file.size);
}

function encodeRecord(changeset: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(changeset.length, 0);
  prefix.writeUInt32BE(crc32(changeset), 4);
  return Buffer.concat([prefix, changeset]);
}

function readId(handle: number, path: string): Uint8Array {
  const head = readAt(handle, 0, HEAD_BYTES);
  if (head.length === HEAD_BYTES && head.subarray(0, MAGIC.length).equals(MAGIC))
    return Uint8Array.from(head.subarray(MAGIC.length));
  throw damaged(path, 'it does not begin as a file of keepsakes');
}

function readAt(handle: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, readSync(handle, buffer, 0, length, position));
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function damaged(path: string, why: string): CloudError {
  return new CloudError('KEEPSAKES_DAMAGED', `${path}: ${why}`);
}
