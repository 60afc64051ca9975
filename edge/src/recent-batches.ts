import type { SealedBatch } from './sealer.ts';

/** What was just sealed is offered at once: kept until then, it is not read back from the card. */
export interface RecentBatches {
  get(number: number): SealedBatch | undefined;
  add(batch: SealedBatch): void;
  forget(beforeBatch: number): void;
}

const MAX_BYTES = 4 * 1024 * 1024;

export function createRecentBatches(): RecentBatches {
  const batches = new Map<number, SealedBatch>();
  let bytes = 0;

  function remove(batch: SealedBatch): void {
    batches.delete(batch.number);
    bytes -= batch.bytes.length;
  }

  return {
    get: (number) => batches.get(number),
    add(batch) {
      batches.set(batch.number, batch);
      bytes += batch.bytes.length;
      for (const oldest of batches.values()) {
        if (bytes <= MAX_BYTES) break;
        remove(oldest);
      }
    },
    forget(beforeBatch) {
      for (const oldest of batches.values()) {
        if (oldest.number >= beforeBatch) break;
        remove(oldest);
      }
    },
  };
}
