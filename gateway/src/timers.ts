/**
 * The clock of everything here that waits, handed in so that a test can turn it.
 * @module
 */
import type { Timers as AgentTimers } from '@sigill/edge';

export interface Timers {
  /** ms since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal is aborted. Never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemTimers: Timers = {
  now: () => Date.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
    }),
};

/** The same clock in the form that the agent asks for. */
export function asAgentTimers(timers: Timers): AgentTimers {
  return {
    after(delayMs, run) {
      const cancelled = new AbortController();
      void timers.wait(delayMs, cancelled.signal).then(() => {
        if (!cancelled.signal.aborted) run();
      });
      return () => cancelled.abort();
    },
  };
}
