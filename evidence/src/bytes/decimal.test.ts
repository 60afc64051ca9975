import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvidenceError } from '../errors.ts';
import { formatDecimal, parseDecimal } from './decimal.ts';

const decimal = fc.record({
  mantissa: fc.bigInt(-(10n ** 30n), 10n ** 30n),
  exponent: fc.integer({ min: -64, max: 0 }),
});

describe('parseDecimal', () => {
  it.each([
    ['0', 0n, 0],
    ['-0', 0n, 0],
    ['+1', 1n, 0],
    ['000123', 123n, 0],
    ['00001.0010', 10010n, -4],
    ['1234.5670', 12345670n, -4],
    ['-0.05', -5n, -2],
    ['-00.00', 0n, -2],
    ['99999999999999999999', 99999999999999999999n, 0],
  ])('reads %s', (text, mantissa, exponent) => {
    expect(parseDecimal(text)).toEqual({ mantissa, exponent });
  });

  it.each([
    '',
    '.',
    '1.',
    '.5',
    '-',
    '+-1',
    '1e3',
    '1,5',
    ' 1',
    '1\n',
    '0x10',
    '１',
    'NaN',
    '9'.repeat(65),
    `0.${'9'.repeat(65)}`,
  ])('refuses %j', (text) => {
    expect(() => parseDecimal(text)).toThrow(expect.objectContaining({ code: 'DECIMAL_SYNTAX' }));
  });

  it('is the inverse of formatDecimal, scale included', () => {
    fc.assert(
      fc.property(decimal, (value) => {
        expect(parseDecimal(formatDecimal(value))).toEqual(value);
      }),
    );
  });

  it('changes nothing but leading zeros and the sign of zero', () => {
    const digits = fc.stringMatching(/^[+-]?\d{1,20}(\.\d{1,20})?$/);
    fc.assert(
      fc.property(digits, (text) => {
        const kept = text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1');
        const expected = /^-0(\.0+)?$/.test(kept) ? kept.slice(1) : kept;
        expect(formatDecimal(parseDecimal(text))).toBe(expected);
      }),
    );
  });

  it('gives a value or an error for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseDecimal(text);
        } catch (error) {
          expect(error).toBeInstanceOf(EvidenceError);
        }
      }),
    );
  });
});

describe('formatDecimal', () => {
  it('writes a positive exponent out as zeros', () => {
    expect(formatDecimal({ mantissa: -12n, exponent: 3 })).toBe('-12000');
    expect(formatDecimal({ mantissa: 0n, exponent: 3 })).toBe('0');
  });
});
