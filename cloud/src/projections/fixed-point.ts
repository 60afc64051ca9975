/**
 * Sine, cosine, arc sine and square root on whole numbers, so that every program gives the same digits; JavaScript's own
 * may differ in the last bit from engine to engine. A number x stands as x times 10^40, and results are good to 10^-36.
 * @module
 */
const DIGITS = 40n;
export const ONE = 10n ** DIGITS;

// π to 50 digits behind the point (OEIS A000796), cut to ours.
export const PI = 314159265358979323846264338327950288419716939937510n / 10n ** (50n - DIGITS);

export const multiply = (a: bigint, b: bigint): bigint => (a * b) / ONE;
export const divide = (a: bigint, b: bigint): bigint => (a * ONE) / b;

/** Of an angle between -π and π: its own series, until the terms are gone. */
export function sine(x: bigint): bigint {
  return alternating(x, x, 2n);
}

export function cosine(x: bigint): bigint {
  return alternating(x, ONE, 1n);
}

/** term - term·x²/(k(k+1)) + …, where k is 2 for the sine and 1 for the cosine. */
function alternating(x: bigint, first: bigint, from: bigint): bigint {
  const square = multiply(x, x);
  let sum = first;
  let term = first;
  for (let k = from; term !== 0n; k += 2n) {
    term = -multiply(term, square) / (k * (k + 1n));
    sum += term;
  }
  return sum;
}

/** Of a number from 0 on. */
export function root(x: bigint): bigint {
  return wholeRoot(x * ONE);
}

/** Newton's steps from above, which stop at the root rounded down. */
function wholeRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let guess = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + n / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

// Halved so often, an angle is small enough for a series of some thirty terms.
const HALVINGS = 4;

/** Of a number from 0 to 1: arctan(x / √(1 - x²)), by half angles. */
export function arcSine(x: bigint): bigint {
  if (x >= ONE) return PI / 2n;
  let tangent = divide(x, root(ONE - multiply(x, x)));
  for (let i = 0; i < HALVINGS; i++)
    tangent = divide(tangent, ONE + root(ONE + multiply(tangent, tangent)));
  return arcTangentSeries(tangent) * 2n ** BigInt(HALVINGS);
}

function arcTangentSeries(x: bigint): bigint {
  const square = multiply(x, x);
  let power = x;
  let sum = x;
  for (let k = 3n; power !== 0n; k += 2n) {
    power = -multiply(power, square);
    sum += power / k;
  }
  return sum;
}
