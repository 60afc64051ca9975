/** The words of the reader's language, handed down the page. */
import type { Language } from '../../src/strings/language.ts';
import { en, type Strings } from './en.ts';
import { sv } from './sv.ts';

export interface Words {
  readonly language: Language;
  readonly t: Strings;
}

const CATALOGUE: Readonly<Record<Language, Strings>> = { en, sv };

export const wordsOf = (language: Language): Words => ({ language, t: CATALOGUE[language] });
