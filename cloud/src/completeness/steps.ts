/** Days and months in UTC, as the calendar's steps. Pure. */
export type StepName = 'day' | 'month';

export interface Step {
  /** ms since the Unix epoch. */
  readonly from: number;
  /** Excluded. */
  readonly to: number;
}

export const DAY_MS = 86_400_000;

/** The steps that a time touches, whole. */
export function stepsOf({ from, to }: Step, step: StepName): Step[] {
  const steps: Step[] = [];
  for (let at = beginOf(from, step); at < to; ) {
    const next = nextOf(at, step);
    steps.push({ from: at, to: next });
    at = next;
  }
  return steps;
}

function beginOf(time: number, step: StepName): number {
  if (step === 'day') return Math.floor(time / DAY_MS) * DAY_MS;
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

function nextOf(time: number, step: StepName): number {
  if (step === 'day') return time + DAY_MS;
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
