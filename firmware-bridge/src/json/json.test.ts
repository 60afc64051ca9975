import { formatDecimal } from '@sigill/evidence';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatPointer,
  isNumber,
  type JsonValue,
  member,
  parseJson,
  parsePointer,
  toDecimal,
} from './json.ts';

const seed = Number(process.env.SIGILL_FUZZ_SEED ?? 20_260_131);
const utf8 = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => parseJson(utf8(text));

/** As JSON.parse would have it. */
function loose(value: JsonValue): unknown {
  if (isNumber(value)) return Number(value.digits);
  if (Array.isArray(value)) return value.map(loose);
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [k, loose(v)]));
  return value;
}

describe('parseJson', () => {
  it('keeps the digits of numbers', () => {
    const value = parse('{"Total": 0.3500, "big": 12345678901234567890, "e": 1.50E-3}');
    const digits = (name: string) => {
      const number = member(value, name);
      const decimal = isNumber(number) ? toDecimal(number) : null;
      return decimal && formatDecimal(decimal);
    };
    expect(digits('Total')).toBe('0.3500');
    expect(digits('big')).toBe('12345678901234567890');
    expect(digits('e')).toBe('0.00150');
  });

  it(`reads what JSON.parse reads (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(loose(parse(text))).toEqual(JSON.parse(text));
      }),
      { seed, numRuns: 1000 },
    );
  });

  it(`refuses what JSON.parse refuses, and never throws anything else (seed ${seed})`, () => {
    const characters = fc.constantFrom(...'{}[]",:0123456789.eE+-tfn\\u \n"abé');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 30 }), (text) => {
        const isJson = accepts(() => JSON.parse(text));
        try {
          parse(text);
          expect(isJson).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'FRAME_SYNTAX' });
          // Two members of one name are where this parser is the stricter one.
          if (!/one member/.test(String(error))) expect(isJson, String(error)).toBe(false);
        }
      }),
      { seed, numRuns: 5000 },
    );
  });

  it.each([
    ['', /a value expected at 0, got the end/],
    ['{"a":1,"a":2}', /one member "a" expected/],
    ['{"a":1}x', /nothing more expected at 7/],
    ['01', /nothing more expected at 1/],
    ['NaN', /a value expected at 0, got "NaN"/],
    ['['.repeat(5000), /no more than 32 levels/],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(/no UTF-8/);
  });
});

describe('pointers', () => {
  it.each([
    ['', []],
    ['/ENERGY/Total', ['ENERGY', 'Total']],
    ['/em:0/a~1b/~0', ['em:0', 'a/b', '~']],
    ['/', ['']],
  ])('%j names %j', (pointer, path) => {
    expect(parsePointer(pointer)).toEqual(path);
    expect(formatPointer(path)).toBe(pointer);
  });

  it.each(['a', '/~2', '~'])('%j is none', (pointer) => {
    expect(parsePointer(pointer)).toBeNull();
  });

  it('find members of objects and items of arrays, and nothing else', () => {
    const value = parse('{"a":[{"b":true}],"__proto__":1}');
    expect(member(value, 'a', '0', 'b')).toBe(true);
    expect(member(value, 'a', '1', 'b')).toBeUndefined();
    expect(member(value, 'a', 'length')).toBeUndefined();
    expect(member(value, 'constructor')).toBeUndefined();
    expect(member(value, '__proto__')).toEqual({ digits: '1' });
  });
});

function accepts(parseText: () => unknown): boolean {
  try {
    parseText();
    return true;
  } catch {
    return false;
  }
}
