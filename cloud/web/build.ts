/**
 * Builds the page into cloud/web/dist. `npm run build:web` always builds; the demonstration
 * calls `buildWeb({ force: false })`, which builds only when a source is newer than the result.
 * @module
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const RESULT = join(HERE, 'dist', 'index.html');
/** What the page is made of, the neighbours' pure code included. */
const SOURCES = [
  'index.html',
  'operator.html',
  'vite.config.ts',
  'basemap.ts',
  'public',
  'src',
  '../src/completeness',
  '../src/projections',
  '../../evidence/src',
  '../../firmware-bridge/src',
];

/** The folder to serve. */
export async function buildWeb({ force }: { readonly force: boolean }): Promise<string> {
  if (force || (await isStale()))
    await build({ configFile: join(HERE, 'vite.config.ts'), logLevel: force ? 'info' : 'warn' });
  return join(HERE, 'dist');
}

async function isStale(): Promise<boolean> {
  const built = await stat(RESULT).catch(() => null);
  if (built === null) return true;
  const newest = await Promise.all(SOURCES.map((source) => newestChange(join(HERE, source))));
  return Math.max(...newest) > built.mtimeMs;
}

async function newestChange(path: string): Promise<number> {
  const here = await stat(path);
  if (!here.isDirectory()) return here.mtimeMs;
  // A folder's own time tells of files removed.
  const inside = await readdir(path);
  const times = await Promise.all(inside.map((name) => newestChange(join(path, name))));
  return Math.max(here.mtimeMs, ...times);
}

if (import.meta.main) await buildWeb({ force: true });
