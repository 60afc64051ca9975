/** Months and days as the calendar draws them, all in UTC: that is how the evidence counts them. Pure. */

/** "2026-11" */
export type MonthName = string;
/** "2026-11-01" */
export type DayName = string;

export interface Bounds {
  readonly from: number;
  /** Excluded. */
  readonly to: number;
}

export const DAY_MS = 86_400_000;
const WEEK = 7;

export const isMonth = (text: string): boolean => /^\d{4}-(0[1-9]|1[0-2])$/.test(text);

export const isDay = (text: string): boolean =>
  isMonth(text.slice(0, 7)) &&
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  dayOf(Date.parse(`${text}T00:00:00Z`) || 0) === text;

export const dayOf = (ms: number): DayName => new Date(ms).toISOString().slice(0, 10);
export const monthOf = (ms: number): MonthName => dayOf(ms).slice(0, 7);

export function monthBounds(month: MonthName): Bounds {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return { from: Date.UTC(year, number - 1), to: Date.UTC(year, number) };
}

export function dayBounds(day: DayName): Bounds {
  const from = Date.parse(`${day}T00:00:00Z`);
  return { from, to: from + DAY_MS };
}

export function shiftMonth(month: MonthName, by: number): MonthName {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return monthOf(Date.UTC(year, number - 1 + by));
}

/** Weeks from Monday on; null before the first day and after the last. */
export function weeksOf(month: MonthName): (DayName | null)[][] {
  const { from, to } = monthBounds(month);
  const before = (new Date(from).getUTCDay() + 6) % WEEK;
  const days: (DayName | null)[] = Array(before).fill(null);
  for (let at = from; at < to; at += DAY_MS) days.push(dayOf(at));
  while (days.length % WEEK !== 0) days.push(null);
  return Array.from({ length: days.length / WEEK }, (_, week) =>
    days.slice(WEEK * week, WEEK * (week + 1)),
  );
}
