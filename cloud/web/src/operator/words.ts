/** The words of the operator's page, in the visitor's language: a catalogue of its own, so that no reader loads it. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Language } from '../strings/language.ts';
import { en, type OperatorStrings } from './strings/en.ts';
import { sv } from './strings/sv.ts';

export interface OperatorWords {
  readonly language: Language;
  readonly t: OperatorStrings;
}

const CATALOGUE: Readonly<Record<Language, OperatorStrings>> = { en, sv };

export const operatorWordsOf = (language: Language): OperatorWords => ({
  language,
  t: CATALOGUE[language],
});

export const OperatorWordsContext = createContext<OperatorWords>(operatorWordsOf('en'));

export const useOperatorWords = (): OperatorWords => useContext(OperatorWordsContext);
