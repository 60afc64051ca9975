/**
 * The few calls a durable store is made of. Each says what survives power loss when it resolves;
 * what is not said does not survive.
 * @module
 */
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';

export interface FileSystem {
  /** The whole file, or null when there is none. Synchronous: the readers of tiles are pure functions that cannot wait. */
  readFile(path: string): Uint8Array | null;
  /** The names in a directory, sorted; empty when there is none. */
  listDirectory(path: string): string[];
  /** Whether it was made now; its name is not durable before `syncDirectory` of its parent. */
  makeDirectory(path: string): Promise<boolean>;
  /** Creates or overwrites. The bytes are durable, the name is not before `syncDirectory`. */
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  /** Atomic, not durable before `syncDirectory`. */
  renameFile(from: string, to: string): Promise<void>;
  /** A file, or a directory with all in it. Not durable before `syncDirectory`; what is not there is no error. */
  remove(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
}

export const nodeFileSystem: FileSystem = {
  readFile: (path) => absentAsNull(() => toBytes(readFileSync(path))),
  listDirectory: (path) => absentAsNull(() => readdirSync(path).sort()) ?? [],
  async makeDirectory(path) {
    try {
      await mkdir(path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  },
  async writeFile(path, bytes) {
    const file = await open(path, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  renameFile: rename,
  remove: (path) => rm(path, { recursive: true, force: true }),
  async syncDirectory(path) {
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};

/** For the moments before anything runs (init, a lock): a directory entry made durable at once. */
export function syncDirectoryNow(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** A Buffer's `slice` is a view, a Uint8Array's a copy; those who parse bytes rely on the copy. */
function toBytes({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function absentAsNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
