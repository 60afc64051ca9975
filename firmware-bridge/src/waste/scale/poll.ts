/**
 * Asking an MT-SICS scale: first who it is, then what it weighs, one question at a time.
 * @module
 */

export type PollCommand = 'off' | 'SI' | 'S';

export interface Poll {
  /** When there is something to ask; infinite: never. */
  readonly nextMs: number;
  /** What is asked now, if anything. */
  ask(nowMs: number): readonly Uint8Array[];
  answered(nowMs: number): void;
}

// A balance that waits for its pan to come to rest gives up after some ten seconds and says so.
const PATIENCE_MS = 15_000;

export function createPoll(command: PollCommand, intervalMs: number): Poll {
  let hasAskedWho = false;
  let isWaiting = false;
  let nextMs = command === 'off' ? Number.POSITIVE_INFINITY : 0;
  let askedMs = 0;
  return {
    get nextMs() {
      return nextMs;
    },
    ask(nowMs) {
      if (nowMs < nextMs) return [];
      const question = hasAskedWho ? command : 'I4';
      hasAskedWho = true;
      isWaiting = true;
      askedMs = nowMs;
      nextMs = nowMs + PATIENCE_MS;
      return [new TextEncoder().encode(`${question}\r\n`)];
    },
    answered(nowMs) {
      if (!isWaiting) return;
      isWaiting = false;
      nextMs = Math.max(nowMs, askedMs + intervalMs);
    },
  };
}
