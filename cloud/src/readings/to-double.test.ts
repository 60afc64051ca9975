import { parseDecimal } from '@sigill/evidence';
import { expect, it } from 'vitest';
import { toDouble } from './to-double.ts';

it.each([
  '0',
  '-0.10',
  '1234.5670',
  '0.30000000000000004',
  '9007199254740993',
  '0.1',
  '123456789012345678901234567890.5',
  `0.${'0'.repeat(30)}7`,
])('is the double that JavaScript reads from %s', (text) => {
  expect(toDouble(parseDecimal(text))).toBe(Number(text) || 0);
});

it('writes out a positive exponent', () => {
  expect(toDouble({ mantissa: 12n, exponent: 3 })).toBe(12_000);
});

it('gives a flag 0 or 1, and text and bytes no number', () => {
  expect([toDouble(true), toDouble(false), toDouble('7'), toDouble(new Uint8Array(1))]).toEqual([
    1,
    0,
    null,
    null,
  ]);
});
