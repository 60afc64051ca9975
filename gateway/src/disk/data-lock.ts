/**
 * One process per data directory. The lock is the kernel's, held through an empty SQLite file, so
 * it ends with its process however that dies; a pid file could outlive its writer.
 * @module
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../errors.ts';

export interface DataLock {
  release(): void;
}

export function acquireDataLock(directory: string): DataLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pidFile = join(directory, 'pid');
  const database = new DatabaseSync(join(directory, 'lock'));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new GatewayError(
      'ALREADY_RUNNING',
      `${directory}: already running as process ${readPid(pidFile)}; stop it first, or give this gateway a data directory of its own`,
      { cause },
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return {
    release() {
      rmSync(pidFile, { force: true });
      database.close();
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
