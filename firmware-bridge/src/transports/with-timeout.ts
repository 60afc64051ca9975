/**
 * A promise that does not wait for ever.
 * @module
 */
import type { Timers } from './reconnecting.ts';

/** Rejects with what `late` returns when `work` is not settled in time. */
export function withTimeout<T>(
  work: Promise<T>,
  ms: number,
  timers: Timers,
  late: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => reject(late()));
    work.then(resolve, reject).finally(cancel);
  });
}
