/**
 * How long to wait before the next try.
 * @module
 */

export interface BackOffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Full jitter: anywhere between nothing and a bound that doubles with each attempt, so that a street of gateways does
 * not knock at one door at once. The first attempt is number 0.
 */
export function backOffMs(attempt: number, limits: BackOffLimits, random: () => number): number {
  return Math.floor(random() * Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(attempt, 30)));
}
