/** What a range says of one stream, as it is told to people: n of n, what is missing, and why. Pure. */
import type { Period, StreamVerdict } from '@sigill/evidence';
import { type NumberRun, toRuns } from './number-runs.ts';
import { type StatedGap, statedGap } from './stated-gap.ts';

export interface StreamSummary {
  readonly source: string;
  readonly device: string;
  /** Readings that are here, of those there should be. */
  readonly held: number;
  readonly count: number;
  readonly first: number;
  /** Nobody says why. */
  readonly missing: readonly NumberRun[];
  readonly erased: readonly { readonly n: number; readonly reason: string }[];
  /** As the agent states them, in the readings that are here. */
  readonly gaps: readonly StatedGap[];
  /** Of those held: with times outside the period, between others inside. The clock jumped. */
  readonly astray: number;
}

export function summariseStream(
  { source, device, first, count, readings, holes }: StreamVerdict,
  period: Period | null,
): StreamSummary {
  const inside = readings.filter(({ n }) => n >= first && n < first + count);
  const isAstray = ({ time }: { readonly time: number }) =>
    period !== null && (time < period.from || time >= period.to);
  return {
    ...{ source, device, first, count },
    held: inside.length,
    missing: toRuns(holes.filter(({ erased }) => erased === null).map(({ n }) => n)),
    erased: holes.flatMap(({ n, erased: reason }) => (reason === null ? [] : [{ n, reason }])),
    // What bounds the period tells of its ends: a gap told just after it may reach into it.
    gaps: readings.flatMap((reading) => {
      const gap = statedGap(reading);
      return gap !== null && overlaps(gap, period) ? [gap] : [];
    }),
    astray: inside.filter(isAstray).length,
  };
}

function overlaps({ from, to }: StatedGap, period: Period | null): boolean {
  return period === null || (to >= period.from && (from ?? to) < period.to);
}
