/** Times with their zone, and ages in the two largest units. The unit signs are the same in both languages. */
import type { Language } from '../strings/language.ts';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', sv: 'sv-SE' };

const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
const DAY = { day: 'numeric', month: 'short', year: 'numeric' } as const;

/** "14:03:20" in the visitor's own zone. The zone is told once, beside the column or chart. */
export const formatClock = (ms: number, language: Language, timeZone?: string): string =>
  format(ms, language, { ...CLOCK, ...zoned(timeZone) });

/** "31 Jan 2026, 14:03:20 CET": complete by itself. */
export const formatMoment = (ms: number, language: Language, timeZone?: string): string =>
  format(ms, language, { ...DAY, ...CLOCK, timeZoneName: 'short', ...zoned(timeZone) });

/** "CET": the visitor's zone at that moment. */
export function formatZone(ms: number, language: Language, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat(LOCALES[language], {
    timeZoneName: 'short',
    ...zoned(timeZone),
  }).formatToParts(ms);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC';
}

export const formatInstant = (ms: number): string => new Date(ms).toISOString();

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** "4 s", "3 min 20 s", "2 d 5 h". Never negative: clocks of two machines differ a little. */
export function formatAge(ms: number): string {
  let seconds = Math.max(0, Math.floor(ms / 1000));
  const words: string[] = [];
  for (const [sign, size] of UNITS) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) words.push(`${count}\u00a0${sign}`);
    else if (words.length > 0) break;
    if (words.length === 2) break;
  }
  return words.join(' ') || '0\u00a0s';
}

const zoned = (timeZone?: string) => (timeZone === undefined ? {} : { timeZone });

const format = (ms: number, language: Language, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(LOCALES[language], options).format(ms);
