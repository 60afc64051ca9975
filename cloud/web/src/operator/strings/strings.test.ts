import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { sv } from './sv.ts';

type Entry = readonly [path: string, value: unknown];

const entriesOf = (catalogue: object, path = ''): Entry[] =>
  Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'object' ? entriesOf(value, `${path}${key}.`) : [[path + key, value] as const],
  );

// The same in both languages, and rightly so.
const SAME = new Set(['title', 'kinds.gateway', 'kinds.agent']);

describe('the operator’s catalogue', () => {
  it('has the same keys in both languages, none empty, none left in English', () => {
    const swedish = new Map(entriesOf(sv));
    expect([...swedish.keys()]).toEqual(entriesOf(en).map(([path]) => path));
    for (const [path, text] of entriesOf(en)) {
      if (typeof text !== 'string') continue;
      expect(swedish.get(path), path).not.toBe('');
      if (!SAME.has(path)) expect(swedish.get(path), path).not.toBe(text);
    }
  });
});
