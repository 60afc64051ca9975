/** The languages this page speaks, and which one a visitor gets. */
export type Language = 'en' | 'sv';

/** The first language of the visitor's list that we speak; else English. */
export function chooseLanguage(stored: string | null, preferred: readonly string[]): Language {
  if (stored === 'en' || stored === 'sv') return stored;
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'sv' || language === 'en') return language;
  }
  return 'en';
}
