/**
 * The machine as the tools see it: its files, and the few programs that tell what no file does.
 * Nothing here throws for what is not there: a tool says so in its own words.
 * @module
 */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface Machine {
  /** Null when it is not there or may not be read. At most 1 MiB of it. */
  read(path: string): Promise<string | null>;
  /** Names, sorted; empty when there is no such directory. */
  list(path: string): Promise<string[]>;
  /** Where a link leads in the end; null when it leads nowhere. */
  follow(path: string): Promise<string | null>;
  /** Null when it is not there. */
  stat(path: string): Promise<{ readonly mode: number; readonly uid: number } | null>;
  access(path: string, mode: 'read' | 'write'): Promise<'yes' | 'denied' | 'missing'>;
  /** Null when there is no such program or it does not answer in time. */
  run(program: string, args: readonly string[]): Promise<Ran | null>;
}

export interface Ran {
  readonly code: number;
  readonly output: string;
}

const MAX_READ = 1024 * 1024;
// What we ask answers at once; one that hangs is itself a finding.
const RUN_TIMEOUT_MS = 5000;

/** @param root another tree in its place, for tests */
export function createMachine(root = '/'): Machine {
  const at = (path: string) => join(root, path);
  return {
    async read(path) {
      const text = await readFile(at(path), 'utf8').catch(() => null);
      return text?.slice(0, MAX_READ) ?? null;
    },
    list: async (path) => (await readdir(at(path)).catch(() => [])).sort(),
    async follow(path) {
      const found = await realpath(at(path)).catch(() => null);
      if (found === null || root === '/') return found;
      return found.slice((await realpath(root)).length);
    },
    async stat(path) {
      const found = await stat(at(path)).catch(() => null);
      return found && { mode: found.mode & 0o777, uid: found.uid };
    },
    async access(path, mode) {
      try {
        await access(at(path), mode === 'read' ? constants.R_OK : constants.W_OK);
        return 'yes';
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'denied' : 'missing';
      }
    },
    run: (program, args) =>
      new Promise((resolve) => {
        const options = { timeout: RUN_TIMEOUT_MS, env: { ...process.env, LC_ALL: 'C' } };
        execFile(program, [...args], options, (error, stdout, stderr) => {
          const code = error === null ? 0 : error.code;
          resolve(typeof code === 'number' ? { code, output: stdout + stderr } : null);
        });
      }),
  };
}
