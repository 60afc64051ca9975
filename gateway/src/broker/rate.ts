/**
 * A bucket of tokens: so many a second, and a burst of one second's worth. It may go into debt, so that one large
 * packet is let through and those after it wait.
 * @module
 */
export interface Rate {
  /** ms until there is a token; 0: there is one. */
  waitMs(nowMs: number): number;
  take(tokens: number): void;
}

export function createRate(perSecond: number, burst = perSecond): Rate {
  let tokens = burst;
  let filledMs: number | null = null;

  return {
    waitMs(nowMs) {
      // A clock that jumps back fills nothing; one that jumps ahead fills the bucket and no more.
      const elapsedMs = Math.max(0, nowMs - (filledMs ?? nowMs));
      filledMs = nowMs;
      tokens = Math.min(burst, tokens + (elapsedMs / 1000) * perSecond);
      return tokens > 0 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
    take(count) {
      tokens -= count;
    },
  };
}
