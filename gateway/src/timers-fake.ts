/**
 * A clock that stands still until it is turned.
 * @module
 */
import { createTimers, type Timers } from './timers.ts';

export interface FakeTimers extends Timers {
  /** Runs whatever falls due, and ends every wait that does. */
  advance(ms: number): void;
  /** Resolves with the length of the next wait somebody begins (or began and nobody asked about). */
  nextWait(): Promise<number>;
}

export function createFakeTimers(start = 1_760_000_000_000): FakeTimers {
  let now = start;
  const waiting = new Set<{ dueMs: number; run: () => void }>();
  const begun: number[] = [];
  const curious: ((ms: number) => void)[] = [];
  const timers = createTimers(
    () => now,
    (delayMs, run) => {
      const entry = { dueMs: now + delayMs, run };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
  );

  return {
    ...timers,
    wait(ms, signal) {
      const ended = timers.wait(ms, signal);
      if (signal.aborted) return ended;
      const ask = curious.shift();
      if (ask) ask(ms);
      else begun.push(ms);
      return ended;
    },
    advance(ms) {
      now += ms;
      for (const entry of [...waiting].filter(({ dueMs }) => dueMs <= now)) {
        if (waiting.delete(entry)) entry.run();
      }
    },
    nextWait() {
      const ms = begun.shift();
      return ms === undefined
        ? new Promise((resolve) => curious.push(resolve))
        : Promise.resolve(ms);
    },
  };
}
