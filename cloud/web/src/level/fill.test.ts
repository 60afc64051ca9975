import { describe, expect, it } from 'vitest';
import type { Series } from '../api/model.ts';
import { emptiedAt, fillOf, fillSeries } from './fill.ts';

const field = (name: string, value: string, unit: string) => ({ name, value, unit, code: null });
const says = (name: string, value: string, unit: string) => ({
  fields: [field(name, value, unit)],
});
const shape = { emptyMm: 1400, fullMm: 250 };
const series = (unit: string, ...values: number[]): Series => ({
  ...{ unit, values, low: values, high: values, times: values.map((_, i) => i * 1000) },
});

describe('how full', () => {
  it('is what the sensor says, where it says it', () => {
    expect(fillOf(says('level', '62.5', '%'), shape)).toMatchObject({
      percent: 62.5,
      computed: false,
    });
    expect(fillOf(says('level', '0.625', '/'), null)).toMatchObject({ percent: 62.5 });
  });

  it.each([
    ['1400', 'mm', 0],
    ['250', 'mm', 100],
    ['82.5', 'cm', 50],
    ['1.5', 'm', 0],
    ['10', 'mm', 100],
  ])('is computed from a distance of %s %s and the bin’s shape: %i', (value, unit, percent) => {
    expect(fillOf(says('distance', value, unit), shape)).toMatchObject({ percent, computed: true });
  });

  it('is not known of a bin whose depth nobody told, nor in a unit nobody knows', () => {
    expect(fillOf(says('distance', '500', 'mm'), null)).toMatchObject({
      percent: null,
      computed: false,
    });
    expect(fillOf(says('distance', '500', 'furlong'), shape)?.percent).toBeNull();
    expect(fillOf(says('temperature', '8', 'Cel'), shape)).toBeNull();
  });

  it('is drawn so that the curve rises as the bin fills', () => {
    const drawn = fillSeries(
      { ...series('mm', 1400, 825), low: [1300, 800], high: [1400, 900] },
      shape,
    );
    expect(drawn).toMatchObject({ unit: '%', values: [0, 50] });
    expect(drawn.low[0]).toBeLessThan(drawn.high[0] as number);
    expect(fillSeries(series('%', 10), shape).values).toEqual([10]);
    expect(fillSeries(series('mm', 10), null).values).toEqual([10]);
  });
});

describe('emptied', () => {
  it('is the first point after the last fall by a third', () => {
    expect(emptiedAt(series('%', 80, 5, 40, 90, 10, 20))).toBe(4000);
  });

  it('is not a lid that was open for a moment, nor anything that is no per cent', () => {
    expect(emptiedAt(series('%', 40, 42, 39, 45))).toBeNull();
    expect(emptiedAt(series('mm', 1400, 300))).toBeNull();
    expect(emptiedAt(series('%'))).toBeNull();
  });
});
