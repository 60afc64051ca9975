import { formatDecimal, parseDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { isKnownName, quantities, toBaseUnit, unitsOf } from './quantities.ts';
import { quantityTable } from './quantity-table.ts';

describe('quantities', () => {
  it('have one row a name', () => {
    expect(quantities.size).toBe(quantityTable.length);
  });

  it('are named in lower case, word by word', () => {
    for (const name of quantities.keys()) expect(name).toMatch(/^[a-z]+(\.[a-z0-9]+)*$/);
  });

  it('are labelled in English and Swedish, no two alike', () => {
    for (const language of ['en', 'sv'] as const) {
      const labels = quantityTable.map((quantity) => quantity.label[language]);
      expect(labels.filter((label, i) => labels.indexOf(label) !== i)).toEqual([]);
      expect(labels).not.toContain('');
    }
  });

  it('have a plausible range that is one', () => {
    for (const { name, plausible } of quantityTable)
      if (plausible) expect(plausible.low, name).toBeLessThan(plausible.high);
  });

  it('know their own names and those of what no name fits', () => {
    expect(isKnownName('energy.import.t1')).toBe(true);
    expect(isKnownName('other.dsmr-p1.1-0:96.5.5*255')).toBe(true);
    expect(isKnownName('energie')).toBe(false);
    expect(isKnownName('other.dsmr-p1.')).toBe(false);
  });
});

describe('units', () => {
  const base = (
    value: string,
    dimension: Parameters<typeof toBaseUnit>[1],
    unit: string | null,
  ) => {
    const converted = toBaseUnit(parseDecimal(value), dimension, unit);
    return converted && formatDecimal(converted);
  };

  it('convert exactly, keeping the scale', () => {
    expect(base('1234.5670', 'energy', 'kWh')).toBe('4444441200.0000');
    expect(base('240.860', 'energy', 'GJ')).toBe('240860000000.000');
    expect(base('2', 'mass', '[lb_av]')).toBe('0.90718474');
    expect(base('-3.5', 'temperature', 'Cel')).toBe('-3.5');
    expect(base('0.60', 'speed', '[kn_i]')).toBe('1.11120');
  });

  it('begin with the base', () => {
    expect(unitsOf('energy')[0]).toBe('J');
    expect(base('7', 'power', unitsOf('power')[0] ?? '')).toBe('7');
    expect(unitsOf('count')).toEqual([]);
  });

  it('leave a number without a unit as it is', () => {
    expect(base('4', 'count', null)).toBe('4');
  });

  it('refuse units of other dimensions', () => {
    expect(base('4', 'energy', 'kW')).toBeNull();
    expect(base('4', 'energy', null)).toBeNull();
    expect(base('4', 'count', 'kWh')).toBeNull();
    expect(base('4', 'energy', 'constructor')).toBeNull();
  });
});
