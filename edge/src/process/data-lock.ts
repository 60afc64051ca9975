/**
 * One process per data directory. The lock is the kernel's and ends with its process, however that dies; the pid beside
 * it is only for telling who holds it.
 * @module
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgeError } from '../errors.ts';
import { systemDisk } from '../journal/system-disk.ts';

export interface DataLock {
  release(): Promise<void>;
}

/** @throws EdgeError ALREADY_RUNNING */
export async function acquireDataLock(directory: string): Promise<DataLock> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pidFile = join(directory, 'pid');
  const release = await systemDisk.lock(join(directory, 'lock'));
  if (release === null) {
    throw new EdgeError(
      'ALREADY_RUNNING',
      `${directory}: already running as process ${readPid(pidFile)}; stop it first, or give this one a data directory of its own`,
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return {
    async release() {
      rmSync(pidFile, { force: true });
      await release();
    },
  };
}

function readPid(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim() || 'unknown';
  } catch {
    return 'unknown'; // it holds the lock and has not yet written its number
  }
}
