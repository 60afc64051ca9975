import { EdgeError } from '../errors.ts';
import type { Timers } from '../timers.ts';
import { type Disk, type DiskFile, writeFully } from './disk.ts';
import { createGroupCommit } from './group-commit.ts';
import {
  type Enqueued,
  type Journal,
  type JournalLimits,
  type JournalOptions,
  type JournalRecord,
  type Position,
  toLimits,
} from './journal.ts';
import { FRAME_OVERHEAD, writeFrame } from './record-frame.ts';
import { openSegments, readSegment, type Segment, segmentPath } from './segments.ts';

export interface SegmentJournalOptions extends JournalOptions {
  readonly directory: string;
  readonly disk: Disk;
  readonly timers: Timers;
  /** How long a record waits for others to share its sync, where its append does not say: what a power cut can take. */
  readonly commitWindowMs?: number;
}

// Below about a hundred records to a sync a card writes whole blocks for a few bytes; a fifth of a second is not felt.
const DEFAULT_COMMIT_WINDOW_MS = 200;

interface Entry {
  readonly segment: Segment;
  readonly position: Position;
  readonly payload: Uint8Array;
}

export async function openSegmentJournal(options: SegmentJournalOptions): Promise<Journal> {
  const { disk, directory } = options;
  try {
    await disk.makeDirectory(directory);
    const unlock = await disk.lock(`${directory}/lock`);
    if (unlock === null) {
      throw new EdgeError('JOURNAL_LOCKED', `${directory} is being written by another process`);
    }
    try {
      return createSegmentJournal(options, await openSegments(disk, directory), unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  } catch (error) {
    throw error instanceof EdgeError ? error : toFailure(directory, error);
  }
}

function createSegmentJournal(
  options: SegmentJournalOptions,
  opened: Awaited<ReturnType<typeof openSegments>>,
  unlock: () => Promise<void>,
): Journal {
  const { disk, directory, timers } = options;
  const limits: JournalLimits = toLimits(options);
  const segments = opened.segments;
  let tail: { segment: Segment; file: DiskFile; nextCommit: number } | null =
    opened.tail === null ? null : { segment: segments.at(-1)!, ...opened.tail };
  let durableEnd = segments.at(-1)?.end ?? 0;
  let rolled = false;
  let failure: EdgeError | null = null;
  let closed = false;
  let releasing: Promise<void> = Promise.resolve();
  const commits = createGroupCommit<Entry>({
    timers,
    windowMs: options.commitWindowMs ?? DEFAULT_COMMIT_WINDOW_MS,
    commit,
  });

  async function append(record: Uint8Array, withinMs?: number): Promise<Position> {
    const { position, durable } = enqueue(record, withinMs);
    await durable;
    return position;
  }

  function enqueue(record: Uint8Array, withinMs?: number): Enqueued {
    assertAppendable(record);
    const last = segments.at(-1);
    const size = record.length + FRAME_OVERHEAD;
    const opensSegment =
      rolled ||
      last === undefined ||
      last.end + size > last.base + last.headBytes + limits.segmentBytes;
    const head = opensSegment ? options.segmentHead?.() : undefined;
    const headSize = head === undefined ? 0 : head.length + FRAME_OVERHEAD;
    // A new beginning is how room is made.
    if (!rolled && heldBytes() + headSize + size > limits.maxBytes) {
      throw new EdgeError('JOURNAL_FULL', `${heldBytes()} of ${limits.maxBytes} bytes are held`, {
        retryable: true,
      });
    }
    const base = last?.end ?? 0;
    if (opensSegment) segments.push({ base, end: base, headBytes: headSize });
    rolled = false;
    // It shares the fate of the record behind it, whose promise tells.
    if (head !== undefined) add(head).durable.catch(() => undefined);
    return add(record, withinMs);
  }

  function assertAppendable(record: Uint8Array): void {
    if (failure !== null) throw failure;
    if (closed) throw new EdgeError('JOURNAL_CLOSED', `${directory} is closed`);
    if (record.length === 0 || record.length > limits.maxRecordBytes) {
      throw new EdgeError(
        'RECORD_SIZE',
        `1 to ${limits.maxRecordBytes} bytes expected, got ${record.length}`,
      );
    }
    if (commits.waitingBytes + record.length > limits.maxWaitingBytes) {
      throw new EdgeError(
        'JOURNAL_BUSY',
        `${commits.waitingBytes} bytes already wait for the disk`,
        { retryable: true },
      );
    }
  }

  function heldBytes(): number {
    return segments.length === 0 ? 0 : segments.at(-1)!.end - segments[0]!.base;
  }

  function add(payload: Uint8Array, withinMs?: number): Enqueued {
    const segment = segments.at(-1)!;
    const position = segment.end;
    segment.end += payload.length + FRAME_OVERHEAD;
    return {
      position,
      durable: commits.add({ segment, position, payload }, payload.length, withinMs),
    };
  }

  async function commit(group: readonly Entry[]): Promise<void> {
    try {
      if (failure !== null) throw failure;
      for (let from = 0; from < group.length; ) {
        const segment = group[from]!.segment;
        const next = group.findIndex((entry, index) => index > from && entry.segment !== segment);
        const to = next === -1 ? group.length : next;
        await writeGroup(segment, group.slice(from, to));
        from = to;
      }
    } catch (error) {
      failure ??= toFailure(directory, error);
      throw failure;
    }
  }

  async function writeGroup(segment: Segment, group: readonly Entry[]): Promise<void> {
    const created = tail?.segment !== segment;
    if (created) {
      await tail?.file.close();
      tail = null;
      const file = await disk.create(segmentPath(directory, segment.base));
      tail = { segment, file, nextCommit: 0 };
    }
    const { file, nextCommit } = tail!;
    const from = group[0]!.position;
    const last = group.at(-1)!;
    const bytes = new Uint8Array(last.position + FRAME_OVERHEAD + last.payload.length - from);
    for (const { position, payload } of group) {
      writeFrame(bytes, position - from, payload, nextCommit, position === last.position, position);
    }
    await writeFully(file, bytes, from - segment.base);
    await file.syncData();
    if (created) await disk.syncDirectory(directory);
    tail!.nextCommit++;
    durableEnd = from + bytes.length;
  }

  async function* read(position: Position, limit: number): AsyncGenerator<JournalRecord> {
    const end = durableEnd;
    let at = position;
    let left = limit;
    while (at < end && left > 0) {
      const segment = segments.findLast((candidate) => candidate.base <= at);
      if (segment === undefined) {
        throw new EdgeError(
          'JOURNAL_POSITION',
          `position ${at} was released; ${segments[0]?.base ?? 0} is the first held`,
        );
      }
      const to = Math.min(segment.end, end);
      for await (const record of readSegment(disk, directory, segment.base, at, to)) {
        yield record;
        at = record.next;
        if (--left === 0) return;
      }
    }
  }

  function release(before: Position): Promise<void> {
    releasing = releasing.then(() => removeSegments(before));
    const released = releasing;
    releasing = released.catch(() => undefined);
    return released;
  }

  async function removeSegments(before: Position): Promise<void> {
    try {
      while (segments.length > 1 && segments[0]!.end <= Math.min(before, durableEnd)) {
        await disk.remove(segmentPath(directory, segments[0]!.base));
        segments.shift();
        // One by one: were two removed and only the newer removal kept by the disk, the rest would look like a hole.
        await disk.syncDirectory(directory);
      }
    } catch (error) {
      failure ??= toFailure(directory, error);
      throw failure;
    }
  }

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    await commits.flush();
    await releasing;
    await tail?.file.close().catch(() => undefined);
    await unlock();
  }

  return {
    append,
    enqueue,
    read,
    release,
    roll() {
      rolled = true;
    },
    heads: () => segments.map((segment) => segment.base),
    usage: () => ({
      heldBytes: heldBytes(),
      maxBytes: limits.maxBytes,
      waitingBytes: commits.waitingBytes,
      maxWaitingBytes: limits.maxWaitingBytes,
      segments: segments.length,
      cutBytes: opened.cutBytes,
    }),
    close,
  };
}

function toFailure(directory: string, cause: unknown): EdgeError {
  return new EdgeError('JOURNAL_FAILED', `${directory}: ${String(cause)}`, {
    cause,
    retryable: true,
  });
}
