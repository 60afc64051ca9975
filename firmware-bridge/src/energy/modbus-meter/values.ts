/**
 * Registers as numbers, exactly.
 * @module
 */
import type { Decimal } from '@sigill/evidence';
import { type Point, sizeOf } from './register-map.ts';

/** Null where the meter says that it has no value: a float that is no number. */
export function readValue(point: Point, data: DataView, offset: number): Decimal | null {
  if (point.type === 'float32')
    return shifted(readFloat32(data.getFloat32(offset)), point.exponent);
  return { mantissa: readInteger(point, data, offset), exponent: point.exponent };
}

function readInteger(point: Point, data: DataView, offset: number): bigint {
  const swapped = point.type.endsWith('-swapped');
  const words = Array.from({ length: sizeOf(point) }, (_, i) => data.getUint16(offset + 2 * i));
  if (swapped) words.reverse();
  const unsigned = words.reduce((sum, word) => (sum << 16n) | BigInt(word), 0n);
  const bits = 16 * words.length;
  return point.type.startsWith('uint') ? unsigned : BigInt.asIntN(bits, unsigned);
}

// Nine digits tell any two floats apart (IEEE 754-2019 §5.12.2).
const MOST_DIGITS = 9;

/** The shortest digits that mean this float and no other; null if it is no number. */
export function readFloat32(float: number): Decimal | null {
  if (!Number.isFinite(float)) return null;
  for (let digits = 1; digits <= MOST_DIGITS; digits++) {
    const text = float.toExponential(digits - 1);
    if (Math.fround(Number(text)) === float) return parseExponential(text);
  }
  return null;
}

/** `2.302e+2` is 2302 × 10^-1. */
function parseExponential(text: string): Decimal {
  const [digits = '', power = ''] = text.split('e');
  const point = digits.indexOf('.');
  const mantissa = BigInt(digits.replace('.', ''));
  const exponent = Number(power) - (point < 0 ? 0 : digits.length - point - 1);
  if (mantissa === 0n) return { mantissa: 0n, exponent: 0 };
  // 5e+1 is written 50: a meter's 50 hertz has no fewer digits than its 51.
  if (exponent > 0 && exponent < MOST_DIGITS)
    return { mantissa: mantissa * 10n ** BigInt(exponent), exponent: 0 };
  return { mantissa, exponent };
}

function shifted(value: Decimal | null, exponent: number): Decimal | null {
  if (value === null || exponent === 0) return value;
  const moved = value.exponent + exponent;
  return value.mantissa === 0n ? value : { mantissa: value.mantissa, exponent: moved };
}
