/**
 * Degrees out of degrees and minutes, without a binary fraction on the way.
 *
 * A receiver writes 4717.1136 for 47° 17.1136′. Minutes with k decimals become degrees with k + 2, rounded to the nearest:
 * minutes × 5/3 ends in nothing, a third or two, so there is no tie, and the error is a third of the last digit. That is a
 * fifth of the last digit of the minutes: whoever multiplies back by sixty gets the receiver's digits again.
 * @module
 */
import type { Decimal } from '@sigill/evidence';
import { DecodeError } from '../../errors.ts';

// Ten decimals of a minute are a fifth of a micrometre; with two more, 180 degrees still fit a signed 64-bit number.
const DEGREES = /^(\d{0,3})(\d\d)(?:\.(\d{0,10}))?$/;

export interface Axis {
  readonly most: number;
  readonly positive: string;
  readonly negative: string;
}

export const LATITUDE: Axis = { most: 90, positive: 'N', negative: 'S' };
export const LONGITUDE: Axis = { most: 180, positive: 'E', negative: 'W' };

/** @throws DecodeError FRAME_SYNTAX */
export function readDegrees(text: string, hemisphere: string, axis: Axis): Decimal {
  const [matched, whole = '', minutes = '', decimals = ''] = DEGREES.exec(text) ?? [];
  const sign = hemisphere === axis.positive ? 1n : hemisphere === axis.negative ? -1n : 0n;
  if (matched === undefined || sign === 0n || Number(minutes) >= 60)
    throw new DecodeError(
      'FRAME_SYNTAX',
      `degrees, minutes and ${axis.positive} or ${axis.negative} expected, got ${text},${hemisphere}`,
    );
  const scale = decimals.length + 2;
  const minuteUnits = BigInt(minutes + decimals) * 100n;
  const degrees = BigInt(whole || '0') * 10n ** BigInt(scale) + (minuteUnits * 2n + 60n) / 120n;
  if (degrees > BigInt(axis.most) * 10n ** BigInt(scale))
    throw new DecodeError('FRAME_SYNTAX', `at most ${axis.most} degrees expected, got ${text}`);
  return { mantissa: sign * degrees, exponent: -scale };
}
