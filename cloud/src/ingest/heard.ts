/** When each gateway was last heard of, since this cloud's start: it brought something that was taken. */
import type { Ingest } from './ingest.ts';
import { originOf } from './take-receipt.ts';

export interface Heard {
  readonly ingest: Ingest;
  /** ms since the Unix epoch; null: not since the start. */
  heardOf(origin: string): number | null;
}

export function listenTo(ingest: Ingest, now: () => number): Heard {
  const heard = new Map<string, number>();
  return {
    heardOf: (origin) => heard.get(origin) ?? null,
    ingest: {
      ...ingest,
      async batches(origin, firstIndex, batches) {
        const taken = await ingest.batches(origin, firstIndex, batches);
        heard.set(origin, now());
        return taken;
      },
      async receipt(note) {
        const checkpoint = await ingest.receipt(note);
        heard.set(originOf(note), now());
        return checkpoint;
      },
    },
  };
}
