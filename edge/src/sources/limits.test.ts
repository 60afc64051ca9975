import { describe, expect, it } from 'vitest';
import { createByteBudget, createReadingLimit } from './limits.ts';

function takenOf(limit: ReturnType<typeof createReadingLimit>, count: number, atMs: number) {
  let taken = 0;
  for (let i = 0; i < count; i++) if (limit.takes('meter', atMs)) taken++;
  return taken;
}

describe('the readings of a source', () => {
  it.each([
    [{ cadenceMs: 1000, maxPerSecond: null }, 500],
    [{ cadenceMs: 100, maxPerSecond: null }, 2000],
    [{ cadenceMs: 1, maxPerSecond: null }, 20_000],
    [{ cadenceMs: null, maxPerSecond: null }, 20_000],
    [{ cadenceMs: 1000, maxPerSecond: 7 }, 70],
  ])('with %o are at most %i in ten seconds', (source, most) => {
    const limit = createReadingLimit(source);
    expect(takenOf(limit, 50_000, 0)).toBe(most);
    expect(limit.refusedMs).toBe(0);
    expect(takenOf(limit, 50_000, 9_999)).toBe(0);
    expect(takenOf(limit, 50_000, 10_000)).toBe(most);
  });

  it('may be as many times more as there are devices', () => {
    const limit = createReadingLimit({ cadenceMs: 10_000, maxPerSecond: null });
    let taken = 0;
    for (let i = 0; i < 5000; i++) if (limit.takes(`meter-${i % 100}`, 0)) taken++;
    expect(taken).toBe(2000);
  });
});

describe('the bytes of a source', () => {
  it('are all looked at, however fast a serial line is', () => {
    const budget = createByteBudget();
    // 3 Mbaud
    for (let ms = 0; ms < 5000; ms += 100) expect(budget.spend(30_000, false, ms)).toBe(0);
  });

  it('beyond a megabyte a second wait for the next', () => {
    const budget = createByteBudget();
    expect(budget.spend(1024 * 1024, false, 300)).toBe(1000);
    expect(budget.spend(1, false, 1300)).toBe(0);
  });

  it('of noise are looked at for a frame in one piece, each two seconds', () => {
    const budget = createByteBudget();
    expect(budget.spend(60_000, true, 0)).toBe(0);
    expect(budget.spend(10_000, true, 500)).toBe(1500);
    expect(budget.spend(60_000, true, 2000)).toBe(0);
  });
});
