/** Whose batch, and which: the archive's only key. */
export interface BatchKey {
  /** The agent's 16-byte identifier. */
  readonly agent: Uint8Array;
  readonly batch: number;
}

export interface ArchivedBatch extends BatchKey {
  readonly bytes: Uint8Array;
}

/**
 * Batches as they were received: the source of truth that every other store is rebuilt from.
 *
 * When `append` resolves, the batch survives power loss. A batch is stored once: the same bytes again
 * are 'known', other bytes under the same key throw ARCHIVE_CONFLICT and change nothing.
 * Appends may run at the same time; they become durable in the order of the calls. One process at a time.
 *
 * When `erase` resolves, what it took away stands in no file of the archive, and the batch is what is left. Killed on
 * its way, the archive opens with the one or the other whole.
 */
export interface BatchArchive {
  append(key: BatchKey, bytes: Uint8Array): Promise<'stored' | 'known'>;
  get(key: BatchKey): Promise<Uint8Array | null>;
  /** @param left of the batch without the readings that go: shorter by the length of a hash at least */
  erase(key: BatchKey, left: Uint8Array): Promise<void>;
  /** Batches `from` (included) to `to` (excluded) of one agent, by number; holes are skipped. */
  range(agent: Uint8Array, from: number, to: number): AsyncIterable<ArchivedBatch>;
  /** Everything, in the order it became durable. */
  all(): AsyncIterable<ArchivedBatch>;
  close(): Promise<void>;
}
