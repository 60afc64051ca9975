import { describe, expect, it } from 'vitest';
import { createP1Clock } from './p1-time.ts';

const iso = (zone: string, text: string) => {
  const time = createP1Clock(zone)(text);
  return time === null ? null : new Date(time).toISOString();
};

describe('P1 time', () => {
  it.each([
    ['Europe/Amsterdam', '170102192002W', '2017-01-02T18:20:02.000Z'],
    ['Europe/Amsterdam', '200807082711S', '2020-08-07T06:27:11.000Z'],
    ['Europe/Amsterdam', '240229120000W', '2024-02-29T11:00:00.000Z'],
    ['Europe/London', '240729120000S', '2024-07-29T11:00:00.000Z'],
    ['Pacific/Auckland', '240115120000S', '2024-01-14T23:00:00.000Z'],
    ['Asia/Kolkata', '240115120000W', '2024-01-15T06:30:00.000Z'],
    ['Asia/Kolkata', '240115120000', '2024-01-15T06:30:00.000Z'],
  ])('in %s, %s is %s', (zone, text, expected) => {
    expect(iso(zone, text)).toBe(expected);
  });

  it.each([
    ['no date', '230229120000W'],
    ['no month', '231301120000W'],
    ['no day', '230100120000W'],
    ['no minute', '230101126000W'],
    ['no second', '230101120060W'],
    ['an unset clock', '700101000000W'],
    ['summer time before it begins', '240331023000S'],
    ['another mark', '240331023000X'],
    ['too few digits', '24033102300W'],
    ['nothing', ''],
  ])('is null for %s', (_, text) => {
    expect(iso('Europe/Amsterdam', text)).toBeNull();
  });

  it('answers the same after more quarters than it keeps', () => {
    const clock = createP1Clock('Europe/Stockholm');
    const first = clock('240115120000');
    for (let day = 1; day <= 28; day++)
      for (let hour = 0; hour < 24; hour++)
        clock(`2402${String(day).padStart(2, '0')}${String(hour).padStart(2, '0')}0000`);
    expect(clock('240115120000')).toBe(first);
  });

  it('throws for a zone there is not', () => {
    expect(() => createP1Clock('Europe/Atlantis')).toThrow(RangeError);
  });
});
