import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testBinaryCodec } from '../testing/codec-contract.ts';
import { concatBytes, fromHex, toHex } from './bytes.ts';
import {
  CborReader,
  type CborValue,
  CborWriter,
  decodeCbor,
  encodeCbor,
} from './canonical-cbor.ts';

const integer = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc
    .bigInt(-(2n ** 64n), 2n ** 64n - 1n)
    .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
);
const { value } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    integer,
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 30 }),
  ),
}));

testBinaryCodec('canonical CBOR', {
  encode: encodeCbor,
  decode: decodeCbor,
  values: value,
  codes: ['CBOR_SYNTAX', 'CBOR_NOT_CANONICAL', 'CBOR_TYPE'],
});

describe('encodeCbor', () => {
  it.each<[string, CborValue]>([
    ['00', 0],
    ['00', -0],
    ['17', 23],
    ['1818', 24],
    ['18ff', 255],
    ['190100', 256],
    ['19ffff', 65_535],
    ['1a00010000', 65_536],
    ['1affffffff', 4_294_967_295],
    ['1b0000000100000000', 4_294_967_296],
    ['1b001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['1b0020000000000000', 2n ** 53n],
    ['1bffffffffffffffff', 2n ** 64n - 1n],
    ['20', -1],
    ['37', -24],
    ['3818', -25],
    ['3b001ffffffffffffe', -Number.MAX_SAFE_INTEGER],
    ['3b001fffffffffffff', -(2n ** 53n)],
    ['3bffffffffffffffff', -(2n ** 64n)],
    ['60', ''],
    ['62c3bc', 'ü'],
    ['64efbbbf61', '\ufeffa'],
    ['8201820203', [1, [2, 3]]],
    ['83f4f5f6', [false, true, null]],
    ['420102', Uint8Array.of(1, 2)],
  ])('writes %s, and reads it back', (hex, given) => {
    expect(toHex(encodeCbor(given))).toBe(hex);
    expect(toHex(encodeCbor(decodeCbor(fromHex(hex))))).toBe(hex);
  });

  it.each<[string, CborValue]>([
    ['a fraction', 1.5],
    ['an unsafe number', 2 ** 53],
    ['not a number', Number.NaN],
    ['65 bits', 2n ** 64n],
    ['65 bits below zero', -(2n ** 64n) - 1n],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a long text', `${'x'.repeat(30)}\udc00`],
  ])('refuses %s', (_name, given) => {
    expect(() => encodeCbor(given)).toThrow(expect.objectContaining({ code: 'CBOR_TYPE' }));
  });

  it('grows its buffer at any place, and loses nothing', () => {
    const items = [
      'x'.repeat(30),
      1,
      'ü',
      Uint8Array.of(1, 2, 3),
      -(2n ** 60n),
      'y'.repeat(64),
      2 ** 40,
    ];
    for (let capacity = 0; capacity < 250; capacity += 1) {
      const writer = new CborWriter(capacity);
      writer.value(items);
      expect(toHex(writer.finish())).toBe(toHex(encodeCbor(items)));
    }
    expect(decodeCbor(encodeCbor(items))).toEqual(items);
  });

  it('grows its buffer for whatever is written', () => {
    const long = [new Uint8Array(2000).fill(7), 'x'.repeat(3000), 1];
    expect(decodeCbor(encodeCbor(long))).toEqual(long);
  });
});

describe('decodeCbor', () => {
  it.each([
    ['an integer in one byte too many', '1817', 'CBOR_NOT_CANONICAL'],
    ['an integer in two bytes too many', '1900ff', 'CBOR_NOT_CANONICAL'],
    ['an integer in four bytes too many', '1a0000ffff', 'CBOR_NOT_CANONICAL'],
    ['an integer in eight bytes too many', '1b00000000ffffffff', 'CBOR_NOT_CANONICAL'],
    ['a negative integer too long', '3817', 'CBOR_NOT_CANONICAL'],
    ['a text length too long', '780161', 'CBOR_NOT_CANONICAL'],
    ['a byte string length too long', '58017f', 'CBOR_NOT_CANONICAL'],
    ['an array length too long', '980100', 'CBOR_NOT_CANONICAL'],
    ['an indefinite array', '9f00ff', 'CBOR_NOT_CANONICAL'],
    ['an indefinite byte string', '5f4101ff', 'CBOR_NOT_CANONICAL'],
    ['an indefinite text', '7f6161ff', 'CBOR_NOT_CANONICAL'],
    ['a reserved length', '1c', 'CBOR_NOT_CANONICAL'],
    ['an empty map', 'a0', 'CBOR_TYPE'],
    ['a map', 'a10102', 'CBOR_TYPE'],
    ['a tag', 'c100', 'CBOR_TYPE'],
    ['a half float', 'f93c00', 'CBOR_TYPE'],
    ['a float', 'fa3f800000', 'CBOR_TYPE'],
    ['a double', 'fb3ff0000000000000', 'CBOR_TYPE'],
    ['undefined', 'f7', 'CBOR_TYPE'],
    ['a simple value', 'e0', 'CBOR_TYPE'],
    ['true in two bytes', 'f815', 'CBOR_TYPE'],
    ['a break alone', 'ff', 'CBOR_TYPE'],
    ['nothing', '', 'CBOR_SYNTAX'],
    ['a second value', '0000', 'CBOR_SYNTAX'],
    ['a cut head', '19ff', 'CBOR_SYNTAX'],
    ['a cut byte string', '4201', 'CBOR_SYNTAX'],
    ['a cut text', '6261', 'CBOR_SYNTAX'],
    ['a cut array', '8200', 'CBOR_SYNTAX'],
    ['an array of 2^32 items in five bytes', '9affffffff', 'CBOR_SYNTAX'],
    ['an array of 2^64-1 items', '9bffffffffffffffff', 'CBOR_SYNTAX'],
    ['a byte string of 2^64-1 bytes', '5bffffffffffffffff', 'CBOR_SYNTAX'],
    ['UTF-8 cut within a letter', '61c3', 'CBOR_SYNTAX'],
    ['UTF-8 longer than needed', '62c080', 'CBOR_SYNTAX'],
    ['a surrogate in UTF-8', '63eda080', 'CBOR_SYNTAX'],
    ['bad UTF-8 in a long text', `781e${'61'.repeat(29)}ff`, 'CBOR_SYNTAX'],
  ])('refuses %s', (_name, hex, code) => {
    expect(() => decodeCbor(fromHex(hex))).toThrow(expect.objectContaining({ code }));
  });

  it('reads arrays sixteen deep and no deeper', () => {
    const nested = (depth: number) => fromHex(`${'81'.repeat(depth)}00`);
    expect(toHex(encodeCbor(decodeCbor(nested(16))))).toBe(toHex(nested(16)));
    for (const depth of [17, 1000, 100_000])
      expect(() => decodeCbor(nested(depth))).toThrow(
        expect.objectContaining({ code: 'CBOR_TYPE' }),
      );
  });

  it('gives bytes of its own, also out of a Buffer: what comes in later leaves them alone', () => {
    const chunk = Buffer.from(concatBytes(fromHex('43'), Uint8Array.of(1, 2, 3)));
    const read = decodeCbor(chunk) as Uint8Array;
    chunk.fill(0);
    expect(read).toEqual(Uint8Array.of(1, 2, 3));
    expect(Object.getPrototypeOf(read)).toBe(Uint8Array.prototype);
  });

  it('says in short what it met, however long that is', () => {
    const reader = new CborReader(encodeCbor('x'.repeat(50_000)));
    const error = caught(() => reader.literal('sigill.reading.1'));
    expect(error.message.length).toBeLessThan(200);
  });
});

function caught(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('an error expected');
}
