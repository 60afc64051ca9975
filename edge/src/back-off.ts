export interface BackOffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Full jitter: anywhere between nothing and a bound that doubles with each attempt, so that many never return at once. */
export function backOffMs(attempt: number, limits: BackOffLimits, random: () => number): number {
  return Math.floor(random() * Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(attempt, 30)));
}
