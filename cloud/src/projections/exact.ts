/** Arithmetic on decimals as devices write them: exact, and rounded only where a projection says so. */
import type { Decimal } from '@sigill/evidence';

// A device writes some twenty digits; more would be a text made to take long.
const MAX_SHIFT = 128;

/** mantissa at this exponent, which is the smaller one. */
function at({ mantissa, exponent }: Decimal, smaller: number): bigint {
  const shift = exponent - smaller;
  if (shift > MAX_SHIFT)
    throw new RangeError(`exponents ${exponent} and ${smaller} are too far apart`);
  return mantissa * 10n ** BigInt(shift);
}

/** With the finer scale of both. */
export function subtract(left: Decimal, right: Decimal): Decimal {
  const exponent = Math.min(left.exponent, right.exponent);
  return { mantissa: at(left, exponent) - at(right, exponent), exponent };
}

/** Below zero, zero, or above. */
export function compare(left: Decimal, right: Decimal): number {
  const { mantissa } = subtract(left, right);
  return mantissa < 0n ? -1 : mantissa > 0n ? 1 : 0;
}

/** To so many digits behind the point; halves away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const [n, d] = [magnitude(numerator), magnitude(denominator)];
  const rounded = (2n * n + d) / (2n * d);
  return negative ? -rounded : rounded;
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
