import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testTextCodec } from '../testing/codec-contract.ts';
import {
  array,
  literal,
  nullable,
  object,
  parseCanonicalJson,
  string,
  uint,
} from './canonical-json.ts';

const shape = object({
  format: literal('test@v1'),
  count: uint,
  names: array(string),
  inner: nullable(object({ a: uint, b: string })),
});
const parse = (text: string) => parseCanonicalJson(text, shape);
const good = '{"format":"test@v1","count":1,"names":["é"],"inner":{"a":0,"b":""}}';

testTextCodec('canonical JSON', {
  encode: (value) => JSON.stringify(value),
  decode: parse,
  values: fc.record({
    format: fc.constant('test@v1' as const),
    count: fc.maxSafeNat(),
    names: fc.array(fc.string({ unit: 'binary', maxLength: 10 }), { maxLength: 4 }),
    inner: fc.option(fc.record({ a: fc.nat(), b: fc.string() })),
  }),
  codes: ['JSON_NOT_CANONICAL', 'JSON_SCHEMA'],
});

describe('parseCanonicalJson', () => {
  it('gives the value, its keys in order', () => {
    expect(JSON.stringify(parse(good))).toBe(good);
  });

  it.each([
    ['keys in another order', good.replace('"a":0,"b":""', '"b":"","a":0')],
    ['a key twice', good.replace('"count":1', '"count":1,"count":1')],
    ['a key twice with another value first', good.replace('"count":1', '"count":2,"count":1')],
    ['white space', good.replace(',', ', ')],
    ['a newline at the end', `${good}\n`],
    ['1.0', good.replace(':1,', ':1.0,')],
    ['1e0', good.replace(':1,', ':1e0,')],
    ['an escape that is not needed', good.replace('é', '\\u00e9')],
    ['an escaped slash', good.replace('é', '\\/')],
    ['an escape in capitals', good.replace('é', '\\u001F')],
    ['a number rounded when read', good.replace(':1,', ':9007199254740990.9,')],
  ])('refuses %s as another text of the same value', (_name, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'JSON_NOT_CANONICAL' }));
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a byte order mark', `\ufeff${good}`],
    ['two values', `${good}${good}`],
    ['an unknown key', good.replace('"a":0', '"a":0,"c":0')],
    ['__proto__', good.replace('"a":0', '"__proto__":{},"a":0')],
    ['constructor', good.replace('"a":0', '"constructor":0,"a":0')],
    ['a missing key', good.replace('"a":0,', '')],
    ['a key of the prototype for a missing one', good.replace('"count":1', '"toString":1')],
    ['another format', good.replace('v1', 'v2')],
    ['-0', good.replace(':1,', ':-0,')],
    ['a negative number', good.replace(':1,', ':-1,')],
    ['a fraction', good.replace(':1,', ':1.5,')],
    ['2^53', good.replace(':1,', ':9007199254740992,')],
    ['1e999', good.replace(':1,', ':1e999,')],
    ['a text for a number', good.replace(':1,', ':"1",')],
    ['a number for a text', good.replace('"é"', '1')],
    ['null for a text', good.replace('"é"', 'null')],
    ['an object for an array', good.replace('["é"]', '{}')],
    ['an array for an object', good.replace(/\{"a".*\}\}/, '[]}')],
  ])('refuses %s', (_name, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'JSON_SCHEMA' }));
  });

  it('says where, and in short', () => {
    expect(() => parse(good.replace('"a":0', '"a":"x"'))).toThrow('$.inner.a');
    const long = `{"${'x'.repeat(100_000)}":1}`;
    try {
      parse(long);
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(200);
    }
    expect.assertions(2);
  });

  it('stands JSON nested a hundred thousand deep', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(() => parse(deep)).toThrow(expect.objectContaining({ code: 'JSON_SCHEMA' }));
    expect(() => parse(good.replace('"é"', deep))).toThrow(
      expect.objectContaining({ code: 'JSON_SCHEMA' }),
    );
  });
});
