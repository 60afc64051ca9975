/**
 * How complete a stream is in one step of the calendar, from what is known of its numbers. Pure.
 *
 * Numbers say what is missing: one that never came lies between two that did. Times say where: a missing number stands
 * in every step it may belong to. What the agent states as a gap is no missing number, and is told beside. A silence
 * is a fault only where a sign of life was promised.
 * @module
 */
import { countIn, type NumberRun } from './number-runs.ts';
import type { StatedGap } from './stated-gap.ts';
import type { StatedPlan } from './stated-plan.ts';
import { DAY_MS, type Step } from './steps.ts';

/** The worst first, but for what is not known yet. */
export type StepState = 'missing' | 'erased' | 'gaps' | 'complete' | 'none';

export interface StepAnswer extends Step {
  readonly first: number | null;
  readonly last: number | null;
  /** Readings that are here. */
  readonly count: number;
  /** Readings there should be, as far as numbers tell. */
  readonly expected: number;
  /** The first of them; `gapCount` tells how many there are. */
  readonly gaps: readonly StatedGap[];
  readonly gapCount: number;
  readonly missing: readonly NumberRun[];
  readonly erased: number;
  /** Nothing at all, though a sign of life was promised and the stream goes on later. */
  readonly silent: boolean;
  /** The stream has not gone on past it: more may come. */
  readonly open: boolean;
  readonly state: StepState;
}

/** All that is known of one stream, of a time a little longer than the steps asked for. */
export interface StreamNumbers {
  readonly device: string;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly days: readonly {
    readonly day: number;
    readonly first: number;
    readonly last: number;
    readonly count: number;
  }[];
  readonly holes: readonly (Step & { readonly first: number; readonly last: number })[];
  readonly gaps: readonly StatedGap[];
  /** Numbers erased. */
  readonly erased: readonly number[];
  /** Of its source, oldest first. */
  readonly plans: readonly (StatedPlan & { readonly time: number })[];
}

// A box that starts again and again states a gap each time; the range of that day has them all.
const MOST_GAPS = 100;

/** @param now ms: what lies ahead is not here yet, whatever a clock said */
export function judgeStep(stream: StreamNumbers, { from, to }: Step, now: number): StepAnswer {
  const days = stream.days.filter(({ day }) => day * DAY_MS >= from && day * DAY_MS < to);
  const holes = stream.holes.filter((hole) => hole.to >= from && hole.from < to);
  const gaps = stream.gaps.filter((gap) => gap.to >= from && (gap.from ?? gap.to) < to);
  const { missing, inHoles } = withoutErased(holes, stream.erased);
  // Erased after it was counted: its number lies among those of the day.
  const counted = stream.erased.filter(
    (n) => !inHoles.has(n) && days.some(({ first, last }) => n >= first && n <= last),
  ).length;
  const count = days.reduce((sum, day) => sum + day.count, 0) - counted;
  const erased = counted + inHoles.size;
  const open = stream.lastTime < to;
  const isAhead = stream.lastTime < from || stream.firstTime >= to || from > now;
  const isEmpty = count + erased + missing.length + gaps.length === 0;
  const silent = isEmpty && !isAhead && isPromised(stream, from, to);
  return {
    ...{ from, to, count, erased, missing, silent, open },
    first: least(days.map((day) => day.first)),
    last: least(
      days.map((day) => -day.last),
      -1,
    ),
    expected: count + erased + countIn(missing),
    gaps: gaps.slice(0, MOST_GAPS),
    gapCount: gaps.length,
    state: stateOf({
      missing: missing.length > 0 || silent,
      erased: erased > 0,
      gaps: gaps.length > 0,
      none: isEmpty && isAhead,
    }),
  };
}

function stateOf(found: Readonly<Record<Exclude<StepState, 'complete'>, boolean>>): StepState {
  if (found.missing) return 'missing';
  if (found.erased) return 'erased';
  if (found.gaps) return 'gaps';
  return found.none ? 'none' : 'complete';
}

function withoutErased(
  holes: readonly { readonly first: number; readonly last: number }[],
  erased: readonly number[],
): { missing: NumberRun[]; inHoles: ReadonlySet<number> } {
  const inHoles = new Set<number>();
  const missing: NumberRun[] = [];
  for (const { first, last } of holes) {
    let from = first;
    for (const n of erased.filter((one) => one >= first && one <= last).sort((a, b) => a - b)) {
      inHoles.add(n);
      if (n > from) missing.push([from, n - 1]);
      from = n + 1;
    }
    if (from <= last) missing.push([from, last]);
  }
  return { missing, inHoles };
}

/** All of the time, something was promised of this stream that is due within it. */
function isPromised({ plans, device }: StreamNumbers, from: number, to: number): boolean {
  const before = plans.filter(({ time }) => time < from).at(-1);
  const within = plans.filter(({ time }) => time >= from && time < to);
  if (before === undefined) return false;
  return [before, ...within].every(
    ({ active, heartbeatMs, devices }) =>
      active && heartbeatMs <= to - from && (device === '' || devices),
  );
}

function least(numbers: readonly number[], sign = 1): number | null {
  return numbers.length === 0 ? null : sign * numbers.reduce((a, b) => Math.min(a, b));
}
