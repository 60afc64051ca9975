/** How often an address may give a wrong code: some times at once, then one now and again. */
export interface WrongTries {
  left(address: string): boolean;
  count(address: string): void;
}

// A person mistypes a handful of times; then one try each half minute is enough.
const TRIES = 20;
const REFILL_MS = 30_000;
// A site has a few hundred machines; beyond that the oldest are forgotten.
const MAX_ADDRESSES = 1_000;

export function createWrongTries(now: () => number): WrongTries {
  const spent = new Map<string, { amount: number; at: number }>();

  function spentNow(address: string): number {
    const found = spent.get(address);
    if (found === undefined) return 0;
    return Math.max(0, found.amount - Math.floor((now() - found.at) / REFILL_MS));
  }

  return {
    left: (address) => spentNow(address) < TRIES,
    count(address) {
      const amount = spentNow(address) + 1;
      spent.delete(address);
      spent.set(address, { amount, at: now() });
      const oldest = spent.keys().next().value;
      if (spent.size > MAX_ADDRESSES && oldest !== undefined) spent.delete(oldest);
    },
  };
}
