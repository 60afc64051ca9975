import { describe, expect, it } from 'vitest';
import { readSources } from './config.ts';
import { createConfigSection } from './config-section.ts';

const HOUR_MS = 3_600_000;

function sensitiveOf(sensitive: unknown) {
  const source = {
    name: 'wolf',
    driver: 'nmea0183',
    transport: { tcp: '127.0.0.1:2000' },
    sensitive,
  };
  const file = createConfigSection('gateway.yaml', '', { sources: [source] }, ['sources']);
  return readSources(file)[0]!.sensitive;
}

describe('a source is marked sensitive', () => {
  it('not unless it says so', () => {
    expect(sensitiveOf(undefined)).toBeUndefined();
  });

  it.each([
    [{ cell: 10_000, time: '1 day' }, '10000 m', 24 * HOUR_MS],
    [{ cell: '0.1 deg', time: '6 hours' }, '0.1 deg', 6 * HOUR_MS],
    [{ cell: '0.05 degrees', time: '15 minutes' }, '0.05 deg', HOUR_MS / 4],
    [{ cell: '500m', time: '31days' }, '500 m', 31 * 24 * HOUR_MS],
    [{ cell: '1 deg', time: '60 minutes' }, '1 deg', HOUR_MS],
  ])('with a cell and a period: %j', (written, cell, periodMs) => {
    expect(sensitiveOf(written)).toEqual({ cell, periodMs });
  });

  it.each([
    ['yes', /sources\[0\]\.sensitive: found yes; write how coarse its positions are shown/],
    [
      { cell: 10_000, time: '1 day', blur: 3 },
      /sensitive\.blur: no such key; write one of cell, time/,
    ],
    [
      { time: '1 day' },
      /sensitive\.cell: found nothing; write metres from 100 to 1000000, such as/,
    ],
    [{ cell: 50, time: '1 day' }, /sensitive\.cell: found 50; write metres/],
    [{ cell: 0.1, time: '1 day' }, /sensitive\.cell: found 0\.1; write .* 0\.1 deg/],
    [{ cell: '0.2 deg', time: '1 day' }, /found 0\.2 deg; write .*10 deg, 5 deg, 1 deg/],
    [{ cell: 10_000 }, /sensitive\.time: found nothing; write a period that begins alike each day/],
    [
      { cell: 10_000, time: '7 hours' },
      /sensitive\.time: found 7 hours; write .*hours that divide a day/,
    ],
    [{ cell: 10_000, time: '90 minutes' }, /found 90 minutes/],
    [{ cell: 10_000, time: '0 days' }, /found 0 days/],
    [{ cell: 10_000, time: '32 days' }, /found 32 days/],
    [{ cell: 10_000, time: 60 }, /sensitive\.time: found 60; write/],
  ])('or told what to write instead: %j', (written, message) => {
    expect(() => sensitiveOf(written)).toThrow(message);
  });
});
