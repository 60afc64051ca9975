/**
 * docs/attacks.md says which test mounts which attack, and what catches it: every row names a test that there is, and
 * every attack that is a test has its row.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const rows = Array.from(
  read('docs/attacks.md').matchAll(
    /^\| ([^|]+) \| \[([^|]+)\]\(\.\.\/([^)|]+)\) \| ([^|]+) \| ([^|]+) \|$/gm,
  ),
  ([, attack = '', title = '', file = '', caught = '']) => ({ attack, title, file, caught }),
);

/** Files of nothing but attacks. */
const ATTACKS = [
  'evidence/src/judge/attacks.test.ts',
  'evidence/src/judge/file-attacks.test.ts',
  'evidence/src/judge/range-attacks.test.ts',
  'evidence/src/judge/limits.test.ts',
  'evidence/src/seal/attacks.test.ts',
];
/** What stands among them to be compared with, or says by its rows alone what it is. */
const NO_ATTACK = ['takes honest batches in their order', '%s'];

describe('docs/attacks.md', () => {
  it('has a row for each attack, and no attack twice', () => {
    expect(rows.length).toBeGreaterThan(120);
    const attacks = rows.map(({ attack }) => attack);
    expect(attacks.filter((attack, at) => attacks.indexOf(attack) !== at)).toEqual([]);
  });

  it('names tests that there are', () => {
    const missing = rows.filter(({ title, file }) => !read(file).includes(`'${title}'`));
    expect(missing).toEqual([]);
  });

  it.each(ATTACKS)('has a row for each test of %s', (file) => {
    const titles = Array.from(
      read(file).matchAll(/(?:^ {2}it|^ {2}it\.each\([^\n]*\)|^ {2}\])\)?\(\s*'([^'\n]+)'/gm),
      ([, title = '']) => title,
    );
    expect(titles.length).toBeGreaterThan(8);
    const told = new Set(rows.map(({ title }) => title));
    expect(titles.filter((title) => !told.has(title) && !NO_ATTACK.includes(title))).toEqual([]);
  });

  it('says of each what catches it, in words that the judge or a parser uses', () => {
    const codes = read('docs/errors.md');
    const unknown = rows.flatMap(({ attack, caught }) =>
      Array.from(caught.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g), ([code]) => code)
        .filter((code) => !codes.includes(`\`${code}\``))
        .map((code) => `${attack}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });
});
