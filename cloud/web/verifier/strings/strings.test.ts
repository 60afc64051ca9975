import { NUMBER_CLAIMS } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { sv } from './sv.ts';

type Entry = readonly [path: string, value: unknown];

const entriesOf = (catalogue: object, path = ''): Entry[] =>
  Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'object' ? entriesOf(value, `${path}${key}.`) : [[path + key, value] as const],
  );

// The same in both languages, and rightly so.
const SAME = new Set(['policy']);

describe('the verifier’s catalogue', () => {
  it('has the same keys in both languages, none empty, none left in English', () => {
    const swedish = new Map(entriesOf(sv));
    expect([...swedish.keys()]).toEqual(entriesOf(en).map(([path]) => path));
    for (const [path, text] of entriesOf(en)) {
      if (typeof text !== 'string') continue;
      expect(swedish.get(path), path).not.toBe('');
      if (!SAME.has(path)) expect(swedish.get(path), path).not.toBe(text);
    }
  });

  it('has words for every claim, and says why it leaves two of them to others', () => {
    expect(Object.keys(en.claims).toSorted()).toEqual([...NUMBER_CLAIMS].toSorted());
    for (const { reasons } of [en, sv])
      for (const code of ['NO_DECODER', 'NO_PROJECTION'])
        expect(reasons[code]).toContain('sigill verify');
  });
});
