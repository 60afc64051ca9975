/**
 * The archive in files: records appended to segments, one sync for all that wait, an index beside them.
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '../errors.ts';
import type { ArchivedBatch, BatchArchive, BatchKey } from './batch-archive.ts';
import { catchUp } from './catch-up.ts';
import { endErasures, eraseRecord } from './erase-record.ts';
import {
  listSegments,
  openSegmentWriter,
  readRecords,
  type SegmentWriter,
  scanSegment,
} from './segment-files.ts';
import { encodeRecord } from './segment-format.ts';
import {
  type CoveredTo,
  openSegmentIndex,
  type RecordPlace,
  type SegmentIndex,
} from './segment-index.ts';

const DEFAULT_SEGMENT_BYTES = 64 * 1024 * 1024;
// Index rows and batches travel in pages, so that a long range never holds a file or a statement open.
const PAGE = 64;

export interface SegmentArchiveOptions {
  readonly segmentBytes?: number;
}

interface Waiting extends BatchKey {
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  readonly done: Promise<void>;
}

export async function openSegmentArchive(
  directory: string,
  options: SegmentArchiveOptions = {},
): Promise<BatchArchive> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const index = openSegmentIndex(join(directory, 'index.sqlite'));
  try {
    await endErasures(directory);
    const covered = await catchUp(directory, index);
    const writer = await openSegmentWriter(directory, covered);
    return segmentArchive(directory, index, writer, options.segmentBytes ?? DEFAULT_SEGMENT_BYTES);
  } catch (cause) {
    index.close();
    throw cause;
  }
}

function segmentArchive(
  directory: string,
  index: SegmentIndex,
  firstWriter: SegmentWriter,
  segmentBytes: number,
): BatchArchive {
  let writer = firstWriter;
  let waiting: Waiting[] = [];
  let committing: Promise<void> | null = null;
  const inFlight = new Map<string, Waiting>();
  /** How many were begun. */
  let erasures = 0;
  let erasing: Promise<unknown> = Promise.resolve();

  async function commitAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await commit(group);
        for (const one of group) one.resolve();
      } catch (cause) {
        const failure = new CloudError('ARCHIVE_UNWRITABLE', `${directory}: ${String(cause)}`, {
          cause,
          retryable: true,
        });
        for (const one of group) one.reject(failure);
      } finally {
        for (const one of group) inFlight.delete(keyText(one));
      }
    }
    committing = null;
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    if (writer.end >= segmentBytes) {
      const next = await openSegmentWriter(directory, { segment: writer.segment + 1, offset: 0 });
      await writer.close();
      writer = next;
    }
    const records = group.map((one) => encodeRecord(one, one.bytes));
    let offset = writer.end;
    await writer.write(records);
    const indexed = group.map((one, i) => {
      const length = records[i]?.length ?? 0;
      const place = { segment: writer.segment, offset, length };
      offset += length;
      return { agent: one.agent, batch: one.batch, place };
    });
    index.add(indexed, { segment: writer.segment, offset });
  }

  function enqueue(key: BatchKey, bytes: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const one: Waiting = { ...key, bytes, resolve, reject, done: promise };
    inFlight.set(keyText(key), one);
    waiting.push(one);
    committing ??= Promise.resolve().then(commitAll);
    return promise;
  }

  /** What is overwritten just then is read again: half of each it has no good checksum. */
  async function* readAll(places: readonly RecordPlace[]): AsyncGenerator<ArchivedBatch> {
    for (let at = 0; at < places.length; ) {
      const before = erasures;
      try {
        await erasing;
        for await (const record of readRecords(directory, places.slice(at))) {
          at += 1;
          yield record;
        }
      } catch (error) {
        if (erasures === before) throw error;
      }
    }
  }

  async function read(key: BatchKey): Promise<Uint8Array | null> {
    const place = index.find(key);
    if (place === null) return null;
    for await (const { bytes } of readAll([place])) return bytes;
    return null;
  }

  async function erase(key: BatchKey, left: Uint8Array): Promise<void> {
    const place = index.find(key);
    if (place === null)
      throw new CloudError('ARCHIVE_DAMAGED', `batch ${key.batch}: it is not there to erase in`);
    erasures += 1;
    await eraseRecord(directory, place, key, left);
  }

  return {
    async append(key, bytes) {
      const ahead = inFlight.get(keyText(key));
      if (ahead !== undefined) {
        assertSame(key, ahead.bytes, bytes);
        await ahead.done;
        return 'known';
      }
      if (index.find(key) === null) {
        await enqueue(key, bytes);
        return 'stored';
      }
      assertSame(key, await read(key), bytes);
      return 'known';
    },
    get: read,
    erase(key, left) {
      const done = erasing.then(() => erase(key, left));
      erasing = done.catch(() => {});
      return done;
    },
    async *range(agent, from, to) {
      for (let next = from; next < to; ) {
        const page = index.range(agent, next, to, PAGE);
        yield* readAll(page.map(({ place }) => place));
        const last = page.at(-1);
        if (last === undefined) return;
        next = last.batch + 1;
      }
    },
    async *all() {
      const end: CoveredTo = { segment: writer.segment, offset: writer.end };
      for (const segment of await listSegments(directory)) {
        if (segment > end.segment) return;
        for await (const { record, place } of scanSegment(directory, segment, 0)) {
          if (segment === end.segment && place.offset >= end.offset) return;
          yield record satisfies ArchivedBatch;
        }
      }
    },
    async close() {
      await committing;
      await erasing;
      await writer.close();
      index.close();
    },
  };
}

function assertSame(key: BatchKey, stored: Uint8Array | null, offered: Uint8Array): void {
  if (stored !== null && Buffer.compare(stored, offered) === 0) return;
  throw new CloudError(
    'ARCHIVE_CONFLICT',
    `agent ${Buffer.from(key.agent).toString('hex')} batch ${key.batch}: other bytes are archived under this number`,
  );
}

function keyText(key: BatchKey): string {
  return `${Buffer.from(key.agent).toString('latin1')}${key.batch}`;
}
