/**
 * The few things that a witness does with its disk. What `write` and `syncFolder` wrote survives power loss when they
 * return; a name that `rename` gave does when its folder is synced.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface StateDisk {
  /** Empty for a folder that is not there. */
  names(folder: string): Promise<string[]>;
  read(path: string): Promise<Buffer | null>;
  /** Over what was there; synced. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  syncFolder(folder: string): Promise<void>;
}

export async function openStateDisk(root: string, folders: readonly string[]): Promise<StateDisk> {
  const at = (path: string) => join(root, path);
  for (const folder of folders) await mkdir(at(folder), { recursive: true, mode: 0o700 });
  return {
    names: (folder) => readdir(at(folder)).catch((error) => absent(error, [])),
    read: (path) => readFile(at(path)).catch((error) => absent(error, null)),
    async write(path, bytes) {
      const file = await open(at(path), 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    rename: (from, to) => rename(at(from), at(to)),
    remove: (path) => rm(at(path), { force: true }),
    async syncFolder(folder) {
      const handle = await open(at(folder), 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}

function absent<T>(error: NodeJS.ErrnoException, instead: T): T {
  if (error.code === 'ENOENT') return instead;
  throw error;
}
