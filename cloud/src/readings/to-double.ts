import { type FieldValue, formatDecimal } from '@sigill/evidence';

const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER);
// 10^22 is the greatest power of ten that a double holds exactly.
const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** The double nearest to a number, 1 or 0 for a boolean, null for what has no place in a chart. */
export function toDouble(value: FieldValue): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || value instanceof Uint8Array) return null;
  const { mantissa, exponent } = value;
  const power = POWERS[-exponent];
  // Both exact, so the one rounding of the division is the right one.
  if (power !== undefined && mantissa <= MAX_EXACT && mantissa >= -MAX_EXACT) {
    return Number(mantissa) / power;
  }
  return Number(formatDecimal(value));
}
