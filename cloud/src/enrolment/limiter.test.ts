import { describe, expect, it } from 'vitest';
import { createLimiter } from './limiter.ts';

function limiter(tries = 3) {
  const clock = { now: 0 };
  return { clock, ...createLimiter({ tries, refillMs: 1000, now: () => clock.now }) };
}

describe('an address', () => {
  it('has some tries at once, and then one now and again', () => {
    const { clock, allows, count } = limiter();
    for (let tries = 0; tries < 3; tries += 1) {
      expect(allows('10.0.0.7')).toBe(true);
      count('10.0.0.7');
    }
    expect(allows('10.0.0.7')).toBe(false);
    expect(allows('10.0.0.8')).toBe(true);
    clock.now += 1000;
    expect(allows('10.0.0.7')).toBe(true);
    count('10.0.0.7');
    expect(allows('10.0.0.7')).toBe(false);
  });

  it('is not shut out by a clock that is set back', () => {
    const { clock, allows, count } = limiter();
    count('10.0.0.7');
    clock.now -= 3_600_000;
    expect(allows('10.0.0.7')).toBe(true);
  });

  it('of IPv6 is the network of 2^64 that one owner has', () => {
    const { allows, count } = limiter(1);
    count('2001:db8:1:2::7');
    expect(allows('2001:db8:1:2:ffff::1')).toBe(false);
    expect(allows('2001:db8:1:3::7')).toBe(true);
    count('::1');
    expect(allows('::2')).toBe(false);
    count('::ffff:10.0.0.7');
    expect(allows('::ffff:10.0.0.8')).toBe(true);
  });

  it('is forgotten when strangers fill the memory', () => {
    const { allows, count } = limiter(1);
    for (let host = 0; host <= 10_000; host += 1) count(`host-${host}`);
    expect(allows('host-0')).toBe(true);
    expect(allows('host-10000')).toBe(false);
  });
});
