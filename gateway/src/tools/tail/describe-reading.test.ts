import type { ToldReading } from '@sigill/edge';
import { describe, expect, it } from 'vitest';
import { describeReading } from './describe-reading.ts';

const READING: ToldReading = {
  agent: 'ab',
  seq: 40,
  batch: 3,
  source: 'house-17',
  device: '4530303331303033303031363939353135',
  n: 12,
  kind: 'meter',
  time: '2026-11-22T14:03:01.250Z',
  clockQuality: 2,
  fields: {
    'device.model': { value: 'ISK5', unit: null },
    'energy.import.t1': { value: '1234.567', unit: 'kWh' },
    'power.import': { value: '2.718', unit: 'kW' },
  },
};

describe('a reading on one line', () => {
  it('tells what was measured first, and the end of a long device name', () => {
    expect(describeReading(READING, false)).toBe(
      '14:03:01.250  house-17 …031363939353135 #12  meter  energy.import.t1 1234.567 kWh  power.import 2.718 kW  device.model ISK5',
    );
  });

  it('marks a time that is not known to be right', () => {
    expect(describeReading({ ...READING, clockQuality: 0 }, false)).toContain('14:03:01.250?  ');
    expect(describeReading({ ...READING, clockQuality: 3 }, false)).toContain('14:03:01.250?  ');
  });

  it('shows a gap in red and says its cause', () => {
    const fields = { 'gap.cause': { value: 'power', unit: null } };
    const line = describeReading({ ...READING, kind: 'gap', fields }, true);
    expect(line.startsWith('\u001b[31m')).toBe(true);
    expect(line).toMatch(/gap {2}gap\.cause power/);
  });
});
