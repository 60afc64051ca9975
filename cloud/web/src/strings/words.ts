/** The words of the visitor's language, handed down the page. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { en, type Strings } from './en.ts';
import type { Language } from './language.ts';
import { sv } from './sv.ts';

export interface Words {
  readonly language: Language;
  readonly t: Strings;
}

const CATALOGUE: Readonly<Record<Language, Strings>> = { en, sv };

export const wordsOf = (language: Language): Words => ({ language, t: CATALOGUE[language] });

export const WordsContext = createContext<Words>(wordsOf('en'));

export const useWords = (): Words => useContext(WordsContext);
