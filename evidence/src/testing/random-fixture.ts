/** For tests: seeded randomness, so that whatever fails can be run again. */

export interface Random {
  /** From 0 up to, not with, `below`. */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
}

/** mulberry32: 32 bits of state. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return { below, pick: (items) => items[below(items.length)]! };
}

/** SIGILL_SEED, else another one each time; whoever fails says which. */
export function testSeed(): number {
  return Number(process.env.SIGILL_SEED ?? Date.now() % 1_000_000);
}
