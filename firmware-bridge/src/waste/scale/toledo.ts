/**
 * The continuous output of Toledo scales, and of the many terminals that speak it:
 *
 *     STX  A B C  weight: 6  tare: 6  CR  [checksum]
 *
 *     A  bits 0-2 where the point stands   3-4 increment            5 always 1, 6 always 0
 *     B  0 net   1 negative   2 out of range   3 in motion   4 kg, else lb   5 always 1   6 zero not captured
 *     C  0-2 unit, if neither kg nor lb    3 print key   4 expanded tenfold   5 always 1   6 tare by keys
 *
 * The six digits are those of the display, the zeros that it fixes behind them included: a display that counts by tens
 * (point X0) and shows 1440 sends 1440. The checksum makes the low seven bits of the sum of all bytes zero.
 * Spec: Mettler Toledo Wildcat technical manual, tables 6-8 to 6-11; Fairbanks FB2550 manual, appendix II.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import { type Statement, saying, weightField } from './statement.ts';

export const STX = 0x02;
export const CR = 0x0d;
/** With the carriage return, without the checksum. */
export const TOLEDO_LENGTH = 17;

const WEIGHT_AT = 4;
const TARE_AT = 10;
// Points 0 and 1 stand for the zeros of X00 and X0, which are sent; 2 is a point behind the last digit.
const POINT_AT_END = 2;
const UNITS = ['g', 't', 'oz', 'ozt', 'dwt', 'ton', ''];

/** Whether these bytes begin as such a frame; a line of text in STX and ETX does not. */
export function isToledo(bytes: Uint8Array): boolean {
  const [start = 0, a = 0, b = 0, c = 0] = bytes;
  return start === STX && (a & 0x60) === 0x20 && (b & 0xa0) === 0x20 && (c & 0xa0) === 0x20;
}

export function toledoChecksum(frame: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < TOLEDO_LENGTH; i++) sum += frame[i] ?? 0;
  return -sum & 0x7f;
}

/** @throws DecodeError FRAME_SYNTAX */
export function readToledo(frame: Uint8Array): Statement {
  const [, a = 0, b = 0, c = 0] = frame;
  const decimals = Math.max(0, (a & 7) - POINT_AT_END);
  const unit = UNITS[(c & 7) - 1] ?? (b & 0x10 ? 'kg' : 'lb');
  const isOutside = (b & 0x04) !== 0;
  const stable = (b & 0x08) === 0;
  const weight = isOutside ? {} : fieldAt(frame, WEIGHT_AT, decimals, (b & 0x02) !== 0, unit, b);
  return {
    kind: 'weight',
    stable,
    fields: {
      ...weight,
      ...tareField(frame, decimals, unit, isOutside),
      'weight.stable': saying(stable, 'B.3'),
      ...(isOutside && { 'weight.range': saying('outside', 'B.2') }),
      ...(b & 0x40 && { 'other.scale.zero-not-captured': saying(true, 'B.6') }),
      ...(c & 0x08 && { 'other.scale.print': saying(true, 'C.3') }),
      ...(c & 0x10 && { 'other.scale.expanded': saying(true, 'C.4') }),
      ...(c & 0x40 && { 'other.scale.tare-by-keys': saying(true, 'C.6') }),
    },
  };
}

function fieldAt(
  frame: Uint8Array,
  at: number,
  decimals: number,
  isNegative: boolean,
  unit: string,
  b: number,
) {
  const digits = digitsAt(frame, at);
  const name = b & 0x01 ? 'weight.net' : 'weight.gross';
  const mantissa = BigInt(isNegative ? -digits : digits);
  return weightField(name, { mantissa, exponent: 0 - decimals }, unit, 'weight');
}

// Without a weight the scale may have no tare either.
function tareField(frame: Uint8Array, decimals: number, unit: string, isOutside: boolean) {
  if (isOutside && !/\d/.test(textAt(frame, TARE_AT))) return {};
  const mantissa = BigInt(digitsAt(frame, TARE_AT));
  return weightField('weight.tare', { mantissa, exponent: 0 - decimals }, unit, 'tare');
}

function digitsAt(frame: Uint8Array, at: number): number {
  const text = textAt(frame, at);
  if (!/^ *\d+$/.test(text))
    throw new DecodeError('FRAME_SYNTAX', `six digits of weight expected, got ${text}`);
  return Number(text);
}

function textAt(frame: Uint8Array, at: number): string {
  return String.fromCharCode(...frame.subarray(at, at + 6));
}
