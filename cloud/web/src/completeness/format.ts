/** Days and months in words, in UTC. */
import type { Language } from '../strings/language.ts';
import { type DayName, dayBounds, type MonthName, monthBounds } from './calendar.ts';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', sv: 'sv-SE' };

const format = (ms: number, language: Language, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone: 'UTC' }).format(ms);

export const formatMonth = (month: MonthName, language: Language): string => {
  const text = format(monthBounds(month).from, language, { month: 'long', year: 'numeric' });
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** "1 March 2026" */
export const formatDay = (day: DayName, language: Language): string =>
  format(dayBounds(day).from, language, { day: 'numeric', month: 'long', year: 'numeric' });

const MINUTE = { hour: '2-digit', minute: '2-digit' } as const;
const DATED = { day: 'numeric', month: 'short', ...MINUTE } as const;

/** "14:03" of that day, or "2 Mar, 14:03" of another. */
export const formatTimeOf = (ms: number, day: DayName, language: Language): string => {
  const { from, to } = dayBounds(day);
  return format(ms, language, ms >= from && ms < to ? MINUTE : DATED);
};
