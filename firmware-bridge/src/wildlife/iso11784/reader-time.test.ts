import { describe, expect, it } from 'vitest';
import { createReaderClock } from './reader-time.ts';

const at = (text: string, zone = 'America/Los_Angeles') => {
  const ms = createReaderClock(zone)(text);
  return ms === null ? null : new Date(ms).toISOString();
};

describe('a reader’s clock', () => {
  it.each([
    ['01/02/2026 03:04:05', '2026-01-02T11:04:05.000Z'],
    ['07/02/2026 03:04:05.6', '2026-07-02T10:04:05.600Z'],
    ['03/08/2026 01:59:59.999', '2026-03-08T09:59:59.999Z'],
    ['03/08/2026 03:00:00.000', '2026-03-08T10:00:00.000Z'],
  ])('%s is %s', (text, due) => {
    expect(at(text)).toBe(due);
  });

  it.each([
    ['an hour that comes twice', '11/01/2026 01:30:00.000'],
    ['an hour that never comes', '03/08/2026 02:30:00.000'],
    ['the thirteenth month', '13/01/2026 00:00:00.000'],
    ['30 February', '02/30/2026 00:00:00.000'],
    ['a year before all clocks', '01/01/0042 00:00:00.000'],
    ['something else', '2026-01-01 00:00:00'],
  ])('%s is none', (_, text) => {
    expect(at(text)).toBeNull();
  });

  it('is no instant without a zone', () => {
    expect(at('01/02/2026 03:04:05', '')).toBeNull();
  });
});
