import type { Reading } from '@sigill/evidence';

/** The readings of one device at one source of one agent. */
export interface StreamName {
  /** Hexadecimal. */
  readonly agent: string;
  readonly source: string;
  readonly device: string;
}

export interface SeriesName extends StreamName {
  readonly field: string;
  /** A series has one unit. Without it: the one the device used last. */
  readonly unit?: string | null;
}

/** A believed batch from the archive, as the store takes it. */
export interface StoredBatch {
  /** Orders batches over all logs: its entry's place in the order of arrival. */
  readonly arrival: number;
  readonly agent: Uint8Array;
  readonly batch: number;
  /** Null where a reading is gone and only its hash is left. */
  readonly readings: readonly (Reading | null)[];
}

/** Where a reading is; its content is in the archive. */
export interface ReadingPlace extends StreamName {
  readonly seq: number;
  readonly n: number;
  readonly kind: string;
  readonly time: number;
  readonly batch: number;
  /** Pass it back as `before` to go on with older readings. */
  readonly cursor: string;
}

export interface ReadingQuery {
  readonly agent?: string | undefined;
  readonly source?: string | undefined;
  readonly device?: string | undefined;
  /** Included. */
  readonly from?: number | undefined;
  /** Excluded. */
  readonly to?: number | undefined;
  readonly before?: string | undefined;
  /** Of these streams alone; left out: of all. */
  readonly seen?: ((stream: StreamName) => boolean) | undefined;
  readonly limit: number;
}

export interface LatestField {
  readonly name: string;
  readonly unit: string | null;
  /** As the device wrote it. */
  readonly value: string;
  readonly time: number;
}

export interface Stream extends StreamName {
  /** Of the newest reading that is neither a heartbeat nor a gap. */
  readonly kind: string;
  readonly latest: {
    readonly seq: number;
    readonly n: number;
    readonly time: number;
    readonly batch: number;
  };
  readonly fields: readonly LatestField[];
}

/** Where a stream of an agent goes on. */
export interface NextNumber {
  readonly source: string;
  readonly device: string;
  readonly nextN: number;
}

/** The numbers of one stream that lie in a time, as the store knows them. */
export interface NumberSpan {
  readonly device: string;
  /** Least and greatest number of the readings in that time; null where there are none. */
  readonly inside: { readonly first: number; readonly last: number } | null;
  /** The nearest numbers outside: before the least, behind the greatest; of a silence, on both sides of it. */
  readonly before: number | null;
  readonly after: number | null;
}

export interface SpanQuery {
  readonly agent: string;
  readonly source: string;
  readonly device?: string | undefined;
  readonly from: number;
  /** Excluded. */
  readonly to: number;
  /** The last batch that counts. */
  readonly upTo: number;
}

/** Numbers of one device, both included. */
export interface NumbersOf {
  readonly device: string;
  readonly first: number;
  readonly last: number;
}

export interface NumberPlace {
  readonly device: string;
  readonly n: number;
  readonly seq: number;
  readonly batch: number;
  readonly time: number;
}

/** Points oldest first. Downsampled: the beginning of each step, its mean, least and greatest. */
export interface SeriesRange {
  readonly unit: string | null;
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface RangeQuery {
  readonly from: number;
  readonly to: number;
  /** At most so many points come back, 2 or more: raw when there are no more, else one per step. */
  readonly points: number;
}

/**
 * A view for charts and lists, rebuilt from the archive at any time. Its numbers are doubles.
 *
 * Batches are written in the order of their arrival, each once: a batch already written is skipped.
 * When `write` resolves, its batches are queryable, survive a crash, and `arrival` has moved on.
 * The latest of a stream is by sequence, not by time: device and agent clocks jump back.
 *
 * When `erase` resolves, nothing of these readings is found any more or stands in the store's files. What is newest
 * then is the newest of those that are left.
 */
export interface ReadingStore {
  write(batches: readonly StoredBatch[]): Promise<void>;
  /** Everything that arrived up to here is written; 0 when nothing is. */
  arrival(): number;
  streams(): Promise<readonly Stream[]>;
  /** Null for a series nobody has written. */
  range(series: SeriesName, query: RangeQuery): Promise<SeriesRange | null>;
  /** Newest first. */
  readings(query: ReadingQuery): Promise<readonly ReadingPlace[]>;
  /** By device: the numbers that lie in a time. */
  spans(query: SpanQuery): Promise<readonly NumberSpan[]>;
  /** Where the readings of these numbers are, in the order of their sequence. */
  placesOf(
    query: Pick<SpanQuery, 'agent' | 'source' | 'upTo'>,
    numbers: readonly NumbersOf[],
  ): Promise<readonly NumberPlace[]>;
  /** What comes after an agent's batches up to this one, by source and device. */
  nextNumbers(agent: string, batch: number): Promise<readonly NextNumber[]>;
  erase(readings: readonly { readonly agent: string; readonly seq: number }[]): Promise<void>;
  close(): Promise<void>;
}
