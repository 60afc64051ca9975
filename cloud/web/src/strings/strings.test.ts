import { NUMBER_CLAIMS } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { chooseLanguage } from './language.ts';
import { quantityWords } from './quantity-words.ts';
import { sv } from './sv.ts';

type Entry = readonly [path: string, value: unknown];

const entriesOf = (catalogue: object, path = ''): Entry[] =>
  Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'object' ? entriesOf(value, `${path}${key}.`) : [[path + key, value] as const],
  );

// The same in both languages, and rightly so.
const SAME = new Set([
  'title',
  'demonstration.title',
  'table.agent',
  'kinds.plan',
  'kinds.position',
  'town.kinds.agent',
  'map.newest',
  'curve.ranges.m15',
  'curve.ranges.h1',
  'curve.ranges.h24',
  'curve.ranges.d7',
  'verify.policy',
  'spoil.parts.register',
  'footer.docs',
  'footer.policy',
]);

describe('the catalogue', () => {
  it('has the same keys in both languages: a claim, a reason, a word', () => {
    const keys = (catalogue: object) => entriesOf(catalogue).map(([path]) => path);
    expect(keys(sv)).toEqual(keys(en));
  });

  it('has no text left in English, and none empty', () => {
    const swedish = new Map(entriesOf(sv));
    for (const [path, text] of entriesOf(en)) {
      if (typeof text !== 'string') continue;
      expect(swedish.get(path), path).not.toBe('');
      if (!SAME.has(path)) expect(swedish.get(path), path).not.toBe(text);
    }
  });

  it('has words for every claim of a verdict', () => {
    expect(Object.keys(en.claims).toSorted()).toEqual([...NUMBER_CLAIMS].toSorted());
  });

  it('names a quantity in the reader’s language, and leaves an unknown name as it is', () => {
    expect(quantityWords('power.import', 'en')).not.toBe(quantityWords('power.import', 'sv'));
    expect(quantityWords('other.dsmr.1-0:99.1', 'sv')).toBe('other.dsmr.1-0:99.1');
  });
});

describe('the first language', () => {
  it('is the one chosen before, else the first of the visitor’s that we speak, else English', () => {
    expect(chooseLanguage('sv', ['en-GB'])).toBe('sv');
    expect(chooseLanguage(null, ['fi', 'sv-FI', 'en'])).toBe('sv');
    expect(chooseLanguage(null, ['EN-us', 'sv'])).toBe('en');
    expect(chooseLanguage('tlh', ['fr'])).toBe('en');
  });
});
