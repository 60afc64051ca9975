import { describe, expect, it } from 'vitest';
import { reading } from '../../testing/page-fixture.ts';
import type { Series } from '../api/model.ts';
import {
  extendSeries,
  extentOf,
  holesOf,
  isDownsampled,
  lonelyPoints,
  nearestPoint,
  startOf,
  toCurve,
} from './curve-data.ts';

const series = (times: number[], spread = 0): Series => ({
  unit: 'kW',
  times,
  values: times.map(() => 2),
  low: times.map(() => 2 - spread),
  high: times.map(() => 2 + spread),
});

describe('the curve', () => {
  it('goes on with readings newer than the server’s series, in order', () => {
    const time = reading(1).time;
    const extended = extendSeries(
      series([time]),
      [reading(3), reading(2), reading(1)],
      'power.import',
    );
    expect(extended.times).toEqual([time, reading(2).time, reading(3).time]);
    expect(extended.values).toEqual([2, 1.234, 1.234]);
  });

  it('leaves out readings without the field, or with a text in it', () => {
    const text = reading(2, {
      fields: [{ name: 'power.import', value: 'off', unit: null, code: null }],
    });
    expect(extendSeries(series([]), [text], 'power.import').times).toEqual([]);
    expect(extendSeries(series([]), [reading(2)], 'voltage').times).toEqual([]);
  });

  it('shows a silence as a hole, and a late reading as none', () => {
    const data = series([1000, 2000, 3000, 5000, 6000, 60_000, 61_000]);
    const holes = holesOf(data, 62_000);
    expect(holes).toEqual([{ from: 6000, to: 60_000 }]);
    const [times, values] = toCurve(data, holes);
    expect(times).toEqual([1, 2, 3, 5, 6, 33, 60, 61]);
    expect(values).toEqual([2, 2, 2, 2, 2, null, 2, 2]);
  });

  it('shows the silence that lasts until now, once a batch cannot be that late', () => {
    expect(holesOf(series([1000, 2000]), 60_000)).toEqual([]);
    expect(holesOf(series([1000, 2000]), 70_000)).toEqual([{ from: 2000, to: 70_000 }]);
  });

  it('has no holes with one point or none', () => {
    expect(holesOf(series([]), 1e9)).toEqual([]);
    expect(holesOf(series([1000]), 1e9)).toEqual([]);
    expect(toCurve(series([1000]), [])[0]).toEqual([1]);
  });

  it('finds the points that stand alone', () => {
    expect(lonelyPoints([1])).toEqual([0]);
    expect(lonelyPoints([1, 2, null, 3, null, 4, 5])).toEqual([3]);
    expect(lonelyPoints([])).toEqual([]);
  });

  it('begins with the first reading of a stream that is younger than the range', () => {
    const young = series([700_000, 701_000, 702_000]);
    expect(startOf(young, 2, 1_000_000, 900_000)).toBe(700_000);
    expect(startOf(young, 2, 703_000, 900_000)).toBe(643_000);
    expect(startOf(young, 3, 1_000_000, 900_000)).toBe(100_000);
    expect(startOf(young, 2, 1_000_000, 200_000)).toBe(800_000);
    expect(startOf(null, 0, 1_000_000, 900_000)).toBe(100_000);
  });

  it('knows its lowest and highest, from the band', () => {
    expect(extentOf(series([1, 2], 0.5))).toEqual({ lowest: 1.5, highest: 2.5 });
    expect(extentOf(series([]))).toBeNull();
    expect(isDownsampled(series([1], 0.5))).toBe(true);
    expect(isDownsampled(series([1]))).toBe(false);
  });

  it.each([
    [0, 0],
    [1400, 0],
    [1600, 1],
    [2000, 1],
    [99_000, 2],
  ])('finds the point nearest to %i', (time, index) => {
    expect(nearestPoint(series([1000, 2000, 9000]), time)).toBe(index);
  });

  it('finds no point where there is none', () => {
    expect(nearestPoint(series([]), 5)).toBe(-1);
  });
});
