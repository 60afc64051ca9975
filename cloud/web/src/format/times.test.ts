import { describe, expect, it } from 'vitest';
import { formatAge, formatClock, formatInstant, formatMoment, formatZone } from './times.ts';

const moment = Date.UTC(2026, 0, 31, 13, 3, 20);

describe('times', () => {
  it('tells a moment with its zone', () => {
    expect(formatMoment(moment, 'en', 'Europe/Stockholm')).toBe('31 Jan 2026, 14:03:20 CET');
    expect(formatMoment(moment, 'sv', 'Europe/Stockholm')).toBe('31 jan. 2026 14:03:20 CET');
    expect(formatClock(moment, 'en', 'Europe/Stockholm')).toBe('14:03:20');
    expect(formatZone(moment, 'en', 'Europe/Stockholm')).toBe('CET');
    expect(formatInstant(moment)).toBe('2026-01-31T13:03:20.000Z');
  });

  it.each([
    [0, '0 s'],
    [4999, '4 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [3_605_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [190_800_000, '2 d 5 h'],
    [-3000, '0 s'],
  ])('tells %i ms as %s', (ms, expected) => {
    expect(formatAge(ms).replaceAll('\u00a0', ' ')).toBe(expected);
  });
});
