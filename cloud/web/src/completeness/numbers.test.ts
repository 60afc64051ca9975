import { describe, expect, it } from 'vitest';
import { findProjection } from '../../../src/projections/registry.ts';
import { stream } from '../../testing/page-fixture.ts';
import { numbersOf } from './numbers.ts';

const fields = (...names: string[]) => names.map((name) => ({ name, unit: 'x' }));

describe('the numbers of a day', () => {
  it('are those that its streams can give, each by a projection of this release', () => {
    const streams = [
      stream({ device: 'm', fields: fields('energy.import', 'energy.import.t1', 'power.import') }),
      stream({ device: 't', fields: fields('tag.id') }),
      stream({ device: 'p', fields: fields('position.latitude', 'position.longitude') }),
      stream({ device: 'b', fields: fields('distance') }),
    ];
    const numbers = numbersOf(streams, { emptyMm: 1400, fullMm: 250 });
    expect(numbers.map(({ kind, device }) => `${kind} ${device}`)).toEqual([
      'consumption m',
      'consumption m',
      'sightings t',
      'visits t',
      'track p',
      'level b',
    ]);
    for (const { projection, assumptions } of numbers) {
      const { device, source } = { device: 'none', source: 's' };
      // Whatever is wrong with it, its assumptions are not.
      expect(() =>
        findProjection(projection)?.project(
          [{ device, source, first: 0, count: 0, readings: [], holes: [] }],
          { from: 0, to: 1 },
          assumptions,
        ),
      ).toThrow('no stream of device');
    }
  });

  it('leave out a level where nobody knows how deep the bin is, but for a sensor that tells it', () => {
    expect(numbersOf([stream({ fields: fields('distance') })], null)).toEqual([]);
    expect(numbersOf([stream({ fields: fields('level') })], null)).toHaveLength(1);
  });
});
