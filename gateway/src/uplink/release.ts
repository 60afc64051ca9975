/**
 * Lets agents forget what the cloud has answered for, a while later: until then a cloud that lost
 * its newest hours can ask for them again.
 * @module
 */
import { decodeSeal, equalBytes } from '@sigill/evidence';
import type { SiteLog } from '../site-log/site-log.ts';
import type { BatchHolder } from './batch-lane.ts';

export interface Releaser {
  /** Everything below `size` is durable at the cloud since `now`. */
  receipted(size: number, now: number): void;
  /** Releases what was receipted long enough ago. */
  run(now: number): Promise<void>;
}

// A receipt each 10 s over a day is too many to remember; so many marks, and each counts for those just after it.
const MARKS = 64;

export function createReleaser(
  log: SiteLog,
  holders: readonly BatchHolder[],
  keepMs: number,
): Releaser {
  let marks: { readonly size: number; readonly at: number }[] = [];

  return {
    receipted(size, now) {
      const last = marks.at(-1);
      if (last === undefined || now - last.at >= keepMs / MARKS) marks.push({ size, at: now });
    },
    async run(now) {
      const due = marks.filter(({ at }) => now - at >= keepMs).at(-1);
      if (due === undefined) return;
      for (const holder of holders) {
        const last = lastBatchBelow(log, due.size, holder.id);
        if (last !== null) await holder.release(last + 1);
      }
      marks = marks.filter(({ at }) => at > due.at);
    },
  };
}

function lastBatchBelow(log: SiteLog, size: number, agent: Uint8Array): number | null {
  for (let index = size - 1; index >= 0; index -= 1) {
    const { header } = decodeSeal(log.entries(index, index + 1)[0]!);
    if (equalBytes(header.agent, agent)) return header.batch;
  }
  return null;
}
