/**
 * How often an address may be wrong. A person who mistypes has some tries at once and then one now and again;
 * a program that guesses gets nowhere.
 * @module
 */
export interface Limiter {
  /** Whether it has tries left. */
  allows(address: string): boolean;
  /** One try less. */
  count(address: string): void;
}

export interface LimiterParts {
  readonly tries: number;
  /** After which one try comes back. */
  readonly refillMs: number;
  readonly now: () => number;
}

// One address is some 100 bytes here; when strangers fill this, the oldest are forgotten.
const MAX_ADDRESSES = 10_000;

export function createLimiter({ tries, refillMs, now }: LimiterParts): Limiter {
  const spent = new Map<string, { amount: number; at: number }>();

  function spentNow(name: string): number {
    const found = spent.get(name);
    if (found === undefined) return 0;
    // A clock that was set back gives no try back and takes none.
    const elapsedMs = Math.max(0, now() - found.at);
    return Math.max(0, found.amount - Math.floor(elapsedMs / refillMs));
  }

  return {
    allows: (address) => spentNow(networkOf(address)) < tries,
    count(address) {
      const name = networkOf(address);
      const amount = spentNow(name) + 1;
      spent.delete(name);
      spent.set(name, { amount, at: now() });
      const oldest = spent.keys().next().value;
      if (spent.size > MAX_ADDRESSES && oldest !== undefined) spent.delete(oldest);
    },
  };
}

/** Of IPv6 the /64: whoever has one has all 2^64 addresses in it. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...right].slice(0, 4).join(':');
}
