/** The vectors for other implementers: they are what the script makes, and our code answers them as they say. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { vectorFiles } from './testing/vector-files-fixture.ts';
import { answerTo, type Json, QUESTIONS } from './testing/vector-questions-fixture.ts';
import type { Asked } from './testing/vector-world-fixture.ts';

const folder = new URL('../vectors/', import.meta.url);
const made = vectorFiles();
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

interface VectorFile {
  readonly vectors: readonly (Asked & { readonly expected: Json })[];
}

describe('vectors', () => {
  it('are files for each question, and no others', () => {
    const there = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(there.toSorted()).toEqual([...made.keys()].toSorted());
    const listed = [...read('README.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    expect(listed).toEqual(Object.keys(QUESTIONS));
  });

  it.each([...made.keys()])('%s: is what `npm run vectors` makes', (name) => {
    expect(read(name) === made.get(name), 'npm run vectors').toBe(true);
  });

  it.each([...made.keys()])('%s: is answered as it says', (name) => {
    const { vectors } = JSON.parse(read(name)) as VectorFile;
    for (const { name: title, input, expected } of vectors)
      expect(answerTo(name.replace('.vectors.json', ''), input), title).toEqual(expected);
  });

  it.each([...made.keys()])('%s: has good ones and bad ones', (name) => {
    const { vectors } = JSON.parse(read(name)) as VectorFile;
    const bad = vectors.filter(({ expected }) => Object.hasOwn(expected as object, 'error'));
    expect(bad.length).toBeLessThan(vectors.length);
    // Questions that take anything of the right shape have no bad ones.
    const total = ['tree-roots', 'tiles', 'quorums'];
    if (!total.includes(name.replace('.vectors.json', ''))) expect(bad.length).toBeGreaterThan(0);
  });
});
