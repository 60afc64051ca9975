/** "29 Nov 2026, 14:05": to the minute, in the visitor's own zone. */
import type { Language } from '../strings/language.ts';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', sv: 'sv-SE' };

export const formatDay = (ms: number, language: Language): string =>
  new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeStyle: 'short' }).format(
    ms,
  );
