import { describe, expect, it } from 'vitest';
import { reading } from '../../testing/page-fixture.ts';
import type { Reading, Series } from '../api/model.ts';
import { sparkLines, sparkStart } from './spark-lines.ts';

const series = (...values: number[]): Series => ({
  ...{ unit: 'kW', values, low: values, high: values, times: values.map((_, i) => i * 100) },
});
const frame = { from: 0, to: 300, limits: [0, 10] as const, fromZero: true };

describe('a small curve', () => {
  it('runs from left to right, its values from the bottom up', () => {
    expect(sparkLines(series(0, 10, 5, 0), [], frame).line).toBe('M0 58L100 2L200 30L300 58');
  });

  it('is broken where nothing was read', () => {
    const { line } = sparkLines(series(0, 10, 5, 0), [{ from: 100, to: 200 }], frame);
    expect(line).toBe('M0 58L100 2M200 30L300 58');
  });

  it('shows a lonely point', () => {
    expect(sparkLines(series(10), [], frame).line).toBe('M0 2h0');
  });

  it('is filled down to the bottom only where its axis begins at nothing', () => {
    expect(sparkLines(series(0, 10), [], frame).area).toBe('M0 60L0 58L100 2L100 60Z');
    expect(sparkLines(series(0, 10), [], { ...frame, fromZero: false }).area).toBe('');
  });

  it('is nothing where there is nothing, and leaves out what lies outside its time', () => {
    expect(sparkLines(series(), [], frame).line).toBe('');
    expect(sparkLines(series(1, 2, 3, 4), [], { ...frame, from: 1000, to: 2000 }).line).toBe('');
  });
});

describe('where it begins', () => {
  // One reading a second; the newest is number `n`.
  const now = 10_000_000;
  const readings = (n: number) =>
    [n, n - 1, n - 2, n - 3].map((one) => reading(one, { time: now - (n - one) * 1000 }));
  const from = (ms: number) => ({ ...series(1, 2), times: [now - ms, now] });

  it('is the first reading of a device that is younger than the range', () => {
    expect(sparkStart(from(600_000), readings(600), now, 3_600_000)).toBe(now - 600_000);
  });

  it('is not moved by one long silence', () => {
    const [newest, ...older] = readings(600);
    const late = [{ ...(newest as Reading), time: now + 500_000 }, ...older];
    expect(sparkStart(from(600_000), late, now + 500_000, 3_600_000)).toBe(now - 600_000);
  });

  it('is the whole range where an older one was silent before', () => {
    expect(sparkStart(from(600_000), readings(90_000), now, 3_600_000)).toBe(now - 3_600_000);
  });

  it('is a minute ago at the latest, and the whole range where nothing is known', () => {
    expect(sparkStart(from(5000), readings(5), now, 3_600_000)).toBe(now - 60_000);
    expect(sparkStart(null, readings(5), now, 3_600_000)).toBe(now - 3_600_000);
    expect(sparkStart(from(5000), [], now, 3_600_000)).toBe(now - 3_600_000);
  });
});
