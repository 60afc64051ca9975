import { describe, expect, it } from 'vitest';
import { formatChartNumber, formatDigits, formatUnit } from './digits.ts';

describe('formatDigits', () => {
  it.each([
    ['0.50', 'en', '0.50'],
    ['0.50', 'sv', '0,50'],
    ['1234.5670', 'en', '1234.5670'],
    ['12345.670', 'sv', '12\u202f345,670'],
    ['1234567', 'en', '1\u202f234\u202f567'],
    ['-3.0', 'sv', '\u22123,0'],
    ['9007199254740993.10', 'en', '9\u202f007\u202f199\u202f254\u202f740\u202f993.10'],
  ] as const)('writes %s in %s with every digit kept', (text, language, expected) => {
    expect(formatDigits(text, language)).toBe(expected);
  });

  it('leaves what is no number as it is', () => {
    for (const text of ['', '0002 ', '1e5', 'NaN', '1.', '.5', '0x10'])
      expect(formatDigits(text, 'sv')).toBe(text);
  });
});

describe('a number read off the curve', () => {
  it('is written with five digits, in the reader’s way', () => {
    expect(formatChartNumber(1.2345678, 'en')).toBe('1.2346');
    expect(formatChartNumber(1.5, 'sv')).toBe('1,5');
  });
});

describe('formatUnit', () => {
  it('spells ASCII units as people do', () => {
    expect(['kWh', 'm3', 'Cel', null].map(formatUnit)).toEqual(['kWh', 'm³', '°C', '']);
  });
});
