import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The colours of the n-th block that sets any. */
const coloursOf = (css: string, at: number): ReadonlyMap<string, string> => {
  const blocks = css.split('}').filter((block) => block.includes('--ground:'));
  const pairs = blocks[at]!.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g);
  return new Map([...pairs].map(([, name, hex]) => [name!, hex!]));
};

it.each([
  ['light', 0],
  ['dark', 1],
] as const)('has the page’s colours, whose contrast is computed there: %s', (_, at) => {
  const page = coloursOf(read('../src/design/tokens.css'), at);
  const own = coloursOf(read('verifier.css'), at);
  expect(own.size).toBeGreaterThan(10);
  for (const [name, hex] of own) expect([name, hex]).toEqual([name, page.get(name)]);
});
