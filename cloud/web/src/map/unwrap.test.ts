import { describe, expect, it } from 'vitest';
import { onBothSides, unwrapLine, unwrapRing } from './unwrap.ts';

describe('an outline on a flat map', () => {
  it('stays as it is where it does not cross the date line', () => {
    const line: [number, number][] = [
      [10, 60],
      [20, 61],
      [15, 59],
      [10, 60],
    ];
    expect(unwrapRing(line)).toEqual(line);
    expect(onBothSides(line)).toEqual([line]);
  });

  it('goes on beyond 180 degrees where it crosses it, and is drawn on both sides', () => {
    const line = unwrapLine([
      [178, 65],
      [-179, 66],
      [-175, 67],
      [179, 68],
    ]);
    expect(line).toEqual([
      [178, 65],
      [181, 66],
      [185, 67],
      [179, 68],
    ]);
    expect(onBothSides(line).map((copy) => copy[0]?.[0])).toEqual([178, -182]);
    expect(onBothSides([[-185, 1]]).map((copy) => copy[0]?.[0])).toEqual([-185, 175]);
  });

  it('is closed along the pole that it goes around', () => {
    const ring = unwrapRing([
      [-180, -80],
      [-60, -75],
      [60, -70],
      [180, -80],
    ]);
    expect(ring.slice(-3)).toEqual([
      [180, -90],
      [-180, -90],
      [-180, -80],
    ]);
  });

  it('of nothing is nothing', () => {
    expect(unwrapRing([])).toEqual([]);
  });
});
