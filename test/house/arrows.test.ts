/**
 * The arrows between packages point one way. Reads every import of every source file and holds it
 * against the table in ARCHITECTURE.md's words.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Which workspace imports each package may have. */
const ARROWS: Readonly<Record<string, readonly RegExp[]>> = {
  evidence: [],
  'firmware-bridge': [/^@sigill\/evidence$/],
  edge: [/^@sigill\/evidence$/, /^@sigill\/firmware-bridge(\/\w+)?$/],
  gateway: [/^@sigill\/evidence$/, /^@sigill\/firmware-bridge(\/\w+)?$/, /^@sigill\/edge$/],
  cloud: [
    /^@sigill\/evidence$/,
    /^@sigill\/firmware-bridge\/(quantities|identifiers|imports|drivers|town)$/,
  ],
};

/** What evidence may take from others: a closed list, because an auditor reads it. */
const EVIDENCE_THIRD_PARTIES = /^@noble\/(hashes|curves)\//;

const imports = Object.keys(ARROWS).flatMap((room) =>
  globSync(`${room}/**/*.{ts,tsx}`, {
    cwd: root,
    exclude: (path) => /node_modules|dist$/.test(path),
  })
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .flatMap((path) => importsOf(path).map((specifier) => ({ room, path, specifier }))),
);

describe('imports', () => {
  it('reads all packages', () => {
    for (const room of Object.keys(ARROWS))
      expect(imports.filter((found) => found.room === room).length).toBeGreaterThan(10);
  });

  it('between packages follow the arrows', () => {
    const against = imports.filter(
      ({ room, specifier }) =>
        specifier.startsWith('@sigill/') &&
        !ARROWS[room]!.some((allowed) => allowed.test(specifier)),
    );
    expect(against).toEqual([]);
  });

  it('of neighbours go through their public face, never by path', () => {
    const across = imports.filter(({ room, path, specifier }) => {
      if (!specifier.startsWith('.')) return false;
      return !relative(root, join(root, path, '..', specifier)).startsWith(`${room}/`);
    });
    expect(across).toEqual([]);
  });

  it('of evidence are @noble alone, and node:crypto in one file', () => {
    const outside = imports.filter(
      ({ room, path, specifier }) =>
        room === 'evidence' &&
        !/\.test\.ts$|\/testing\//.test(path) &&
        !specifier.startsWith('.') &&
        !EVIDENCE_THIRD_PARTIES.test(specifier),
    );
    expect(outside).toEqual([
      { room: 'evidence', path: 'evidence/src/crypto/index.ts', specifier: '#crypto' },
      { room: 'evidence', path: 'evidence/src/crypto/native.ts', specifier: 'node:crypto' },
    ]);
  });

  it('within evidence point upwards only: each folder uses those before it in the list', () => {
    const folders = ['crypto', 'bytes', 'keys', 'reading', 'log', 'seal', 'anchor', 'judge'];
    const back = imports.filter(({ room, path, specifier }) => {
      const own = /^evidence\/src\/(\w+)\//.exec(path)?.[1];
      const other = /^\.\.\/(\w+)\//.exec(specifier)?.[1];
      if (room !== 'evidence' || own === undefined || other === undefined) return false;
      if (/\.test\.ts$|\/testing\//.test(path)) return false;
      return folders.indexOf(other) > folders.indexOf(own);
    });
    expect(back).toEqual([]);
  });
});

function importsOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const found = text.matchAll(
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm,
  );
  return Array.from(found, ([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '');
}
