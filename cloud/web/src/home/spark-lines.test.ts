import { describe, expect, it } from 'vitest';
import type { Series } from '../api/model.ts';
import { sparkLines } from './spark-lines.ts';

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
