import { formatDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { noise } from '../../simulators/random.ts';
import { LATITUDE, LONGITUDE, readDegrees } from './degrees.ts';

const degrees = (text: string, hemisphere = 'N') =>
  formatDecimal(readDegrees(text, hemisphere, LATITUDE));

describe('degrees', () => {
  it.each([
    ['4717.1136', '47.285227'],
    ['0000.0000', '0.000000'],
    ['9000', '90.00'],
    ['0100.', '1.00'],
    ['0000.0003', '0.000005'],
    ['0059.99999', '0.9999998'],
  ])('%s minutes are %s', (text, due) => {
    expect(degrees(text)).toBe(due);
  });

  it('have no sign at the equator', () => {
    expect(degrees('0000.0000', 'S')).toBe('0.000000');
  });

  it('give the receiver’s digits back when multiplied by sixty', () => {
    for (let i = 0; i < 2000; i++) {
      const decimals = Math.floor(noise(3, i) * 11);
      const whole = `${String(Math.floor(noise(4, i) * 180)).padStart(3, '0')}${String(Math.floor(noise(5, i) * 60)).padStart(2, '0')}`;
      const fraction = Array.from({ length: decimals }, (_, d) =>
        Math.floor(noise(6, i, d) * 10),
      ).join('');
      const { mantissa, exponent } = readDegrees(`${whole}.${fraction}`, 'E', LONGITUDE);
      expect(exponent).toBe(-(decimals + 2));
      const minutes = BigInt(whole.slice(0, 3)) * 60n + BigInt(whole.slice(3));
      const due = BigInt(`${minutes}${fraction}`);
      expect((mantissa * 60n + 50n) / 100n).toBe(due);
    }
  });

  it.each([
    ['4760.0000', 'N'],
    ['9000.0001', 'N'],
    ['4717.1136', 'E'],
    ['4717,1136', 'N'],
    ['-4717.1136', 'N'],
    ['17', ''],
    ['4717.11361136113', 'N'],
  ])('%s,%s are none', (text, hemisphere) => {
    expect(() => readDegrees(text, hemisphere, LATITUDE)).toThrow(/expected, got/);
  });
});
