/** The time ranges a curve can show. */
export const RANGES = {
  m15: 15 * 60_000,
  h1: 3_600_000,
  h24: 86_400_000,
  d7: 7 * 86_400_000,
} as const;

export type RangeName = keyof typeof RANGES;

export const RANGE_NAMES = Object.keys(RANGES) as RangeName[];

/** As many points as a wide screen can tell apart; a quarter of an hour of one each second is drawn as it is. */
export const POINTS = 900;

/** How often a range is asked again: when its newest bucket has moved on, but no more than every 15 s. */
export const refreshMs = (range: RangeName): number => Math.max(15_000, RANGES[range] / POINTS);
