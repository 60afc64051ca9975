import { toBase64 } from '@sigill/evidence';
import { type Disk, writeFully } from './journal/disk.ts';
import type { Timers } from './timers.ts';

/** A frame that was refused; `bytes` may be only the first of it. */
export interface Rejected {
  readonly code: string;
  readonly message: string;
  readonly length: number;
  readonly bytes: Uint8Array;
}

export interface RejectedFrame extends Rejected {
  readonly time: number;
  readonly source: string;
}

export interface Quarantine {
  /** Rejected frames since the start, by source and code. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The last ones, oldest first. */
  readonly last: readonly RejectedFrame[];
  add(source: string, rejection: Rejected, time: number): void;
  close(): Promise<void>;
}

const KEPT_FRAMES = 100;
const KEPT_BYTES = 256;
// A line with noise on it rejects several frames a second; the card need not take each of them.
const WRITE_INTERVAL_MS = 60_000;

/** Keeps the last rejected frames in `rejected.ndjson`, for whoever comes to see what is wrong with a line. */
export function createQuarantine(disk: Disk, timers: Timers, directory: string): Quarantine {
  const path = `${directory}/rejected.ndjson`;
  const counts: Record<string, Record<string, number>> = {};
  let last: RejectedFrame[] = [];
  let cancel: (() => void) | null = null;
  let writing: Promise<void> = Promise.resolve();

  function add(source: string, { code, message, length, bytes }: Rejected, time: number): void {
    counts[source] ??= {};
    counts[source][code] = (counts[source][code] ?? 0) + 1;
    const kept = bytes.slice(0, KEPT_BYTES);
    last = [...last.slice(1 - KEPT_FRAMES), { time, source, code, message, length, bytes: kept }];
    cancel ??= timers.after(WRITE_INTERVAL_MS, write);
  }

  function write(): void {
    cancel?.();
    cancel = null;
    // Diagnosis only: a disk that refuses it is heard of through the journal.
    writing = writing.then(writeFile).catch(() => undefined);
  }

  async function writeFile(): Promise<void> {
    const names = await disk.list(directory);
    const file = names.includes('rejected.ndjson')
      ? await disk.open(path)
      : await disk.create(path);
    try {
      const text = last.map(
        (frame) => `${JSON.stringify({ ...frame, bytes: toBase64(frame.bytes) })}\n`,
      );
      await file.truncate(0);
      await writeFully(file, new TextEncoder().encode(text.join('')), 0);
    } finally {
      await file.close();
    }
  }

  return {
    counts,
    get last() {
      return last;
    },
    add,
    async close() {
      if (cancel !== null) write();
      await writing;
    },
  };
}
