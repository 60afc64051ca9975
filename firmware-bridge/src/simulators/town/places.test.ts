import { describe, expect, it } from 'vitest';
import { CENTRE, findPlace, findStreet, metresBetween, places, streets } from './places.ts';

describe('Sigillstad', () => {
  it('has each place once, within two kilometres of the square', () => {
    expect(new Set(places.map(({ name }) => name)).size).toBe(places.length);
    for (const { name, at } of places) expect(metresBetween(at, CENTRE), name).toBeLessThan(2000);
  });

  it('has its bridge where the road crosses the river, and its ladder in the river', () => {
    const river = findStreet('Sigillån').line;
    expect(river).toContainEqual(findPlace('bridge').at);
    expect(findStreet('Storgatan').line).toContainEqual(findPlace('bridge').at);
    expect(river).toContainEqual(findPlace('fishLadder').at);
  });

  it('is drawn with steps a walker can follow', () => {
    for (const { name, line } of streets) {
      expect(line.length, name).toBeGreaterThan(1);
      for (const [i, to] of line.entries())
        if (i > 0) expect(metresBetween(line[i - 1] ?? to, to), name).toBeGreaterThan(1);
    }
  });

  it('says so when asked for what it does not have', () => {
    expect(() => findStreet('Drottninggatan')).toThrow(/no street Drottninggatan/);
    expect(() => findPlace('castle' as 'square')).toThrow(/has no castle/);
  });
});
