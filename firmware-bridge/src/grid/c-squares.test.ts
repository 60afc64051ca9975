import { formatDecimal, parseDecimal } from '@sigill/evidence';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOfSquare, SQUARE_SIDES, sideForMetres, squareOf } from './c-squares.ts';

const square = (side: (typeof SQUARE_SIDES)[number], latitude: string, longitude: string) =>
  squareOf(side, parseDecimal(latitude), parseDecimal(longitude));

describe('squares', () => {
  // Specification 1.1: the quadrant's digit, then the digits of the position itself.
  it.each([
    ['10', '3414'],
    ['5', '3414:2'],
    ['1', '3414:227'],
    ['0.5', '3414:227:3'],
    ['0.1', '3414:227:383'],
    ['0.05', '3414:227:383:4'],
    ['0.01', '3414:227:383:488'],
    ['0.005', '3414:227:383:488:2'],
    ['0.001', '3414:227:383:488:235'],
  ] as const)('of %s degrees at -42.8830, 147.3859: %s', (side, name) => {
    // The last digits: -42.883, 147.385; of the hundredths 8 and 8, of the thousandths 3 and 5.
    expect(square(side, '-42.8830', '147.3859')).toBe(name);
  });

  it('lie in four quadrants: 1 north-east, 3 south-east, 5 south-west, 7 north-west', () => {
    expect(square('1', '63.41', '10.39')).toBe('1601:130');
    expect(square('1', '-33.9', '18.4')).toBe('3301:238');
    expect(square('1', '-33.4', '-70.6')).toBe('5307:130');
    expect(square('1', '45.4', '-75.7')).toBe('7407:455');
  });

  it('take what lies on their edge towards the equator or the meridian', () => {
    expect(square('0.1', '0', '0')).toBe('1000:100:100');
    expect(square('0.1', '-0.1', '0.1')).toBe('3000:100:111');
    expect(square('0.1', '59.9999999', '9.9999999')).toBe('1500:499:499');
    expect(square('0.1', '60', '10')).toBe('1601:100:100');
  });

  it('end with the world', () => {
    expect(square('10', '90', '180')).toBe('1817');
    expect(square('0.1', '-90', '-180')).toBe('5817:499:499');
    expect(square('0.1', '90.0000000001', '0')).toBeNull();
    expect(square('0.1', '0', '-180.00000000000000001')).toBeNull();
    expect(
      squareOf('1', { mantissa: 1n, exponent: 1000 }, { mantissa: 0n, exponent: 0 }),
    ).toBeNull();
    expect(squareOf('1', { mantissa: 6n, exponent: 1 }, { mantissa: 1n, exponent: 1 })).toBe(
      '1601:100',
    );
  });

  it('hold the positions that they are named after', () => {
    const degrees = (end: number) =>
      fc
        .tuple(fc.integer({ min: -end * 1e7, max: end * 1e7 }), fc.constant(-7))
        .map(([mantissa, exponent]) => ({ mantissa: BigInt(mantissa), exponent }));
    fc.assert(
      fc.property(fc.constantFrom(...SQUARE_SIDES), degrees(90), degrees(180), (side, lat, lon) => {
        const name = squareOf(side, lat, lon)!;
        const { south, north, west, east } = boundsOfSquare(name)!;
        const [y, x] = [Number(formatDecimal(lat)), Number(formatDecimal(lon))];
        expect(south <= y && y <= north && west <= x && x <= east, name).toBe(true);
        expect(Math.round((north - south) * 1000)).toBe(Math.round(Number(side) * 1000));
      }),
    );
  });

  it.each(['', '2414', '1900', '1018', '1000:1', '1000:201', '1000:5', '3414:227:383:488:235:1'])(
    'are named by rule: %s',
    (name) => {
      if (name === '1000:1')
        expect(boundsOfSquare(name)).toEqual({ south: 0, west: 0, north: 5, east: 5 });
      else expect(boundsOfSquare(name)).toBeNull();
    },
  );
});

describe('a side in metres', () => {
  const side = (metres: number, latitude: string) => sideForMetres(metres, parseDecimal(latitude));

  it('is the finest that is as wide both ways anywhere in its band of ten degrees', () => {
    expect(side(10_000, '0.5')).toBe('0.1');
    expect(side(10_000, '-29.9')).toBe('0.5'); // 0.1 degrees are 9,648 m at 30 degrees
    expect(side(10_000, '65')).toBe('0.5');
    expect(side(1000, '65')).toBe('0.05');
    expect(side(100, '65')).toBe('0.005');
    expect(side(100_000, '45')).toBe('5');
  });

  it('tells no more of the latitude than its band', () => {
    const inBand = fc.integer({ min: 6_000_000, max: 6_999_999 });
    fc.assert(
      fc.property(inBand, inBand, fc.integer({ min: 1, max: 1_000_000 }), (one, other, metres) => {
        const at = (value: number) =>
          sideForMetres(metres, { mantissa: BigInt(value), exponent: -5 });
        expect(at(one)).toBe(at(other));
      }),
    );
  });

  it('is the coarsest around the poles', () => {
    expect(side(1000, '89')).toBe('10');
    expect(side(1000, '-80')).toBe('10');
    expect(side(1000, '91')).toBeNull();
  });
});
