import { describe, expect, it } from 'vitest';
import { backOffMs } from './back-off.ts';

describe('back-off', () => {
  const limits = { firstMs: 100, maxMs: 30_000 };

  it('is anything from nothing to its bound', () => {
    expect(backOffMs(2, limits, () => 0)).toBe(0);
    expect(backOffMs(2, limits, () => 0.5)).toBe(200);
  });

  it('stays in bounds after any number of attempts', () => {
    expect(backOffMs(0, limits, () => 1)).toBe(100);
    expect(backOffMs(100_000, limits, () => 1)).toBe(30_000);
  });
});
