import { describe, expect, it } from 'vitest';
import { createSpinWatchdog } from './spin-watchdog.ts';

// A spinning process on a board whose processors have other work too.
const SPINNING = { cpuMs: 120, wallMs: 500, bytes: 0 };
const QUIET = { cpuMs: 2, wallMs: 500, bytes: 0 };

describe('spin watchdog', () => {
  it('barks at the third busy sample in a row without bytes', () => {
    const watchdog = createSpinWatchdog();
    const barks = [SPINNING, SPINNING, SPINNING].map((sample) => watchdog.isSpinning(sample));
    expect(barks).toEqual([false, false, true]);
  });

  it('forgets when it turns quiet', () => {
    const watchdog = createSpinWatchdog();
    const samples = [SPINNING, SPINNING, QUIET, SPINNING, SPINNING];
    expect(samples.some((sample) => watchdog.isSpinning(sample))).toBe(false);
  });

  it('lets a busy port read', () => {
    const watchdog = createSpinWatchdog();
    const reading = { cpuMs: 480, wallMs: 500, bytes: 46_000 };
    expect([1, 2, 3, 4].some(() => watchdog.isSpinning(reading))).toBe(false);
  });
});
