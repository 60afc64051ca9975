/** The numbers behind the curve: the server's series, the newest readings after it, and holes where nothing was read. */
import type { Reading, Series } from '../api/model.ts';
import { SILENT_MS } from '../live/silence.ts';

/** uPlot's columns: seconds, mean, low, high. Null is a hole. */
export type CurveData = [
  times: number[],
  values: (number | null)[],
  low: (number | null)[],
  high: (number | null)[],
];

// Devices are a little late now and then; three missing in a row is a hole.
const GAP_STEPS = 3.5;

/** The series, then every reading newer than its last point. `readings` newest first. */
export function extendSeries(series: Series, readings: readonly Reading[], field: string): Series {
  const end = series.times.at(-1) ?? Number.NEGATIVE_INFINITY;
  const fresh = readings
    .filter((reading) => reading.time > end)
    .map((reading) => ({ time: reading.time, value: numberOf(reading, field) }))
    .filter((point): point is { time: number; value: number } => point.value !== null)
    .sort((a, b) => a.time - b.time);
  const times = fresh.map((point) => point.time);
  const values = fresh.map((point) => point.value);
  return {
    unit: series.unit,
    times: [...series.times, ...times],
    values: [...series.values, ...values],
    low: [...series.low, ...values],
    high: [...series.high, ...values],
  };
}

/** A stretch of time in which nothing was read. */
export interface Hole {
  readonly from: number;
  readonly to: number;
}

/** Where points are missing, and at the end when the newest is older than a batch can be late. */
export function holesOf({ times }: Series, now: number): Hole[] {
  const longest = usualStep(times) * GAP_STEPS;
  const holes = times.flatMap((to, i) => {
    const from = times[i - 1];
    return from !== undefined && to - from > longest ? [{ from, to }] : [];
  });
  const last = times.at(-1);
  if (last !== undefined && now - last > Math.max(longest, SILENT_MS))
    holes.push({ from: last, to: now });
  return holes;
}

/** Columns for drawing, with a null point in each hole so that no line is drawn across it. */
export function toCurve(series: Series, holes: readonly Hole[]): CurveData {
  const curve: CurveData = [[], [], [], []];
  const add = (time: number, value: number | null, low: number | null, high: number | null) => {
    curve[0].push(time / 1000);
    curve[1].push(value);
    curve[2].push(low);
    curve[3].push(high);
  };
  const holeAfter = new Map(holes.map((hole) => [hole.from, hole]));
  series.times.forEach((time, i) => {
    add(time, series.values[i] ?? null, series.low[i] ?? null, series.high[i] ?? null);
    const hole = holeAfter.get(time);
    if (hole !== undefined) add((hole.from + hole.to) / 2, null, null, null);
  });
  return curve;
}

/** A point between two holes has no line to be seen by: those are drawn as dots. */
export function lonelyPoints(values: readonly (number | null)[]): number[] {
  const isHole = (i: number) => (values[i] ?? null) === null;
  return values.flatMap((_, i) => (!isHole(i) && isHole(i - 1) && isHole(i + 1) ? [i] : []));
}

// So that the first minute of a new meter is a curve and not a dot at the edge.
const SHORTEST_MS = 60_000;

/**
 * Where the time axis begins. A stream younger than the range, all of whose readings are in the
 * series, is shown from its first on: there is nothing before it to be seen or missing.
 * @param newest the number of its newest reading, from 0
 */
export function startOf(
  series: Series | null,
  newest: number,
  now: number,
  rangeMs: number,
): number {
  const first = series?.times[0];
  if (series === null || first === undefined || series.times.length <= newest) return now - rangeMs;
  return Math.max(now - rangeMs, Math.min(first, now - SHORTEST_MS));
}

/** Downsampled: at least one point stands for several readings. */
export const isDownsampled = (series: Series): boolean =>
  series.low.some((low, i) => low !== series.high[i]);

/** The nearest drawn point to a time, by bisection; -1 when nothing is drawn. */
export function nearestPoint(series: Series, time: number): number {
  let [left, right] = [0, series.times.length - 1];
  while (left < right) {
    const middle = (left + right) >> 1;
    if ((series.times[middle] as number) < time) left = middle + 1;
    else right = middle;
  }
  const [at, before] = [series.times[left], series.times[left - 1]];
  return at !== undefined && before !== undefined && time - before < at - time ? left - 1 : right;
}

export interface Extent {
  readonly lowest: number;
  readonly highest: number;
}

export function extentOf(series: Series): Extent | null {
  if (series.times.length === 0) return null;
  return {
    lowest: series.low.reduce((a, b) => Math.min(a, b)),
    highest: series.high.reduce((a, b) => Math.max(a, b)),
  };
}

/** The median distance of two points: one long silence does not move it. */
function usualStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, i) => time - (times[i] as number));
  if (steps.length === 0) return Number.POSITIVE_INFINITY;
  return steps.sort((a, b) => a - b)[steps.length >> 1] as number;
}

function numberOf(reading: Reading, field: string): number | null {
  const text = reading.fields.find(({ name }) => name === field)?.value;
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
