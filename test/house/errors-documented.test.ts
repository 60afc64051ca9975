/**
 * Every error code that any package can give has its line in docs/errors.md: what happened, what to do.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const ROOMS = ['evidence', 'firmware-bridge', 'edge', 'gateway', 'cloud'];

/** The members of every string union called …ErrorCode, and of the judge's reasons. */
function codesOf(room: string): string[] {
  return globSync(`${room}/src/**/*.ts`, { cwd: root })
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const unions = text.matchAll(/export type (?:\w*ErrorCode|Reason) =([^;]+);/g);
      return Array.from(unions, ([, members = '']) =>
        Array.from(members.matchAll(/'([A-Z][A-Z0-9_]+)'/g), ([, code = '']) => code),
      ).flat();
    });
}

const documented = new Set(
  Array.from(
    readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(
      /^\| `([A-Z][A-Z0-9_]+)` \|[^|]+\|[^|]+\|$/gm,
    ),
    ([, code]) => code,
  ),
);

describe('docs/errors.md', () => {
  it.each(ROOMS)('has a line for each code of %s', (room) => {
    const codes = codesOf(room);
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.filter((code) => !documented.has(code))).toEqual([]);
  });

  it('has no line for a code that nothing gives', () => {
    const sources = [...ROOMS.map((room) => `${room}/src`), 'cloud/web/src']
      .flatMap((room) => globSync(`${room}/**/*.{ts,tsx}`, { cwd: root }))
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .join('\n');
    expect([...documented].filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });
});
