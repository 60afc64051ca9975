/** What stands around the verdict: what this page is, in which language, and how to know it from a forged one. */
import type { Language } from '../../src/strings/language.ts';
import type { Words } from '../strings/words.ts';
import { h, hash, icon } from './html.ts';

const LANGUAGES: readonly (readonly [Language, string])[] = [
  ['sv', 'Svenska'],
  ['en', 'English'],
];

export function top({ t, language }: Words, onLanguage: (language: Language) => void) {
  return [
    h(
      'div',
      { class: 'brand' },
      icon('seal'),
      h('h1', {}, t.title),
      h(
        'div',
        { class: 'languages screen', role: 'group', 'aria-label': t.language },
        LANGUAGES.map(([id, name]) =>
          h(
            'button',
            {
              type: 'button',
              id: `language-${id}`,
              lang: id,
              'aria-pressed': String(id === language),
              click: () => onLanguage(id),
            },
            name,
          ),
        ),
      ),
    ),
    h('p', { class: 'screen' }, t.lead),
  ];
}

export function about({ t }: Words, pageHash: string) {
  return [
    h('h2', {}, t.aboutTitle),
    t.about.map((text) => h('p', {}, text)),
    h(
      'ul',
      { class: 'list small' },
      ['sha256sum', 'shasum -a 256', 'certutil -hashfile', 'Get-FileHash'].map((tool) =>
        h('li', {}, hash(tool)),
      ),
    ),
    h('p', {}, t.aboutHash, ' ', hash(pageHash)),
  ];
}
