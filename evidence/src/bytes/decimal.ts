/**
 * Decimal numbers as devices write them: digits and scale, never a binary fraction.
 * @module
 */
import { EvidenceError } from '../errors.ts';
import { clip } from './bytes.ts';

/** mantissa × 10^exponent. The scale is part of the value: 0.2597 and 0.25970 differ. */
export interface Decimal {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const DECIMAL = /^([+-]?)(\d{1,64})(?:\.(\d{1,64}))?$/;

/**
 * "00001.0010" is 10010 × 10^-4: leading zeros and the sign of zero go, the scale stays.
 * @throws EvidenceError DECIMAL_SYNTAX
 */
export function parseDecimal(text: string): Decimal {
  const match = DECIMAL.exec(text);
  if (match === null)
    throw new EvidenceError('DECIMAL_SYNTAX', `decimal number expected, got ${clip(text)}`);
  const [, sign, whole = '', fraction = ''] = match;
  const magnitude = BigInt(whole + fraction);
  return { mantissa: sign === '-' ? -magnitude : magnitude, exponent: 0 - fraction.length };
}

/** The inverse of `parseDecimal`; a positive exponent is written out as zeros. */
export function formatDecimal({ mantissa, exponent }: Decimal): string {
  const sign = mantissa < 0n ? '-' : '';
  const digits = (mantissa < 0n ? -mantissa : mantissa).toString();
  if (exponent >= 0) return mantissa === 0n ? '0' : sign + digits + '0'.repeat(exponent);
  const scale = -exponent;
  const padded = digits.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

export function isDecimal(value: unknown): value is Decimal {
  return typeof value === 'object' && value !== null && 'mantissa' in value && 'exponent' in value;
}
