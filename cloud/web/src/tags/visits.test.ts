import { describe, expect, it } from 'vitest';
import { reading } from '../../testing/page-fixture.ts';
import type { Reading } from '../api/model.ts';
import { visitsOf } from './visits.ts';

const FISH = '999000001752027';
const OTHER_FISH = '999000001752028';
// EPC Tag Data Standard 1.13: SSCC-96 with filter 6, SGTIN-96 with filter 2.
const PALLET = '31D44C83C000000000000000';
const CASES = ['30541B0E10A2F8C000000010', '30541B0E10A2F8C000000011'];

let seq = 0;
const seen = (id: string, second: number, antenna = '1'): Reading =>
  reading(++seq, {
    ...{ kind: 'tag', time: second * 1000 },
    fields: [
      { name: 'tag.id', value: id, unit: null, code: null },
      { name: 'tag.antenna', value: antenna, unit: null, code: null },
    ],
  });
const visits = (...oldestFirst: Reading[]) =>
  visitsOf(oldestFirst.toReversed()).map(({ tag, count, antennas, load }) => ({
    ...{ id: tag.id, count, antennas: antennas.join(''), load: load.map((one) => one.tag.id) },
  }));

describe('visits', () => {
  it('gather what one tag says in passing, with the antennas in their order', () => {
    expect(visits(seen(FISH, 0), seen(FISH, 1), seen(FISH, 20, '2'))).toEqual([
      { id: FISH, count: 3, antennas: '12', load: [] },
    ]);
  });

  it('begin anew when it comes back after more than a minute; the newest comes first', () => {
    expect(visits(seen(FISH, 0), seen(OTHER_FISH, 30), seen(FISH, 61))).toEqual([
      { id: FISH, count: 1, antennas: '1', load: [] },
      { id: OTHER_FISH, count: 1, antennas: '1', load: [] },
      { id: FISH, count: 1, antennas: '1', load: [] },
    ]);
  });

  it('lay the cases on the pallet that they passed with, and on no other', () => {
    const [first = '', second = ''] = CASES;
    expect(visits(seen(first, 0), seen(PALLET, 2), seen(second, 6), seen(first, 300))).toEqual([
      { id: first, count: 1, antennas: '1', load: [] },
      { id: PALLET, count: 1, antennas: '1', load: [first, second] },
    ]);
  });

  it('never lay an animal on a pallet', () => {
    expect(visits(seen(PALLET, 0), seen(FISH, 1)).map(({ id }) => id)).toEqual([FISH, PALLET]);
  });

  it('point to the newest sighting, which can be verified', () => {
    const [first, last] = [seen(FISH, 0), seen(FISH, 5)];
    expect(visitsOf([last, first])[0]?.newest).toBe(last);
  });

  it('leave aside what tells of no tag', () => {
    expect(visitsOf([reading(1, { kind: 'heartbeat', fields: [] })])).toEqual([]);
  });
});
