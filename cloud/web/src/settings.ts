/** Language and appearance: chosen once, remembered in this browser. */
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { chooseLanguage, type Language } from './strings/language.ts';

export type Theme = 'light' | 'dark';

/** What a browser remembers; private windows may refuse, and then nothing is remembered. */
export interface Memory {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

export const browserMemory: Memory = {
  get(key) {
    try {
      return localStorage.getItem(`sigill.${key}`);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`sigill.${key}`, value);
    } catch {
      // The choice holds until the page is closed.
    }
  },
};

export function useLanguage(memory: Memory): [Language, (language: Language) => void] {
  const [language, setLanguage] = useState(() =>
    chooseLanguage(memory.get('language'), navigator.languages),
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return [
    language,
    (chosen) => {
      memory.set('language', chosen);
      setLanguage(chosen);
    },
  ];
}

/** The visitor's choice, else the system's, also when that changes at dusk. */
export function useTheme(memory: Memory): [Theme, (theme: Theme) => void] {
  const [chosen, setChosen] = useState(memory.get('theme'));
  const system = useSystemTheme();
  const theme = chosen === 'light' || chosen === 'dark' ? chosen : system;
  // Before the first paint, so that nobody is dazzled at night.
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return [
    theme,
    (picked) => {
      memory.set('theme', picked);
      setChosen(picked);
    },
  ];
}

function useSystemTheme(): Theme {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const changed = () => setDark(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [query]);
  return dark ? 'dark' : 'light';
}
