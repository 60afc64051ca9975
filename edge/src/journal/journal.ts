/** A place in a journal. It grows from record to record and survives restarts; its value means nothing else. */
export type Position = number;

export interface JournalRecord {
  readonly position: Position;
  readonly payload: Uint8Array;
  /** Where the next record begins. */
  readonly next: Position;
}

/** A record that waits for its sync. */
export interface Enqueued {
  readonly position: Position;
  readonly durable: Promise<void>;
}

export interface JournalUsage {
  readonly heldBytes: number;
  readonly maxBytes: number;
  /** Appended and not yet durable. */
  readonly waitingBytes: number;
  readonly maxWaitingBytes: number;
  readonly segments: number;
  /** Bytes of a torn tail that were cut when the journal was opened. */
  readonly cutBytes: number;
}

/**
 * Records in the order they were appended.
 * When `append` resolves, the record survives power loss. A torn tail is cut on open, never guessed. One writer at a time.
 * After a failed write or sync every append rejects with JOURNAL_FAILED until the journal is closed and opened again:
 * what a disk says after a failed sync is not believed.
 * A full journal refuses (JOURNAL_FULL) and forgets nothing by itself.
 */
export interface Journal {
  /**
   * The record belongs to the journal from here on: the caller changes it no more.
   * `withinMs`: how long it may wait for others to share its sync; left out, what the journal was opened with.
   */
  append(record: Uint8Array, withinMs?: number): Promise<Position>;
  /**
   * As `append`, for whoever appends thousands: all records that share a sync share a promise.
   * @throws EdgeError what `append` rejects with before anything is written
   */
  enqueue(record: Uint8Array, withinMs?: number): Enqueued;
  /** At most `limit` durable records from `position` on, oldest first; the same ones again until `release`. */
  read(position: Position, limit: number): AsyncIterable<JournalRecord>;
  /** Records before this position may be forgotten; they go by whole segments. */
  release(before: Position): Promise<void>;
  /** The next append opens a segment, so that all before it can be released. */
  roll(): void;
  /** Where the segments held begin, oldest first. With `segmentHead`, the record there is one it made. */
  heads(): readonly Position[];
  usage(): JournalUsage;
  /** Makes durable what was appended, then lets another writer in. */
  close(): Promise<void>;
}

export interface JournalOptions {
  /**
   * The first record of every segment, asked for inside the `append` that opens the segment, before that append's own
   * record: what the writer must know once earlier segments are gone.
   */
  readonly segmentHead?: () => Uint8Array;
  /** Without the head. */
  readonly segmentBytes?: number;
  readonly maxRecordBytes?: number;
  readonly maxBytes?: number;
  /** Bytes that may wait for the disk; beyond it appends are refused with JOURNAL_BUSY. */
  readonly maxWaitingBytes?: number;
}

export interface JournalLimits {
  readonly segmentBytes: number;
  readonly maxRecordBytes: number;
  readonly maxBytes: number;
  readonly maxWaitingBytes: number;
}

const MEBIBYTE = 1024 * 1024;

export function toLimits(options: JournalOptions): JournalLimits {
  // A week without a cloud at 10 readings a second of 160 bytes.
  const maxBytes = options.maxBytes ?? 1024 * MEBIBYTE;
  return {
    // Small enough that the last one is replayed in well under a second at start, and that released space returns soon.
    segmentBytes: Math.min(options.segmentBytes ?? 2 * MEBIBYTE, Math.floor(maxBytes / 8)),
    maxRecordBytes: options.maxRecordBytes ?? MEBIBYTE,
    maxBytes,
    // Cards stall for seconds; at 20,000 readings a second this is about five of them.
    maxWaitingBytes: options.maxWaitingBytes ?? 16 * MEBIBYTE,
  };
}
