/**
 * How long to wait before the next try.
 * @module
 */

export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * Full jitter: anything between nothing and a bound that doubles with each failure, so that a street of gateways
 * does not knock at one door at once.
 */
export function backoffMs(
  { firstMs, mostMs }: Backoff,
  failures: number,
  random: () => number,
): number {
  const doublings = Math.min(Math.max(failures - 1, 0), 30);
  return random() * Math.min(mostMs, firstMs * 2 ** doublings);
}
