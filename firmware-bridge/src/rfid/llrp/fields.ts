/**
 * Fields of LLRP observations, filled parameter by parameter.
 * @module
 */
import type { FieldValue, ObservedField } from '../../driver.ts';

export type Fields = Record<string, ObservedField>;

/** A name already taken is told under the parameter's own: nothing is overwritten, nothing dropped. */
export function put(
  fields: Fields,
  name: string,
  value: FieldValue,
  unit: string | null,
  code: string,
): void {
  let free = Object.hasOwn(fields, name) ? otherName(code) : name;
  for (let n = 2; Object.hasOwn(fields, free); n++) free = `${otherName(code)}.${n}`;
  fields[free] = { value, unit, code };
}

export function putNumber(
  fields: Fields,
  name: string,
  value: number | bigint,
  code: string,
  unit: string | null = null,
  exponent = 0,
): void {
  put(fields, name, { mantissa: BigInt(value), exponent }, unit, code);
}

export function otherName(code: string): string {
  return `other.llrp.${code}`;
}

// Readers without a set clock begin in 1970, 2000 or the year their firmware was made. LLRP is of 2007, its first
// readers are retired; what is beyond 2100 is no clock either.
const EARLIEST_US = BigInt(Date.UTC(2015, 0, 1)) * 1000n;
const LATEST_US = BigInt(Date.UTC(2100, 0, 1)) * 1000n;

/** The reader's claim in milliseconds; null if it cannot be. */
export function plausibleTime(us: bigint | null): number | null {
  return us !== null && us >= EARLIEST_US && us < LATEST_US ? Number(us / 1000n) : null;
}

// The last instant that RFC 3339 can write.
const LAST_YEAR_US = BigInt(Date.UTC(9999, 11, 31, 23, 59, 59, 999)) * 1000n;

/** RFC 3339 with the reader's microseconds; the bare number where no calendar reaches. */
export function instantText(us: bigint): string {
  if (us > LAST_YEAR_US) return `${us} us`;
  const seconds = new Date(Number(us / 1000n)).toISOString().slice(0, -4);
  return `${seconds}${String(us % 1_000_000n).padStart(6, '0')}Z`;
}
