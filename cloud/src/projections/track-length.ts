/**
 * How long a track is: great circles from position to position on a sphere.
 *
 *     assumptions = { "device": text, "radiusMm": mm, "decimals": 0 to 3 }
 *
 * From the last position before the period, where the reading that bounds it tells one, over all inside, in the order of
 * their numbers. Heights are left out, and so is what the animal walked between two positions. Metres, rounded once at
 * the end to `decimals`, halves up.
 * @module
 */
import { type Decimal, formatDecimal, isDecimal, type Reading } from '@sigill/evidence';
import { parseAssumptions, text, whole } from './assumptions.ts';
import { divideRounded } from './exact.ts';
import { arcSine, cosine, multiply, ONE, PI, root, sine } from './fixed-point.ts';
import { type Projection, ProjectionError, streamOf } from './projection.ts';

const MAX_DECIMALS = 3;
const MAX_EXPONENT = 32;

interface Place {
  /** Radians, in fixed point. */
  readonly latitude: bigint;
  readonly longitude: bigint;
}

export const trackLength: Projection = {
  name: 'track-length@v1',
  project(streams, _, assumptions) {
    const { device, radiusMm, decimals } = parseAssumptions(assumptions, {
      device: text,
      radiusMm: whole(1, 10_000_000_000),
      decimals: whole(0, MAX_DECIMALS),
    });
    const { readings, first, count } = streamOf(streams, device);
    const places = readings
      .filter(({ n }) => n < first + count)
      .flatMap((reading) => placeIn(reading) ?? []);
    if (places.length < 2) throw new ProjectionError('fewer than two positions up to the end');
    let angle = 0n;
    for (const [at, place] of places.entries())
      if (at > 0) angle += angleBetween(places[at - 1] as Place, place);
    const mantissa = divideRounded(angle * BigInt(radiusMm) * 10n ** BigInt(decimals), 1000n * ONE);
    return { value: formatDecimal({ mantissa, exponent: -decimals }), unit: 'm' };
  },
};

/** The haversine formula. */
function angleBetween(from: Place, to: Place): bigint {
  if (from.latitude === to.latitude && from.longitude === to.longitude) return 0n;
  const north = sine((to.latitude - from.latitude) / 2n);
  const east = sine((to.longitude - from.longitude) / 2n);
  const widths = multiply(cosine(from.latitude), cosine(to.latitude));
  const half = multiply(north, north) + multiply(widths, multiply(east, east));
  return 2n * arcSine(root(half));
}

/** Null for a reading without a position. */
function placeIn({ n, fields }: Reading): Place | null {
  const value = (name: string) => fields.find((field) => field.name === name)?.value;
  const [latitude, longitude] = [value('position.latitude'), value('position.longitude')];
  if (latitude === undefined || longitude === undefined) return null;
  if (!isDecimal(latitude) || !isDecimal(longitude))
    throw new ProjectionError(`the position of reading ${n} is no number`);
  const place = { latitude: toRadians(latitude), longitude: toRadians(longitude) };
  // Receivers without a fix have been seen to send 91 and 181.
  const isThere = magnitude(place.latitude) <= PI / 2n && magnitude(place.longitude) <= PI;
  return isThere ? place : null;
}

function toRadians({ mantissa, exponent }: Decimal): bigint {
  if (Math.abs(exponent) > MAX_EXPONENT)
    throw new ProjectionError('a position with an exponent that is no device’s');
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? (mantissa * PI) / (180n * power) : (mantissa * power * PI) / 180n;
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
