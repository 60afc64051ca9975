/** Device digits for people. */
import type { Language } from '../strings/language.ts';

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?$/;
const NARROW_SPACE = '\u202f';
const MINUS = '\u2212';

/**
 * The same digits, with the reader's decimal mark and groups of three from five integer digits on.
 * Text to text: a value never passes through a float. What is not a number comes back as it is.
 */
export function formatDigits(text: string, language: Language): string {
  const match = NUMBER.exec(text);
  if (match === null) return text;
  const [, sign, whole = '', fraction] = match;
  const grouped = whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
  const mark = language === 'sv' ? ',' : '.';
  return `${sign === '-' ? MINUS : ''}${grouped}${fraction === undefined ? '' : mark + fraction}`;
}

/** A float from a chart, for a person: as many digits as the chart can honestly show. */
export function formatChartNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(language === 'sv' ? 'sv-SE' : 'en-GB', {
    maximumSignificantDigits: 5,
  }).format(value);
}

// SenML and UCUM spell units in ASCII; people do not.
const UNIT_SYMBOLS: Readonly<Record<string, string>> = { Cel: '°C', m3: 'm³', '/': '' };

export const formatUnit = (unit: string | null): string =>
  unit === null ? '' : (UNIT_SYMBOLS[unit] ?? unit);
