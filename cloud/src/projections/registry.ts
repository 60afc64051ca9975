/** All projections of this release. One is never changed: a better one is a new version beside it. */
import type { ComputedNumber, Period, Recompute, StreamVerdict } from '@sigill/evidence';
import { consumption } from './consumption.ts';
import { highestLevel } from './highest-level.ts';
import type { Projection } from './projection.ts';
import { sightings, visits } from './sightings.ts';
import { trackLength } from './track-length.ts';

export const PROJECTIONS: readonly Projection[] = [
  consumption,
  sightings,
  visits,
  trackLength,
  highestLevel,
];

export function findProjection(name: string): Projection | null {
  return PROJECTIONS.find((one) => one.name === name) ?? null;
}

/** For the judge: the number again, or null where its projection is none of these. */
export function recomputeWith(projections: readonly Projection[]): Recompute {
  return ({ projection, assumptions }, streams, period) =>
    projections.find(({ name }) => name === projection)?.project(streams, period, assumptions) ??
    null;
}

/** The number that readings give. @throws ProjectionError */
export function computeNumber(
  projection: Projection,
  assumptions: string,
  streams: readonly StreamVerdict[],
  period: Period | null,
): ComputedNumber {
  const { value, unit } = projection.project(streams, period, assumptions);
  return { value, unit, projection: projection.name, assumptions };
}
