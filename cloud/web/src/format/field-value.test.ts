import { describe, expect, it } from 'vitest';
import { formatFieldValue } from './field-value.ts';

describe('a field’s value', () => {
  it('is grouped when it measures', () => {
    const energy = { name: 'energy.import.t1', value: '123456.789', unit: 'kWh' };
    expect(formatFieldValue(energy, 'sv')).toBe('123\u202f456,789');
    const other = { name: 'other.dsmr-p1.1-0:99.1.0', value: '12345.0', unit: 'A' };
    expect(formatFieldValue(other, 'en')).toBe('12\u202f345.0');
  });

  it('stays as it was sent when its digits are a name', () => {
    for (const name of ['device.id', 'other.dsmr-p1.0-0:96.1.9'])
      expect(formatFieldValue({ name, value: '4530303331', unit: null }, 'sv')).toBe('4530303331');
  });
});
