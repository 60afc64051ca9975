import { EdgeError } from '../errors.ts';
import { type Disk, type DiskFile, readFully, writeFully } from './disk.ts';
import type { JournalRecord, Position } from './journal.ts';
import { frameSize, type LastCommit, readFrame, scanSegment, writeFrame } from './record-frame.ts';

/** A segment file is named after the position of its first byte. */
export interface Segment {
  readonly base: Position;
  end: Position;
  /** Of the head, which does not count against the segment's size: one that outgrew it would fill every segment. */
  headBytes: number;
}

export interface OpenedSegments {
  readonly segments: Segment[];
  /** The last segment, ready to be appended to; null when there is none. */
  readonly tail: { readonly file: DiskFile; readonly nextCommit: number } | null;
  readonly cutBytes: number;
}

const NAME = /^\d{16}\.seg$/;
const READ_BYTES = 256 * 1024;

export function segmentPath(directory: string, base: Position): string {
  return `${directory}/${String(base).padStart(16, '0')}.seg`;
}

/** Finds the segments, cuts a torn tail, and makes sure that what is left is really on the disk. */
export async function openSegments(disk: Disk, directory: string): Promise<OpenedSegments> {
  const segments = await listSegments(disk, directory);
  let cutBytes = 0;
  for (;;) {
    const last = segments.at(-1);
    if (last === undefined) return { segments, tail: null, cutBytes };
    const opened = await openLast(disk, directory, last);
    cutBytes += opened.cutBytes;
    if (opened.tail !== null) return { segments, tail: opened.tail, cutBytes };
    // Created, but nothing in it became durable: as if it had never been.
    segments.pop();
    await disk.remove(segmentPath(directory, last.base));
    await disk.syncDirectory(directory);
  }
}

async function listSegments(disk: Disk, directory: string): Promise<Segment[]> {
  const bases = (await disk.list(directory))
    .filter((name) => NAME.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (const base of bases) {
    const file = await disk.open(segmentPath(directory, base));
    const size = await file.size().finally(() => file.close());
    const previous = segments.at(-1);
    if (previous !== undefined && previous.end !== base) {
      throw new EdgeError(
        'JOURNAL_CORRUPT',
        `${segmentPath(directory, previous.base)} ends at ${previous.end}, the next segment begins at ${base}`,
      );
    }
    segments.push({ base, end: base + size, headBytes: 0 });
  }
  return segments;
}

async function openLast(
  disk: Disk,
  directory: string,
  segment: Segment,
): Promise<{ tail: OpenedSegments['tail']; cutBytes: number }> {
  const path = segmentPath(directory, segment.base);
  const file = await disk.open(path);
  try {
    const size = segment.end - segment.base;
    const bytes = await readFully(file, 0, size);
    const { wholeBytes, lastCommit, survivorAt } = scanSegment(bytes, segment.base);
    if (survivorAt !== null) {
      throw new EdgeError(
        'JOURNAL_CORRUPT',
        `${path}: the record at byte ${wholeBytes} is damaged, yet one written after it was durable is whole at byte ${survivorAt}`,
      );
    }
    const cutBytes = size - wholeBytes;
    if (lastCommit === null) {
      await file.close();
      return { tail: null, cutBytes };
    }
    if (cutBytes > 0) {
      await file.truncate(wholeBytes);
      segment.end = segment.base + wholeBytes;
    }
    await rewriteLastCommit(file, bytes.subarray(0, wholeBytes), segment.base, lastCommit);
    return { tail: { file, nextCommit: lastCommit.commit + 1 }, cutBytes };
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

/**
 * All groups but the last were durable before the next was written. The last one may only be in memory, and after a
 * failed sync the kernel calls such pages clean: writing them again is the only way to know. A sector is written whole or
 * not at all, so the same bytes in the same place endanger nothing. The sync covers the cut too, or old bytes could stand
 * behind new ones after another crash.
 */
async function rewriteLastCommit(
  file: DiskFile,
  bytes: Uint8Array,
  base: Position,
  last: LastCommit,
): Promise<void> {
  const frame = readFrame(bytes, last.lastOffset, base + last.lastOffset)!;
  writeFrame(bytes, last.lastOffset, frame.payload, last.commit, true, base + last.lastOffset);
  await writeFully(file, bytes.subarray(last.firstOffset), last.firstOffset);
  await file.sync();
}

/** The records of one segment between two positions. */
export async function* readSegment(
  disk: Disk,
  directory: string,
  base: Position,
  from: Position,
  to: Position,
): AsyncGenerator<JournalRecord> {
  const path = segmentPath(directory, base);
  const file = await disk.open(path);
  try {
    let position = from;
    let window = READ_BYTES;
    while (position < to) {
      const asked = Math.min(window, to - position);
      const bytes = await readFully(file, position - base, asked);
      let offset = 0;
      for (;;) {
        const at = position + offset;
        const frame = readFrame(bytes, offset, at);
        if (frame === null) break;
        yield { position: at, payload: frame.payload, next: at + frame.size };
        offset += frame.size;
      }
      position += offset;
      window = offset > 0 ? READ_BYTES : largerWindow(bytes, asked, to - position, path);
    }
  } finally {
    await file.close();
  }
}

/** For a record larger than the window; anything else that is not a whole record is damage. */
function largerWindow(bytes: Uint8Array, asked: number, left: number, path: string): number {
  const size = frameSize(bytes, 0);
  if (size === null || size <= bytes.length || size > left || bytes.length < asked) {
    throw new EdgeError(
      'JOURNAL_CORRUPT',
      `${path}: a damaged record, ${left} bytes before the end of what is durable`,
    );
  }
  return size;
}
