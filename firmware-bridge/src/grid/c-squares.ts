/**
 * C-squares: the published grid that covers the world in squares of degrees, and reads off a position's own digits.
 * Spec: T. Rees, C-squares Specification 1.1, CSIRO 2005, https://www.cmar.csiro.au/csquares/spec1-1.htm
 *
 *     3414:227:383    quadrant 3 (south-east), latitude 4x, longitude 14x; 2 | 2 7; 3 | 8 3
 *                     -42.8… 147.3…, a square of 0.1 degrees; the digit before each pair says which half of ten
 *
 * Pure decimal digits: everyone who computes it finds the same square, at its edges too.
 * @module
 */
import type { Decimal } from '@sigill/evidence';

export const C_SQUARES = 'c-squares';

/** Sides of squares, degrees, coarse to fine. */
export const SQUARE_SIDES = [
  '10',
  '5',
  '1',
  '0.5',
  '0.1',
  '0.05',
  '0.01',
  '0.005',
  '0.001',
] as const;
export type SquareSide = (typeof SQUARE_SIDES)[number];

/** Degrees: what lies on an edge belongs to the square away from the equator or the meridian. */
export interface SquareBounds {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

// All sides are whole thousandths of a degree, the finest side there is.
const PER_DEGREE = 1000;
const POLE = 90 * PER_DEGREE;
const DATE_LINE = 180 * PER_DEGREE;
const QUADRANTS = { northEast: 1, southEast: 3, southWest: 5, northWest: 7 } as const;

/** The square's name; null where there is no such position on Earth. */
export function squareOf(side: SquareSide, latitude: Decimal, longitude: Decimal): string | null {
  const lat = thousandthsOf(latitude, POLE);
  const lon = thousandthsOf(longitude, DATE_LINE);
  if (lat === null || lon === null) return null;
  const tens = Math.floor(lon / 10_000);
  let name = `${quadrantOf(latitude, longitude)}${Math.floor(lat / 10_000)}${String(tens).padStart(2, '0')}`;
  const wanted = Number(side) * PER_DEGREE;
  for (let step = PER_DEGREE; wanted <= 5 * step; step /= 10) {
    const [down, across] = [digitOf(lat, step), digitOf(lon, step)];
    name += `:${1 + 2 * Number(down >= 5) + Number(across >= 5)}`;
    if (wanted === 5 * step) break;
    name += `${down}${across}`;
    if (wanted === step) break;
  }
  return name;
}

const NAME = /^([1357])([0-8])(0\d|1[0-7])((?::[1-4]\d\d){0,4})(:[1-4])?$/;

/** Where a square lies; null when nothing is called so. */
export function boundsOfSquare(name: string): SquareBounds | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, quadrant, latTens, lonTens, pairs = '', half] = match;
  let [lat, lon] = [Number(latTens) * 10_000, Number(lonTens) * 10_000];
  let side = 10_000;
  for (const [, which, down, across] of pairs.matchAll(/:(\d)(\d)(\d)/g)) {
    if (1 + 2 * Number(Number(down) >= 5) + Number(Number(across) >= 5) !== Number(which))
      return null;
    side /= 10;
    lat += Number(down) * side;
    lon += Number(across) * side;
  }
  if (half !== undefined) {
    if (side === 1) return null; // half of the finest
    side /= 2;
    const which = Number(half[1]) - 1;
    lat += side * (which >> 1);
    lon += side * (which & 1);
  }
  const isNorth = quadrant === '1' || quadrant === '7';
  const isEast = quadrant === '1' || quadrant === '3';
  const degrees = (thousandths: number) => thousandths / PER_DEGREE;
  return {
    south: degrees(isNorth ? lat : -(lat + side)),
    north: degrees(isNorth ? lat + side : -lat),
    west: degrees(isEast ? lon : -(lon + side)),
    east: degrees(isEast ? lon + side : -lon),
  };
}

// WGS 84, rounded down. A degree of latitude is shortest at the equator; one of longitude at the edge of a band of ten
// degrees that lies nearer to the pole: 10, 20 … 80 degrees, and 90, where it is nothing.
const LATITUDE_DEGREE_M = 110_574;
const LONGITUDE_DEGREE_M = [109_639, 104_647, 96_486, 85_393, 71_695, 55_800, 38_186, 19_393, 0];

/**
 * The finest side of which a square is at least so many metres both ways, anywhere in the band of ten degrees in which
 * the latitude lies; so the side tells no more than the band, and that the square's name tells. Around the poles the
 * coarsest there is.
 */
export function sideForMetres(metres: number, latitude: Decimal): SquareSide | null {
  const lat = thousandthsOf(latitude, POLE);
  if (lat === null) return null;
  const degree = Math.min(LATITUDE_DEGREE_M, LONGITUDE_DEGREE_M[Math.floor(lat / 10_000)]!);
  // In thousandths, so that the comparison is one of whole numbers.
  const isWide = (side: SquareSide) => Number(side) * PER_DEGREE * degree >= metres * PER_DEGREE;
  return SQUARE_SIDES.findLast(isWide) ?? '10';
}

/** Without the sign, cut off; the last thousandth where it is the end of the world. */
function thousandthsOf({ mantissa, exponent }: Decimal, end: number): number | null {
  const magnitude = mantissa < 0n ? -mantissa : mantissa;
  // A device writes some ten digits; what has hundreds is no position.
  if (Math.abs(exponent) > 64) return null;
  const scaled = magnitude * 10n ** BigInt(Math.max(0, exponent + 3));
  const divisor = 10n ** BigInt(Math.max(0, -exponent - 3));
  if (scaled > BigInt(end) * divisor) return null;
  return Math.min(Number(scaled / divisor), end - 1);
}

function quadrantOf(latitude: Decimal, longitude: Decimal): number {
  const isNorth = latitude.mantissa >= 0n;
  if (longitude.mantissa >= 0n) return isNorth ? QUADRANTS.northEast : QUADRANTS.southEast;
  return isNorth ? QUADRANTS.northWest : QUADRANTS.southWest;
}

function digitOf(thousandths: number, step: number): number {
  return Math.floor(thousandths / step) % 10;
}
