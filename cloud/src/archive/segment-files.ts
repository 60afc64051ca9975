/**
 * The segment files: opening, scanning, appending with one sync for many records.
 * @module
 */
import { type FileHandle, open, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '../errors.ts';
import type { ArchivedBatch } from './batch-archive.ts';
import {
  decodeRecord,
  recordLength,
  SEGMENT_MAGIC,
  segmentName,
  segmentNumber,
} from './segment-format.ts';
import type { CoveredTo, RecordPlace } from './segment-index.ts';

const SCAN_CHUNK_BYTES = 4 * 1024 * 1024;

export async function listSegments(directory: string): Promise<number[]> {
  const numbers = (await readdir(directory)).map(segmentNumber).filter((n) => n !== null);
  return numbers.sort((a, b) => a - b);
}

export async function segmentSize(directory: string, segment: number): Promise<number> {
  return (await stat(join(directory, segmentName(segment)))).size;
}

/** In the order given. A file is opened once for places that follow each other in it. */
export async function* readRecords(
  directory: string,
  places: readonly RecordPlace[],
): AsyncGenerator<ArchivedBatch> {
  let handle: FileHandle | null = null;
  let opened = -1;
  try {
    for (const place of places) {
      if (handle === null || opened !== place.segment) {
        await handle?.close();
        handle = null;
        handle = await open(join(directory, segmentName(place.segment)), 'r');
        opened = place.segment;
      }
      const buffer = Buffer.allocUnsafe(place.length);
      const { bytesRead } = await handle.read(buffer, 0, place.length, place.offset);
      const record = decodeRecord(buffer.subarray(0, bytesRead));
      if (record === null) throw damaged(place);
      yield record;
    }
  } finally {
    await handle?.close();
  }
}

function damaged({ segment, offset }: RecordPlace): CloudError {
  return new CloudError(
    'ARCHIVE_DAMAGED',
    `${segmentName(segment)} at ${offset}: the record's checksum is wrong`,
  );
}

/** The records of one segment from `offset` on, and where the last good one ends. */
export async function* scanSegment(
  directory: string,
  segment: number,
  offset: number,
): AsyncGenerator<{ record: ArchivedBatch; place: RecordPlace }, number> {
  const handle = await open(join(directory, segmentName(segment)), 'r');
  try {
    if (!(await beginsWithMagic(handle, segment))) return 0;
    let position = Math.max(offset, SEGMENT_MAGIC.length);
    let buffered: Buffer = Buffer.alloc(0);
    for (;;) {
      const length = recordLength(buffered);
      if (length !== null && buffered.length >= length) {
        const record = decodeRecord(buffered.subarray(0, length));
        if (record === null) return position;
        yield { record, place: { segment, offset: position, length } };
        position += length;
        buffered = buffered.subarray(length);
        continue;
      }
      if (length === null && buffered.length >= 8) return position;
      const chunk = Buffer.allocUnsafe(Math.max(SCAN_CHUNK_BYTES, length ?? 0));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, position + buffered.length);
      if (bytesRead === 0) return position;
      buffered = Buffer.concat([buffered, chunk.subarray(0, bytesRead)]);
    }
  } finally {
    await handle.close();
  }
}

// Killed while it was created, a segment is shorter than its magic: it holds nothing yet.
async function beginsWithMagic(handle: FileHandle, segment: number): Promise<boolean> {
  const found = Buffer.alloc(SEGMENT_MAGIC.length);
  const { bytesRead } = await handle.read(found, 0, found.length, 0);
  if (bytesRead < found.length) return false;
  if (found.equals(SEGMENT_MAGIC)) return true;
  throw new CloudError('ARCHIVE_DAMAGED', `${segmentName(segment)} does not begin as a segment`);
}

/** Cuts what follows `end`. The cut bytes are set aside: a torn tail is never thrown away unseen. */
export async function cutTail(directory: string, segment: number, end: number): Promise<void> {
  const path = join(directory, segmentName(segment));
  const size = await segmentSize(directory, segment);
  if (size <= end) return;
  const handle = await open(path, 'r');
  try {
    const tail = Buffer.allocUnsafe(size - end);
    await handle.read(tail, 0, tail.length, end);
    await writeFile(`${path}.cut-${end}`, tail);
  } finally {
    await handle.close();
  }
  await truncate(path, end);
}

/** One open segment at its end. */
export interface SegmentWriter {
  readonly segment: number;
  /** Everything before this offset is durable. */
  readonly end: number;
  /** Resolves when all of them are durable. When it rejects, none of them is in the file. */
  write(records: readonly Buffer[]): Promise<void>;
  close(): Promise<void>;
}

export async function openSegmentWriter(
  directory: string,
  covered: CoveredTo,
): Promise<SegmentWriter> {
  const path = join(directory, segmentName(covered.segment));
  const handle = await open(path, covered.offset === 0 ? 'w' : 'r+');
  let end = covered.offset;
  let broken: unknown = null;
  if (end === 0) {
    await handle.write(SEGMENT_MAGIC, 0, SEGMENT_MAGIC.length, 0);
    await handle.datasync();
    await syncDirectory(directory);
    end = SEGMENT_MAGIC.length;
  }
  return {
    segment: covered.segment,
    get end() {
      return end;
    },
    async write(records) {
      if (broken !== null) throw broken;
      try {
        const length = await writeAll(handle, records, end);
        await handle.datasync();
        end += length;
      } catch (cause) {
        // What reached the file before the failure must not be found there later. If even that cannot be
        // cut, nothing more is written until a restart has scanned the file.
        broken = cause;
        await handle.truncate(end);
        await handle.datasync();
        broken = null;
        throw cause;
      }
    },
    close: () => handle.close(),
  };
}

async function writeAll(
  handle: FileHandle,
  records: readonly Buffer[],
  start: number,
): Promise<number> {
  const bytes = records.length === 1 ? (records[0] as Buffer) : Buffer.concat(records);
  let written = 0;
  while (written < bytes.length) {
    const step = await handle.write(bytes, written, bytes.length - written, start + written);
    written += step.bytesWritten;
  }
  return written;
}

// A new file's name is durable only when its directory is.
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
