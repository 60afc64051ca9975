/** What the server says of the numbers of streams, as this page holds it; what does not fit is refused. */
import type { NumberRun } from '../../../src/completeness/number-runs.ts';
import type { StatedGap } from '../../../src/completeness/stated-gap.ts';
import { PageError } from '../errors.ts';

export const DAY_STATES = ['missing', 'erased', 'gaps', 'complete', 'none'] as const;
/** The worst first; none: nothing yet. */
export type DayState = (typeof DAY_STATES)[number];

export interface StreamDay {
  readonly from: number;
  readonly to: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly count: number;
  readonly expected: number;
  readonly gaps: readonly StatedGap[];
  readonly gapCount: number;
  readonly missing: readonly NumberRun[];
  readonly erased: number;
  readonly silent: boolean;
  readonly open: boolean;
  readonly state: DayState;
}

export interface StreamMonth {
  readonly source: string;
  readonly device: string;
  readonly lastTime: number;
  readonly days: readonly StreamDay[];
}

/** @throws PageError SERVER_ANSWER */
export function parseCompleteness(json: unknown): StreamMonth[] {
  return list(record(json).streams).map((item) => {
    const stream = record(item);
    return {
      source: text(stream.source),
      device: text(stream.device),
      lastTime: whole(stream.lastTime),
      days: list(stream.steps).map(parseDay),
    };
  });
}

function parseDay(json: unknown): StreamDay {
  const day = record(json);
  return {
    from: whole(day.from),
    to: whole(day.to),
    first: orNull(day.first),
    last: orNull(day.last),
    count: whole(day.count),
    expected: whole(day.expected),
    gaps: list(day.gaps).map((item) => {
      const gap = record(item);
      return {
        ...{ from: orNull(gap.from), to: whole(gap.to), count: orNull(gap.count) },
        cause: text(gap.cause),
      };
    }),
    gapCount: whole(day.gapCount),
    missing: list(day.missing).map((item): NumberRun => {
      const [first, last] = list(item).map(whole);
      if (first === undefined || last === undefined) throw misshapen();
      return [first, last];
    }),
    erased: whole(day.erased),
    silent: day.silent === true,
    open: day.open === true,
    state: DAY_STATES.find((state) => state === day.state) ?? fail(),
  };
}

function record(json: unknown): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null) throw misshapen();
  return json as Record<string, unknown>;
}
const list = (json: unknown): readonly unknown[] => (Array.isArray(json) ? json : fail());
const text = (json: unknown): string => (typeof json === 'string' ? json : fail());
const whole = (json: unknown): number => (Number.isSafeInteger(json) ? (json as number) : fail());
const orNull = (json: unknown): number | null => (json === null ? null : whole(json));
const misshapen = () =>
  new PageError('SERVER_ANSWER', 'completeness: another form than this page knows');
function fail(): never {
  throw misshapen();
}
