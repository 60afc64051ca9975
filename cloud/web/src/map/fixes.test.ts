import { describe, expect, it } from 'vitest';
import { marksOf, reading } from '../../testing/page-fixture.ts';
import { fixesOf, positionOf } from './fixes.ts';

const at = (seq: number, latitude: string, longitude: string, accuracy?: string) =>
  reading(seq, {
    kind: 'position',
    fields: [
      { name: 'position.latitude', value: latitude, unit: 'lat', code: null },
      { name: 'position.longitude', value: longitude, unit: 'lon', code: null },
      ...(accuracy === undefined
        ? []
        : [{ name: 'position.accuracy', value: accuracy, unit: 'm', code: null }]),
    ],
  });

describe('fixes', () => {
  it('have place, accuracy where it is told, and the state of their reading', () => {
    const [newest, oldest] = fixesOf(
      [at(25, '61.42', '14.88', '3.9'), at(5, '-1.5', '-70')],
      marksOf(3, 3, 1, 1, 1),
    );
    expect(newest).toMatchObject({ at: [61.42, 14.88], accuracy: 3.9, state: 'logged' });
    expect(oldest).toMatchObject({ at: [-1.5, -70], accuracy: null, state: 'final' });
  });

  it.each([
    ['beyond the poles', '91', '181'],
    ['with an empty latitude', '', '14.88'],
    ['that are words', 'north', 'east'],
  ])('are none %s', (_, latitude, longitude) => {
    expect(positionOf(at(1, latitude, longitude))).toBeNull();
  });

  it('are none where only half is told, or nothing', () => {
    expect(positionOf({ fields: at(1, '61', '14').fields.slice(0, 1) })).toBeNull();
    expect(fixesOf([reading(1, { kind: 'heartbeat', fields: [] })], new Map())).toEqual([]);
  });
});
