import { describe, expect, it } from 'vitest';
import { reading, stream, watermarks } from '../../testing/page-fixture.ts';
import { PageError } from '../errors.ts';
import { parseReading, parseReadings, parseSeries, parseStatus, parseStreams } from './parse.ts';

describe('parse', () => {
  it('reads what the server says, and leaves the rest aside', () => {
    const status = {
      demonstration: true,
      version: '0.1.0',
      origins: [watermarks(5, 4, 3, 2, 1)],
      ledger: { rpc: 'http://127.0.0.1:7446', chainId: 1, contract: '0x00' },
    };
    expect(parseStatus({ ...status, uptime: 3 })).toEqual(status);
    expect(parseStreams({ streams: [{ ...stream(), latest: {} }] })).toEqual([stream()]);
    expect(parseReadings({ readings: [reading(1)] })).toEqual([reading(1)]);
  });

  it('keeps the digits of a value as text', () => {
    const field = { name: 'energy.import', value: '000.2500', unit: 'kWh', code: null };
    expect(parseReading(reading(1, { fields: [field] })).fields).toEqual([field]);
  });

  it.each([
    [
      'a value that is a number',
      { ...reading(1), fields: [{ name: 'a', value: 1, unit: null, code: null }] },
    ],
    ['a state nobody knows', { ...reading(1), state: 'trusted' }],
    ['a negative entry', { ...reading(1), entry: -1 }],
    ['a sequence number beyond 2^53', { ...reading(1), seq: 2 ** 53 }],
    ['no object', 'reading'],
    ['null', null],
  ])('refuses %s', (_, json) => {
    expect(() => parseReading(json)).toThrow(PageError);
  });

  it('refuses a series whose lists differ in length', () => {
    const series = { unit: 'kW', times: [1, 2], values: [1, 2], low: [1, 2], high: [1] };
    expect(() => parseSeries(series)).toThrow('2 numbers in each list');
  });
});
