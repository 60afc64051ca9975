import { setImmediate } from 'node:timers/promises';
import type { Timers } from './timers.ts';

export interface FakeTimers extends Timers {
  readonly elapsedMs: number;
  /** Runs what falls due, in order, and lets the promises that follow from it settle. */
  advance(ms: number): Promise<void>;
}

export function createFakeTimers(): FakeTimers {
  let elapsedMs = 0;
  let waiting: { dueMs: number; run: () => void }[] = [];

  return {
    get elapsedMs() {
      return elapsedMs;
    },
    after(delayMs, run) {
      const entry = { dueMs: elapsedMs + delayMs, run };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    async advance(ms) {
      const untilMs = elapsedMs + ms;
      await settle();
      for (;;) {
        const next = waiting
          .filter((entry) => entry.dueMs <= untilMs)
          .reduce<(typeof waiting)[0] | null>(
            (first, entry) => (first === null || entry.dueMs < first.dueMs ? entry : first),
            null,
          );
        if (next === null) break;
        waiting = waiting.filter((entry) => entry !== next);
        elapsedMs = Math.max(elapsedMs, next.dueMs);
        next.run();
        await settle();
      }
      elapsedMs = untilMs;
    },
  };
}

/** Promises over a disk in memory settle within a few turns of the event loop. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await setImmediate();
}
