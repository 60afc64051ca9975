/**
 * The clock of everything here that waits, handed in so that a test can turn it. The agent takes the same one.
 * @module
 */
import { type Timers as AgentTimers, systemTimers as agentTimers } from '@sigill/edge';

export interface Timers extends AgentTimers {
  /** ms since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal is aborted. Never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Two functions make a clock: `wait` follows from `after`. */
export function createTimers(now: Timers['now'], after: Timers['after']): Timers {
  return {
    now,
    after,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const done = () => {
          cancel();
          signal.removeEventListener('abort', done);
          resolve();
        };
        const cancel = after(ms, done);
        signal.addEventListener('abort', done);
      }),
  };
}

export const systemTimers = createTimers(() => Date.now(), agentTimers.after);
