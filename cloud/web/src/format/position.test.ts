import { expect, it } from 'vitest';
import { formatPosition } from './position.ts';

const at = (latitude: string, longitude: string) => ({
  fields: [
    { name: 'position.latitude', value: latitude, unit: 'lat', code: null },
    { name: 'position.longitude', value: longitude, unit: 'lon', code: null },
  ],
});

it('tells a place with the device’s own digits and the quarters of the sky', () => {
  expect(formatPosition(at('61.4207130', '14.88'), 'en')).toBe('61.4207130° N, 14.88° E');
  expect(formatPosition(at('61.4207130', '14.88'), 'sv')).toBe('61,4207130° N · 14,88° Ö');
});

it('tells south and west by their letters, not by a sign', () => {
  expect(formatPosition(at('-12.12', '-77.04'), 'en')).toBe('12.12° S, 77.04° W');
  expect(formatPosition(at('-12.12', '-77.04'), 'sv')).toBe('12,12° S · 77,04° V');
});

it('tells nothing where no place is told', () => {
  expect(formatPosition({ fields: at('1', '2').fields.slice(1) }, 'en')).toBeNull();
});
