/** The paths of a small curve, and where it begins. Pure. */
import type { Reading, Series } from '../api/model.ts';
import { extentOf, type Hole } from '../meter/curve-data.ts';
import { valueRange } from '../meter/value-range.ts';

export interface SparkFrame {
  readonly from: number;
  readonly to: number;
  readonly limits: readonly [number, number] | null;
  readonly fromZero: boolean;
}

export interface SparkLines {
  /** SVG path data; empty when there is nothing to draw. */
  readonly line: string;
  /** The same closed down to the bottom, where the axis begins at nothing. */
  readonly area: string;
  /** Where a time lies, within the picture. */
  x(time: number): number;
}

export const SPARK_WIDTH = 300;
export const SPARK_HEIGHT = 60;
const [WIDTH, HEIGHT] = [SPARK_WIDTH, SPARK_HEIGHT];
// Half a line's thickness, so that the highest point is not cut.
const MARGIN = 2;

export function sparkLines(
  series: Series,
  holes: readonly Hole[],
  { from, to, limits, fromZero }: SparkFrame,
): SparkLines {
  const extent = extentOf(series);
  const [low, high] = limits ?? valueRange(extent?.lowest ?? 0, extent?.highest ?? 1, fromZero);
  const x = (time: number) =>
    rounded(Math.min(WIDTH, Math.max(0, (WIDTH * (time - from)) / (to - from || 1))));
  const y = (value: number) =>
    rounded(HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * (value - low)) / (high - low || 1));

  const broken = new Set(holes.map((hole) => hole.from));
  const stretches: string[][] = [];
  let stretch: string[] = [];
  series.times.forEach((time, i) => {
    if (time < from || time > to) return;
    stretch.push(`${x(time)} ${y(series.values[i] as number)}`);
    if (!broken.has(time)) return;
    stretches.push(stretch);
    stretch = [];
  });
  stretches.push(stretch);
  const drawn = stretches.filter((points) => points.length > 0);
  const begin = (points: readonly string[]) => points[0]?.split(' ')[0];
  const end = (points: readonly string[]) => points.at(-1)?.split(' ')[0];
  return {
    // A lonely point is a stretch of no length: round line ends make it a dot.
    line: drawn.map((points) => `M${points.join('L')}${points.length === 1 ? 'h0' : ''}`).join(''),
    area: !fromZero
      ? ''
      : drawn
          .map(
            (points) => `M${begin(points)} ${HEIGHT}L${points.join('L')}L${end(points)} ${HEIGHT}Z`,
          )
          .join(''),
    x,
  };
}

const rounded = (pixels: number): number => Math.round(pixels * 10) / 10;

// So that the first minute of a new device is a curve and not a dot at the edge.
const SHORTEST_MS = 60_000;

/**
 * Where the time axis begins. A device younger than the range is shown from its first reading on: there is nothing before
 * it to be missing. How old it is follows from how many readings it has and how they follow each other.
 * @param readings newest first
 */
export function sparkStart(
  series: Series | null,
  readings: readonly Reading[],
  now: number,
  rangeMs: number,
): number {
  const [newest, first] = [readings[0], series?.times[0]];
  if (newest === undefined || first === undefined) return now - rangeMs;
  const steps = readings.slice(1).map((older, i) => (readings[i] as Reading).time - older.time);
  // The median: one long silence does not make it older.
  const step = steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
  // Half as much again, because readings do not follow each other evenly.
  const isYoung = newest.n * step <= (newest.time - first) * 1.5;
  return isYoung ? Math.max(now - rangeMs, Math.min(first, now - SHORTEST_MS)) : now - rangeMs;
}
