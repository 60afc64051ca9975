import { describe, expect, it } from 'vitest';
import { dayBounds, isDay, monthBounds, monthOf, shiftMonth, weeksOf } from './calendar.ts';
import { sumDay } from './day-sum.ts';
import { parseCompleteness, type StreamDay } from './model.ts';

const day = (changes: Partial<StreamDay>): StreamDay => ({
  ...{ from: 0, to: 1, first: null, last: null, count: 0, expected: 0, gaps: [], gapCount: 0 },
  ...{ missing: [], erased: 0, silent: false, open: false, state: 'none' },
  ...changes,
});

describe('a day over all streams', () => {
  it('is as bad as its worst stream, and counts all of them', () => {
    const sum = sumDay([
      day({ count: 8, expected: 8, state: 'complete' }),
      day({ count: 3, expected: 5, missing: [[2, 3]], state: 'missing' }),
      day({ state: 'none', open: true }),
    ]);
    expect(sum).toMatchObject({
      state: 'missing',
      count: 11,
      expected: 13,
      missing: 2,
      open: false,
    });
  });

  it('is nothing yet only where no stream has anything', () => {
    expect(sumDay([]).state).toBe('none');
    expect(sumDay([day({}), day({ state: 'complete' })]).state).toBe('complete');
    expect(sumDay([day({ state: 'complete', open: true })]).open).toBe(true);
  });
});

describe('a month', () => {
  it('has weeks from Monday on, whatever its length', () => {
    const november = weeksOf('2026-11');
    expect(november[0]).toEqual([null, null, null, null, null, null, '2026-11-01']);
    expect(november.at(-1)?.[0]).toBe('2026-11-30');
    expect(weeksOf('2024-02').flat().filter(Boolean)).toHaveLength(29);
    expect(weeksOf('2027-02')).toHaveLength(4);
  });

  it('begins and ends in UTC', () => {
    expect(monthBounds('2026-12')).toEqual({ from: Date.UTC(2026, 11), to: Date.UTC(2027, 0) });
    expect(dayBounds('2026-03-29').to - dayBounds('2026-03-29').from).toBe(86_400_000);
    expect([shiftMonth('2026-01', -1), shiftMonth('2026-12', 1)]).toEqual(['2025-12', '2027-01']);
    expect(monthOf(Date.UTC(2026, 6, 31, 23, 59))).toBe('2026-07');
  });

  it('knows a day from what is none', () => {
    expect(['2026-02-28', '2026-02-30', '2026-2-1', '2026-13-01', 'x'].map(isDay)).toEqual([
      true,
      ...Array(4).fill(false),
    ]);
  });
});

describe('what the server says', () => {
  it('is taken in its form, and refused in any other', () => {
    const json = { streams: [{ source: 's', device: '', lastTime: 5, steps: [day({})] }] };
    expect(parseCompleteness(json)).toMatchObject([{ days: [{ state: 'none' }] }]);
    for (const spoilt of [
      null,
      {},
      { streams: [{}] },
      { streams: [{ ...json.streams[0], steps: [{}] }] },
    ])
      expect(() => parseCompleteness(spoilt)).toThrow('another form');
  });
});
