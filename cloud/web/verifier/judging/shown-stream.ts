/** A stream of a range as the page shows it: what is there, what is missing, some values, a curve. Bounded, pure. */
import type { Hole, Reading, StreamVerdict } from '@sigill/evidence';
import type { Curve, CurvePoint, HoleRun, ShownGap, ShownRow, ShownStream } from './examination.ts';
import { leadingFields } from './leading-fields.ts';
import { toShownField } from './shown-field.ts';

// A person reads some dozen rows; whoever wants all of them has the file.
const MAX_ROWS_AT_EACH_END = 25;
const MAX_LISTED = 50;
// About as many as a curve on a page has pixels to tell apart.
const MAX_POINTS = 300;

export function toShownStream(stream: StreamVerdict): ShownStream {
  const { source, device, first, count } = stream;
  // Those that only bound the period stand outside.
  const readings = stream.readings.filter(({ n }) => n >= first && n < first + count);
  const holes = runsOf(stream.holes);
  const gaps = readings.filter(({ kind }) => kind === 'gap');
  const measured = readings.filter(({ kind }) => !OWN_KINDS.has(kind));
  const columns = leadingFields(measured);
  const times = readings.map(({ time }) => time);
  return {
    ...{ source, device, first, count, columns },
    present: readings.length,
    firstTime: times[0] ?? null,
    lastTime: times.at(-1) ?? null,
    holes: holes.slice(0, MAX_LISTED),
    holeRuns: holes.length,
    gaps: gaps.slice(0, MAX_LISTED).map(toShownGap),
    gapCount: gaps.length,
    rows: endsOf(readings).map((reading) => toShownRow(reading, columns)),
    curve: columns[0] === undefined ? null : curveOf(measured, columns[0].name),
  };
}

const OWN_KINDS: ReadonlySet<string> = new Set(['boot', 'clock', 'plan', 'heartbeat', 'gap']);

/** Numbers that follow on each other, missing for one reason. */
function runsOf(holes: readonly Hole[]): HoleRun[] {
  const runs: HoleRun[] = [];
  for (const { n, erased } of holes) {
    const last = runs.at(-1);
    if (last !== undefined && last.to === n - 1 && last.erased === erased)
      runs[runs.length - 1] = { ...last, to: n };
    else runs.push({ from: n, to: n, erased });
  }
  return runs;
}

function toShownGap({ fields }: Reading): ShownGap {
  const shown = fields.map(toShownField);
  const text = (name: string) => shown.find((field) => field.name === name)?.value ?? null;
  const time = (name: string) => (text(name) === null ? null : Number(text(name)));
  return {
    from: time('gap.from'),
    to: time('gap.to'),
    count: text('gap.count'),
    cause: text('gap.cause') ?? '',
  };
}

function endsOf<T>(all: readonly T[]): readonly T[] {
  if (all.length <= 2 * MAX_ROWS_AT_EACH_END) return all;
  return [...all.slice(0, MAX_ROWS_AT_EACH_END), ...all.slice(-MAX_ROWS_AT_EACH_END)];
}

function toShownRow(
  { n, time, kind, fields }: Reading,
  columns: readonly { readonly name: string }[],
): ShownRow {
  const values = columns.map(({ name }) => {
    const field = fields.find((one) => one.name === name);
    return field === undefined ? null : toShownField(field).value;
  });
  return { n, time, kind, values };
}

/** Floats, for the eye alone. */
function curveOf(readings: readonly Reading[], name: string): Curve | null {
  const points: CurvePoint[] = [];
  let before: number | null = null;
  for (const { n, time, fields } of readings) {
    const field = fields.find((one) => one.name === name);
    if (field === undefined || !toShownField(field).measures) continue;
    const value = Number(toShownField(field).value);
    points.push({ time, low: value, high: value, broken: before !== null && n !== before + 1 });
    before = n;
  }
  if (points.length < 2) return null;
  const few = fewer(points);
  const lows = few.map(({ low }) => low);
  const highs = few.map(({ high }) => high);
  return { low: Math.min(...lows), high: Math.max(...highs), points: few };
}

/** Neighbours taken together, their lowest and highest kept. */
function fewer(points: readonly CurvePoint[]): readonly CurvePoint[] {
  const each = Math.ceil(points.length / MAX_POINTS);
  return Array.from({ length: Math.ceil(points.length / each) }, (_, at) => {
    const some = points.slice(at * each, (at + 1) * each);
    return {
      time: some[0]!.time,
      low: Math.min(...some.map(({ low }) => low)),
      high: Math.max(...some.map(({ high }) => high)),
      broken: some.some(({ broken }) => broken),
    };
  });
}
