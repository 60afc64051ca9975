/**
 * When an epoch was: the time of day that its sentences share, and the date that RMC (two digits of the year) or ZDA
 * (four) adds. A time that cannot be, or that two sentences tell differently, is null; the receiver's text stays.
 * @module
 */
import { parseDecimal } from '@sigill/evidence';
import type { ObservedField } from '../../driver.ts';

/** As sent. `year` has two digits or four. */
export interface SentDate {
  readonly text: string;
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

export interface EpochTime {
  readonly time: number | null;
  readonly fields: Readonly<Record<string, ObservedField>>;
}

const TIME = /^(\d\d)(\d\d)(\d\d)(?:\.(\d*))?$/;
const DAY = 86_400_000;
/** GPS counts weeks in ten bits; a receiver that does not know which 1024 it is in tells a date that long ago. */
const ROLLOVER_WEEKS = 1024;
const ROLLOVER = ROLLOVER_WEEKS * 7 * DAY;
// GPS began in 1980, so 80 to 99 are of the last century.
const FIRST_YEAR = 1980;

/** @param since before it this receiver cannot have been: a date before it is told, and is no time; null: any is believed. */
export function timeOf(
  time: string | null,
  dates: readonly SentDate[],
  since: number | null,
): EpochTime {
  const days = new Set(dates.map(dayOf));
  const [day] = days.size === 1 ? days : [null];
  const sinceMidnight = time === null ? null : millisecondsOf(time);
  const told =
    day === null || day === undefined || sinceMidnight === null ? null : day + sinceMidnight;
  const isPast = told !== null && since !== null && told < since;
  const isWhole = told !== null && !isPast && !isFinerThanMilliseconds(time ?? '');
  const fields: Record<string, ObservedField> = {};
  if (!isWhole && time !== null) fields['other.nmea0183.time'] = text(time);
  if ((told === null || isPast) && dates.length > 0)
    fields['other.nmea0183.date'] = text([...new Set(dates.map((date) => date.text))].join(' '));
  if (isPast) Object.assign(fields, weeksBehind(told, since));
  return { time: isPast ? null : told, fields };
}

/** Whether two times of day are the same instant, however many zeros they end in. */
export function isSameTime(a: string, b: string): boolean {
  return a === b || withoutZeros(a) === withoutZeros(b);
}

function withoutZeros(time: string): string {
  return time.includes('.') ? time.replace(/\.?0*$/, '') : time;
}

function isFinerThanMilliseconds(time: string): boolean {
  return /\.\d{3}\d*[1-9]/.test(time);
}

function millisecondsOf(time: string): number | null {
  const [matched, hours, minutes, seconds, fraction = ''] = TIME.exec(time) ?? [];
  // The 61st second of a leap has no place in a count that leaves it out.
  if (!matched || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return whole * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** Midnight of the day; null where the calendar has none such. */
function dayOf({ day, month, year }: SentDate): number | null {
  if (!/^\d{1,2}$/.test(day) || !/^\d{1,2}$/.test(month) || !/^(\d\d|\d{4})$/.test(year))
    return null;
  const short = year.length === 2;
  const century = Number(year) >= FIRST_YEAR % 100 ? 1900 : 2000;
  const full = short ? century + Number(year) : Number(year);
  const ms = Date.UTC(full, Number(month) - 1, Number(day));
  const date = new Date(ms);
  const same = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return same && full >= FIRST_YEAR ? ms : null;
}

/** By how many weeks a receiver's calendar is behind, if whole turns of its week counter explain it. */
function weeksBehind(told: number, since: number): Record<string, ObservedField> {
  const turns = Math.ceil((since - told) / ROLLOVER);
  const weeks = parseDecimal(String(turns * ROLLOVER_WEEKS));
  return { 'other.nmea0183.weeks-behind': { value: weeks, unit: 'wk', code: null } };
}

function text(value: string): ObservedField {
  return { value, unit: null, code: null };
}
