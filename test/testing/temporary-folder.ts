/**
 * One temporary folder for a whole run of tests, removed with everything in it when the run ends,
 * however its tests ended.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Called by vitest before it starts its workers, which inherit the environment. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'sigill-tests-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
