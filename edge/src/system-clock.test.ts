import { describe, expect, it } from 'vitest';
import { createSystemClock, readBootId } from './system-clock.ts';

describe('the clocks of this box', () => {
  it('tell wall time, time since the kernel booted, and how good they are', () => {
    const clock = createSystemClock();

    expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(1000);
    expect(Number.isSafeInteger(clock.uptimeMs())).toBe(true);
    expect(clock.uptimeMs()).toBeGreaterThan(0);
    expect(clock.quality().maxErrorMs).toBeNull();
    expect([0, 2, 3]).toContain(clock.quality().quality);
  });

  it('never let uptime go back', () => {
    const clock = createSystemClock();
    const times = Array.from({ length: 10_000 }, () => clock.uptimeMs());

    expect(times).toEqual(times.toSorted((left, right) => left - right));
  });

  it('know the boot by 16 bytes that stay the same', () => {
    expect(readBootId()).toHaveLength(16);
    expect(readBootId()).toEqual(readBootId());
  });
});
