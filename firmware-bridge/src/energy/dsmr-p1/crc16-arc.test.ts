import { expect, it } from 'vitest';
import { crc16Arc } from './crc16-arc.ts';

it('gives the check value of CRC-16/ARC', () => {
  expect(crc16Arc(new TextEncoder().encode('123456789'))).toBe(0xbb3d);
});

it('stops where it is told', () => {
  expect(crc16Arc(new TextEncoder().encode('123456789 and more'), 9)).toBe(0xbb3d);
});
