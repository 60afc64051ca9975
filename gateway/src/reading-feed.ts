/**
 * Readings of this box as they are sealed, for whoever looks: the newest are kept, listeners hear each batch.
 * @module
 */
import { type SealedBatch, type ToldReading, tellReadings } from '@sigill/edge';

export interface ReadingFeed {
  sealed(batch: SealedBatch): void;
  subscribe(listener: (batch: SealedBatch) => void): () => void;
  /** The newest first. */
  newest(): readonly ToldReading[];
}

// As many as a page shows; a batch of hundreds is read no further back.
const KEPT = 30;

export function createReadingFeed(): ReadingFeed {
  const listeners = new Set<(batch: SealedBatch) => void>();
  let last: SealedBatch[] = [];

  return {
    sealed(batch) {
      last = [...last, batch].slice(-KEPT);
      for (const listener of listeners) listener(batch);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    newest() {
      const told: ToldReading[] = [];
      for (const batch of last.toReversed()) {
        told.push(...tellReadings(batch).reverse());
        if (told.length >= KEPT) break;
      }
      return told.slice(0, KEPT);
    },
  };
}
