/**
 * How full a bin was at the most in a period, in per cent.
 *
 *     assumptions = { "device": text, "emptyMm": mm, "fullMm": mm, "decimals": 0 to 6 }
 *
 * From the level where the sensor tells one. From the distance under the lid where it tells that: `emptyMm` is the
 * distance to the bottom, `fullMm` to what counts as full, and what lies beyond either counts as empty and full. Rounded
 * to `decimals`, halves up; the highest of the rounded ones is the rounded highest.
 * @module
 */
import { type Decimal, formatDecimal, isDecimal, type Reading } from '@sigill/evidence';
import { parseAssumptions, text, whole } from './assumptions.ts';
import { divideRounded } from './exact.ts';
import { type Projection, ProjectionError, readingsWithin, streamOf } from './projection.ts';

interface Bin {
  readonly emptyMm: number;
  readonly fullMm: number;
  readonly decimals: number;
}

const MAX_MM = 100_000;
const MAX_DECIMALS = 6;
// Devices write exponents near zero; others are no distances.
const MAX_EXPONENT = 32;
const MM: Readonly<Record<string, bigint>> = { mm: 1n, cm: 10n, m: 1000n };
const PERCENT: Readonly<Record<string, bigint>> = { '%': 1n, '/': 100n };

export const highestLevel: Projection = {
  name: 'highest-level@v1',
  project(streams, _, assumptions) {
    const { device, ...bin } = parseAssumptions(assumptions, {
      device: text,
      emptyMm: whole(1, MAX_MM),
      fullMm: whole(0, MAX_MM),
      decimals: whole(0, MAX_DECIMALS),
    });
    if (bin.fullMm >= bin.emptyMm)
      throw new ProjectionError('a distance to full below the one to empty expected');
    const levels = readingsWithin(streamOf(streams, device)).flatMap(
      (reading) => levelIn(reading, bin) ?? [],
    );
    if (levels.length === 0) throw new ProjectionError('no level is told in the period');
    const mantissa = levels.reduce((highest, level) => (level > highest ? level : highest));
    return { value: formatDecimal({ mantissa, exponent: -bin.decimals }), unit: '%' };
  },
};

/** Per cent, as whole units of the last decimal; null where a reading tells no level. */
function levelIn({ n, fields }: Reading, { emptyMm, fullMm, decimals }: Bin): bigint | null {
  const scale = 10n ** BigInt(decimals);
  const told = fields.find(({ name }) => name === 'level');
  if (told !== undefined) {
    const { top, bottom } = scaled(told.value, PERCENT[told.unit ?? ''], n);
    return bounded(divideRounded(top * scale, bottom), scale);
  }
  const distance = fields.find(({ name }) => name === 'distance');
  if (distance === undefined) return null;
  const { top, bottom } = scaled(distance.value, MM[distance.unit ?? ''], n);
  const filled = BigInt(emptyMm) * bottom - top;
  return bounded(divideRounded(100n * filled * scale, BigInt(emptyMm - fullMm) * bottom), scale);
}

/** A decimal times a factor, as a fraction. */
function scaled(value: unknown, factor: bigint | undefined, n: number) {
  if (!isDecimal(value) || factor === undefined || Math.abs(value.exponent) > MAX_EXPONENT)
    throw new ProjectionError(`reading ${n} tells a level in a form that is not known`);
  const { mantissa, exponent }: Decimal = value;
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0
    ? { top: mantissa * factor, bottom: power }
    : { top: mantissa * factor * power, bottom: 1n };
}

const bounded = (level: bigint, scale: bigint): bigint =>
  level < 0n ? 0n : level > 100n * scale ? 100n * scale : level;
