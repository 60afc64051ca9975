import { formatDecimal } from '@sigill/evidence';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point, RegisterType } from './register-map.ts';
import { readFloat32, readValue } from './values.ts';

const seed = Number(process.env.SIGILL_FUZZ_SEED ?? 20_260_131);

const printed = (float: number) => {
  const value = readFloat32(Math.fround(float));
  return value && formatDecimal(value);
};

function read(type: RegisterType, exponent: number, ...words: number[]): string | null {
  const view = new DataView(new ArrayBuffer(2 * words.length));
  for (const [i, word] of words.entries()) view.setUint16(2 * i, word);
  const point: Point = { register: 0, type, name: 'voltage', unit: 'V', exponent };
  const value = readValue(point, view, 0);
  return value && formatDecimal(value);
}

describe('a float of 32 bits', () => {
  it.each([
    [230.2, '230.2'],
    [50, '50'],
    [0.1, '0.1'],
    [-0, '0'],
    [16777216, '16777216'],
    [123456.789, '123456.79'],
    [-1.5, '-1.5'],
    [1e-7, '0.0000001'],
  ])('%d is %s: the fewest digits that mean it', (float, text) => {
    expect(printed(float)).toBe(text);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is no value', (float) => {
    expect(printed(float)).toBeNull();
  });

  it(`means the same float again, whatever it is (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (float) => {
        expect(Math.fround(Number(printed(float))) === Math.fround(float)).toBe(true);
      }),
      { seed, numRuns: 2000 },
    );
  });
});

describe('registers', () => {
  it.each([
    ['uint16', -1, [0x08d1], '225.7'],
    ['int16', -3, [0xff9c], '-0.100'],
    ['uint32', 0, [0x0001, 0x0002], '65538'],
    ['uint32-swapped', -3, [0x006c, 0x0000], '0.108'],
    ['int32', -1, [0xffff, 0xfff6], '-1.0'],
    ['int32-swapped', -1, [0xfff6, 0xffff], '-1.0'],
    ['int64', 0, [0, 0, 0x0012, 0xd687], '1234567'],
    ['float32', 0, [0x4366, 0x3334], '230.20001'],
    ['float32', -1, [0x450f, 0x0000], '228.8'],
  ] as const)('of type %s, times 10^%d, hold a number', (type, exponent, words, text) => {
    expect(read(type, exponent, ...words)).toBe(text);
  });
});
