/**
 * A clock that stands still until it is turned.
 * @module
 */
import type { Timers } from './timers.ts';

export interface FakeTimers extends Timers {
  /** Ends every wait that falls due. */
  advance(ms: number): void;
  /** Resolves with the length of the next wait somebody begins (or began and nobody asked about). */
  nextWait(): Promise<number>;
}

export function createFakeTimers(start = 1_760_000_000_000): FakeTimers {
  let now = start;
  const waiting = new Set<{ until: number; done: () => void }>();
  const begun: number[] = [];
  const curious: ((ms: number) => void)[] = [];

  return {
    now: () => now,
    wait(ms, signal) {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const entry = {
          until: now + ms,
          done: () => {
            waiting.delete(entry);
            resolve();
          },
        };
        waiting.add(entry);
        signal.addEventListener('abort', entry.done, { once: true });
        const ask = curious.shift();
        if (ask) ask(ms);
        else begun.push(ms);
      });
    },
    advance(ms) {
      now += ms;
      for (const entry of [...waiting]) if (entry.until <= now) entry.done();
    },
    nextWait() {
      const ms = begun.shift();
      return ms === undefined
        ? new Promise((resolve) => curious.push(resolve))
        : Promise.resolve(ms);
    },
  };
}
