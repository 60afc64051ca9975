/**
 * The pages that people begin with say what is true: what they import exists, what they type works.
 */
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { NODE, runSigill, SIGILL } from '../testing/sigill-process.ts';

const root = join(import.meta.dirname, '../..');
const pages = globSync(
  ['*.md', '*/README.md', '*/*/README.md', 'docs/**/*.md', 'evidence/FORMAT.md'],
  {
    cwd: root,
  },
).filter((path) => !path.includes('node_modules'));
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

describe.each(pages)('%s', (page) => {
  it('links to files that are there', () => {
    const links = Array.from(
      textOf(page).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g),
      ([, to = '']) => to,
    );
    const missing = links.filter((to) => globSync(join(root, dirname(page), to)).length === 0);
    expect(missing).toEqual([]);
  });
});

describe('what the pages import', () => {
  const imports = pages.flatMap((page) =>
    Array.from(
      textOf(page).matchAll(/^import \{([^}]+)\} from '(@sigill\/[^']+)';$/gm),
      ([, names = '', from = '']) => ({
        page,
        from,
        names: names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '' && !name.startsWith('type ')),
      }),
    ),
  );

  it.each(imports)('$page: $names from $from', async ({ from, names }) => {
    const exported = Object.keys(await import(from));
    expect(names.filter((name) => !exported.includes(name))).toEqual([]);
  });

  it('is something', () => expect(imports.length).toBeGreaterThan(2));
});

describe('what the pages type', () => {
  it('names commands that there are', async () => {
    const { stdout } = await runSigill(['--help']);
    const known = stdout
      .split('\n')
      .filter((line) => line.startsWith('  '))
      .map((line) => line.trim().split(/ {2,}/)[0]!);
    const typed = pages
      .filter((page) => page !== 'CHANGELOG.md')
      .flatMap((page) =>
        Array.from(
          textOf(page).matchAll(/npx sigill ([a-z]+(?: [a-z]+)?)/g),
          ([, words = '']) => words,
        ),
      );
    expect(typed.length).toBeGreaterThan(10);
    expect(
      typed.filter(
        (words) => !known.some((name) => words === name || words.startsWith(name.split(' ')[0]!)),
      ),
    ).toEqual([]);
  });

  it('a meter simulated and read again, as firmware-bridge begins', async () => {
    const line = `"${NODE}" "${SIGILL}" simulate dsmr-p1 --to - --count 1 | "${NODE}" "${SIGILL}" decode --driver dsmr-p1`;
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', line]);
    const observations = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(observations[0]).toMatchObject({
      kind: 'meter',
      fields: { 'power.import': { unit: 'kW', code: '1-0:1.7.0' } },
    });
    expect(stderr).toContain('"observations":2');
  });
});
