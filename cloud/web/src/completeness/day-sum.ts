/** One day over all streams of a source. Pure. */
import { countIn } from '../../../src/completeness/number-runs.ts';
import { DAY_STATES, type DayState, type StreamDay, type StreamMonth } from './model.ts';

export interface DaySum {
  readonly state: DayState;
  readonly count: number;
  readonly expected: number;
  readonly missing: number;
  readonly erased: number;
  readonly gaps: number;
  readonly silent: boolean;
  /** Some stream has not gone on past it: more may come. */
  readonly open: boolean;
}

export const daysAt = (streams: readonly StreamMonth[], from: number): StreamDay[] =>
  streams.flatMap(({ days }) => days.find((day) => day.from === from) ?? []);

export function sumDay(days: readonly StreamDay[]): DaySum {
  const sum = (part: (day: StreamDay) => number) =>
    days.reduce((total, day) => total + part(day), 0);
  return {
    state: DAY_STATES.find((state) => days.some((day) => day.state === state)) ?? 'none',
    count: sum(({ count }) => count),
    expected: sum(({ expected }) => expected),
    missing: sum(({ missing }) => countIn(missing)),
    erased: sum(({ erased }) => erased),
    gaps: sum(({ gapCount }) => gapCount),
    silent: days.some(({ silent }) => silent),
    open: days.some(({ state, open }) => open && state !== 'none'),
  };
}
