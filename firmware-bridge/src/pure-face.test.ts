import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

/** Everything a module imports, itself included, by path; packages by name. */
function reach(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g))
    if (specifier.startsWith('.')) reach(join(dirname(file), specifier), seen);
    else seen.add(specifier);
  return seen;
}

it.each(['drivers.ts', 'quantities.ts', 'identifiers/index.ts'])(
  '%s reaches nothing that a browser does not have',
  (face) => {
    const packages = [...reach(join(import.meta.dirname, face))].filter(
      (name) => !name.startsWith('/'),
    );
    expect(packages.filter((name) => name !== '@sigill/evidence')).toEqual([]);
  },
);
