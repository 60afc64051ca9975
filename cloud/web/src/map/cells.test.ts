import { describe, expect, it } from 'vitest';
import { marksOf, reading } from '../../testing/page-fixture.ts';
import { cellOf, cornersOf, sizeOf } from './cells.ts';
import { fixesOf } from './fixes.ts';

const twin = (id: string, grid = 'c-squares') =>
  reading(3, {
    ...{ source: 'wolf~cell', kind: 'position' },
    fields: [
      { name: 'cell.grid', value: grid, unit: null, code: null },
      { name: 'cell.id', value: id, unit: null, code: null },
    ],
  });

describe('a cell', () => {
  it('is the square that the twin names', () => {
    expect(cellOf(twin('1601:132:140'))).toEqual({
      ...{ id: '1601:132:140', south: 63.4, west: 12, north: 63.5, east: 12.1 },
    });
    expect(cornersOf(cellOf(twin('1000'))!)).toEqual([
      [0, 0],
      [10, 10],
    ]);
  });

  it.each([
    ['of another grid', twin('1601:132:140', 'h3')],
    ['without such a square', twin('2601')],
    ['that is exact', reading(1)],
  ])('is none in a reading %s', (_, one) => {
    expect(cellOf(one)).toBeNull();
  });

  it('is told by how far it is across, narrower towards the poles', () => {
    expect(sizeOf(cellOf(twin('1601:132:140'))!)).toEqual({ high: '11', wide: '5.0' });
    expect(sizeOf(cellOf(twin('1000:100:100'))!)).toEqual({ high: '11', wide: '11' });
    expect(sizeOf(cellOf(twin('1601:132:140:100'))!)).toEqual({ high: '1.1', wide: '0.50' });
    expect(sizeOf(cellOf(twin('1601:132'))!)).toEqual({ high: '110', wide: '50' });
  });

  it('stands on the map as its square, and nowhere as a point', () => {
    const [fix] = fixesOf([twin('1601:132:140')], marksOf(3, 3, 1, 1, 1));
    expect(fix).toMatchObject({ accuracy: null, cell: { id: '1601:132:140' } });
  });
});
