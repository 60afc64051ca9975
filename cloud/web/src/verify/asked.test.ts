import { describe, expect, it } from 'vitest';
import { reading } from '../../testing/page-fixture.ts';
import { firstDifference, isAsked } from './asked.ts';
import type { ShownReading } from './examination.ts';

const listed = reading(7);
const sealed: ShownReading = { ...listed, driver: 'dsmr-p1' };

describe('the evidence that came', () => {
  it('is about the reading that was asked for, or it is not', () => {
    expect(isAsked(sealed, sealed.agent, 7)).toBe(true);
    expect(isAsked(sealed, sealed.agent, 8)).toBe(false);
    expect(isAsked(sealed, 'ff'.repeat(16), 7)).toBe(false);
  });

  it('says what the list says', () => {
    expect(firstDifference(listed, sealed)).toBeNull();
  });

  it.each([
    ['a digit', { fields: [{ ...listed.fields[0]!, value: '1.235' }] }, '1.234 kW', '1.235 kW'],
    [
      'a trailing zero',
      { fields: [{ ...listed.fields[0]!, value: '1.2340' }] },
      '1.234 kW',
      '1.2340 kW',
    ],
    ['a unit', { fields: [{ ...listed.fields[0]!, unit: 'W' }] }, '1.234 kW', '1.234 W'],
    ['a field left out', { fields: [] }, '1.234 kW', null],
    ['the time', { time: 5 }, new Date(listed.time).toISOString(), '1970-01-01T00:00:00.005Z'],
  ])('differs from the list by %s', (_, change, left, right) => {
    expect(firstDifference(listed, { ...sealed, ...change })).toMatchObject({
      listed: left,
      sealed: right,
    });
  });
});
