import { describe, expect, it } from 'vitest';
import { isFlow, valueRange } from './value-range.ts';

describe('the value axis', () => {
  it.each([
    ['power begins at nothing', 1, 4, true, [0, 4.4]],
    ['power that turns goes below it', -2, 2, true, [-2.4, 2.4]],
    ['no power at all is a line on the floor', 0, 0, true, [0, 1]],
    ['a voltage gets the room around it', 220, 230, false, [219, 231]],
    ['a register that stands still is in the middle', 50, 50, false, [45, 55]],
  ] as const)('%s', (_, low, high, fromZero, [from, to]) => {
    const [left, right] = valueRange(low, high, fromZero);
    expect(left).toBeCloseTo(from);
    expect(right).toBeCloseTo(to);
  });

  it('knows what flows by its unit', () => {
    expect(['kW', 'A', 'V', 'kWh', null].map(isFlow)).toEqual([true, true, false, false, false]);
  });
});
