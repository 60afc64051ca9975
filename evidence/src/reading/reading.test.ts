import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../bytes/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../bytes/canonical-cbor.ts';
import { parseDecimal } from '../bytes/decimal.ts';
import { testBinaryCodec } from '../testing/codec-contract.ts';
import { testBytes, testSigner, testSignerP256 } from '../testing/key-fixture.ts';
import { readings } from '../testing/reading-arbitrary-fixture.ts';
import { temperatureReading } from '../testing/site-fixture.ts';
import {
  agentId,
  decodeReading,
  encodeReading,
  type Field,
  formatValue,
  MAX_READING_BYTES,
  type Reading,
} from './reading.ts';

const agent = agentId(testSigner('agent meter').publicKey);
const reading = temperatureReading(agent, 7, '20.10', 1_790_000_000_000, utf8('frame'));

testBinaryCodec('a reading', {
  encode: encodeReading,
  decode: decodeReading,
  values: readings,
  codes: ['READING_FORM'],
});

describe('encodeReading', () => {
  it('keeps the scale of a number: 0.2597 and 0.25970 are two readings', () => {
    const bytes = ['0.2597', '0.25970'].map((text) => encodeReading(withValue(text)));
    expect(toHex(bytes[0]!)).not.toBe(toHex(bytes[1]!));
    expect(formatValue(decodeReading(bytes[1]!).fields[0]!.value)).toBe('0.25970');
  });

  it('gives bytes of their own, whatever was written or refused before', () => {
    const first = encodeReading(reading);
    const before = toHex(first);
    expect(() => encodeReading({ ...reading, kind: '\ud800' })).toThrow();
    const large = { name: 'a', value: 'x'.repeat(50_000), unit: null, code: null };
    encodeReading({ ...reading, fields: [large] });
    expect(toHex(encodeReading(reading))).toBe(before);
    expect(toHex(first)).toBe(before);
    expect(first.buffer.byteLength).toBe(first.length);
  });

  it('writes digits beyond int64 as text', () => {
    for (const [text, kept] of [
      ['9223372036854775807', 'object'],
      ['-9223372036854775808', 'object'],
      ['9223372036854775808', 'string'],
      ['-9223372036854775809', 'string'],
      ['0.00009223372036854775808', 'string'],
    ] as const) {
      const { value } = decodeReading(encodeReading(withValue(text))).fields[0]!;
      expect(typeof value).toBe(kept);
      expect(formatValue(value)).toBe(text);
    }
  });

  it.each<[string, Partial<Reading>]>([
    ['an agent of 15 bytes', { agent: agent.slice(1) }],
    ['a salt of 17 bytes', { salt: testBytes('salt', 17) }],
    ['a negative seq', { seq: -1 }],
    ['an unsafe n', { n: 2 ** 53 }],
    ['a time with a fraction', { time: 0.5 }],
    ['an empty kind', { kind: '' }],
    ['a kind that is no text', { kind: '\ud800' }],
    ['a source in capitals', { source: 'House' }],
    ['an empty source', { source: '' }],
    ['a source of 60 letters', { source: 'x'.repeat(60) }],
    ['a source with a tilde', { source: 'a~b' }],
    ['a source with a newline', { source: 'a\n' }],
    ['a device of 65 letters', { device: 'x'.repeat(65) }],
    ['a device beyond ASCII', { device: 'é' }],
    ['a frame hash of 31 bytes', { origin: { driver: 'd', frameHash: testBytes('f', 31) } }],
    ['a quality of 4', { clock: { ...reading.clock, quality: 4 as 3 } }],
    ['a synchronised clock without its error', { clock: { ...reading.clock, maxErrorMs: null } }],
    ['a negative error', { clock: { ...reading.clock, maxErrorMs: -1 } }],
    ['a device time with a fraction', { clock: { ...reading.clock, deviceTime: 1.5 } }],
    ['an uptime below zero', { clock: { ...reading.clock, uptimeMs: -1 } }],
    ['fields out of order', { fields: [field('b'), field('a')] }],
    ['a field twice', { fields: [field('a'), field('a')] }],
    ['a field name in capitals', { fields: [field('Temperature')] }],
    ['a field name with a space', { fields: [field('a b')] }],
    ['an exponent of 65', { fields: [{ ...field('a'), value: { mantissa: 1n, exponent: 65 } }] }],
    ['an exponent of -65', { fields: [{ ...field('a'), value: { mantissa: 1n, exponent: -65 } }] }],
    ['a reading too long', { kind: 'x'.repeat(MAX_READING_BYTES) }],
  ])('refuses %s', (_name, changes) => {
    expect(() => encodeReading({ ...reading, ...changes })).toThrow(
      expect.objectContaining({ code: 'READING_FORM' }),
    );
  });

  it.each(['a', 'house-17.meter_2', `${'x'.repeat(59)}~cell`, '~agent'])(
    'takes the source %s',
    (source) => {
      expect(decodeReading(encodeReading({ ...reading, source })).source).toBe(source);
    },
  );
});

describe('decodeReading', () => {
  const items = decodeCbor(encodeReading(reading)) as CborValue[];

  it.each<[string, number, CborValue]>([
    ['another type', 0, 'sigill.reading.2'],
    ['an agent of 15 bytes', 1, agent.slice(1)],
    ['a negative seq', 2, -1],
    ['a seq of 2^53', 2, 2n ** 53n],
    ['a source that is bytes', 3, utf8('cellar')],
    ['a time of 2^53', 7, 2n ** 53n],
    ['a clock of three', 8, [2, 200, null]],
    ['a quality of 4', 8, [4, 200, null, 0]],
    ['an origin of one', 9, ['d']],
    ['a frame hash of 31 bytes', 9, ['d', testBytes('f', 31)]],
    ['a field of three', 10, [['a', [1, 0], null]]],
    ['a value that is null', 10, [['a', null, null, null]]],
    ['a value that is an integer', 10, [['a', 1, null, null]]],
    ['a mantissa beyond int64', 10, [['a', [2n ** 63n, 0], null, null]]],
    ['an exponent of 2^53', 10, [['a', [1, 2n ** 53n], null, null]]],
    [
      'fields out of order',
      10,
      [
        ['b', true, null, null],
        ['a', true, null, null],
      ],
    ],
    ['a salt of 15 bytes', 11, testBytes('salt', 15)],
  ])('refuses %s', (_name, at, value) => {
    expect(() => decodeReading(encodeCbor(items.with(at, value)))).toThrow(
      expect.objectContaining({ code: 'READING_FORM' }),
    );
  });

  it.each<[string, (bytes: string) => string]>([
    ['thirteen items', (hex) => `8d${hex.slice(2)}f6`],
    ['a byte after it', (hex) => `${hex}00`],
    ['seq in two bytes', (hex) => hex.replace(`50${toHex(agent)}07`, `50${toHex(agent)}1807`)],
    ['an indefinite array', (hex) => `9f${hex.slice(2)}ff`],
    ['a leaf hash', () => '00'.repeat(32)],
  ])('refuses %s', (_name, change) => {
    expect(() => decodeReading(fromHex(change(toHex(encodeReading(reading)))))).toThrow(
      expect.objectContaining({ code: 'READING_FORM' }),
    );
  });

  it('is longer than 32 bytes, so that no reading is taken for a leaf hash', () => {
    fc.assert(
      fc.property(readings, (any) => {
        expect(encodeReading(any).length).toBeGreaterThan(64);
      }),
    );
  });
});

describe('formatValue', () => {
  it('shows digits, text, truth and bytes', () => {
    expect(formatValue(parseDecimal('-0.050'))).toBe('-0.050');
    expect(formatValue('on')).toBe('on');
    expect(formatValue(false)).toBe('false');
    expect(formatValue(Uint8Array.of(0, 255))).toBe('00ff');
  });
});

describe('agentId', () => {
  it('is the beginning of the hash of a key in its one form', () => {
    expect(agentId(testSignerP256('element').publicKey)).toHaveLength(16);
    expect(() => agentId(new Uint8Array(44))).toThrow(
      expect.objectContaining({ code: 'KEY_FORM' }),
    );
  });
});

function field(name: string): Field {
  return { name, value: true, unit: null, code: null };
}

function withValue(text: string): Reading {
  return { ...reading, fields: [{ ...field('volume'), value: parseDecimal(text) }] };
}
