/**
 * Lets what the cloud has answered for be forgotten, a while later: until then a cloud that lost its newest hours can
 * ask for it again.
 * @module
 */
import type { HeldBatches } from './batch-lane.ts';

export interface Releaser {
  /** Everything below `size` is durable at the cloud since `now`. */
  receipted(size: number, now: number): void;
  /** Releases what was receipted long enough ago. */
  run(now: number): Promise<void>;
}

// A receipt each 10 s over a day is too many to remember; so many marks, and each counts for those just after it.
const MARKS = 64;

export function createReleaser(held: Pick<HeldBatches, 'release'>, keepMs: number): Releaser {
  let marks: { readonly size: number; readonly at: number }[] = [];

  return {
    receipted(size, now) {
      const last = marks.at(-1);
      if (last === undefined || now - last.at >= keepMs / MARKS) marks.push({ size, at: now });
    },
    async run(now) {
      const due = marks.filter(({ at }) => now - at >= keepMs).at(-1);
      if (due === undefined) return;
      await held.release(due.size);
      marks = marks.filter(({ at }) => at > due.at);
    },
  };
}
