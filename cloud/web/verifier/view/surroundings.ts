/** What stands around the verdict: what this page is, in which language, and how to know it from a forged one. */
import type { Language } from '../../src/strings/language.ts';
import type { Words } from '../strings/words.ts';
import { h, hash, sealMark } from './html.ts';

// Linux, macOS, and Windows in either of its shells.
const TOOLS = [
  'sha256sum sigill-verifier.html',
  'shasum -a 256 sigill-verifier.html',
  'certutil -hashfile sigill-verifier.html SHA256',
  'Get-FileHash sigill-verifier.html',
];
const LANGUAGES: readonly (readonly [Language, string])[] = [
  ['sv', 'Svenska'],
  ['en', 'English'],
];

export function top({ t, language }: Words, onLanguage: (language: Language) => void) {
  return [
    h(
      'div',
      { class: 'brand' },
      sealMark(),
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
    h('p', {}, hash(TOOLS.join('\n'))),
    h('p', {}, t.aboutHash, ' ', hash(pageHash)),
  ];
}
