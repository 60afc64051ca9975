/** How full something is, from what its sensor says, and when it was emptied. Pure. */
import type { Reading, ReadingField, Series } from '../api/model.ts';
import type { BinShape } from '../town/town-sources.ts';

export interface Fill {
  /** The sealed number this rests on. */
  readonly field: ReadingField;
  /** 0 to 100 for drawing; null where only a distance is known, and not how deep the bin is. */
  readonly percent: number | null;
  /** Whether the per cent were computed here and not sent. */
  readonly computed: boolean;
}

export function fillOf(
  { fields }: { readonly fields: readonly ReadingField[] },
  shape: BinShape | null,
): Fill | null {
  const level = fields.find(({ name }) => name === 'level');
  if (level !== undefined) {
    const percent = level.unit === '/' ? Number(level.value) * 100 : Number(level.value);
    return { field: level, percent: bounded(percent), computed: false };
  }
  const distance = fields.find(({ name }) => name === 'distance');
  if (distance === undefined) return null;
  const percent = percentOf(Number(distance.value) * mmOf(distance.unit), shape);
  return { field: distance, percent, computed: percent !== null };
}

/** A drawn series of distances as per cent, so that a curve rises as the bin fills. */
export function fillSeries(series: Series, shape: BinShape | null): Series {
  const factor = mmOf(series.unit);
  const turn = (value: number) => percentOf(value * factor, shape) ?? value;
  if (shape === null || series.unit === '%' || series.unit === '/') return series;
  return {
    unit: '%',
    times: series.times,
    values: series.values.map(turn),
    low: series.high.map(turn),
    high: series.low.map(turn),
  };
}

// A lid opened, or a bag thrown on top, moves the level less than this.
const EMPTIED_PERCENT = 30;

/** The time of the first point after the last fall by a third; null when none is in sight. */
export function emptiedAt({ unit, times, values }: Series): number | null {
  if (unit !== '%') return null;
  for (let i = values.length - 1; i > 0; i--)
    if ((values[i - 1] as number) - (values[i] as number) >= EMPTIED_PERCENT)
      return times[i] as number;
  return null;
}

/** Ordered by what is full first; what says nothing comes last. */
export const byFill = <T extends { readonly fill: Fill | null }>(bins: readonly T[]): T[] =>
  bins.toSorted((a, b) => (b.fill?.percent ?? -1) - (a.fill?.percent ?? -1));

export const newestFill = (readings: readonly Reading[], shape: BinShape | null) =>
  readings.find((reading) => fillOf(reading, shape) !== null) ?? null;

const MM: Readonly<Record<string, number>> = { mm: 1, cm: 10, m: 1000 };
const mmOf = (unit: string | null): number => MM[unit ?? ''] ?? Number.NaN;

function percentOf(mm: number, shape: BinShape | null): number | null {
  if (shape === null || !Number.isFinite(mm)) return null;
  return bounded((100 * (shape.emptyMm - mm)) / (shape.emptyMm - shape.fullMm));
}

const bounded = (percent: number): number | null =>
  Number.isFinite(percent) ? Math.min(100, Math.max(0, percent)) : null;
