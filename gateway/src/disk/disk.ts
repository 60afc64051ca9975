/**
 * Files under one directory, with two ways to write: many new files in one round, or one file
 * replaced whole. What is written so survives power loss when the promise resolves.
 * @module
 */
import { dirname, join } from 'node:path';
import type { FileSystem } from './file-system.ts';

export interface DiskFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Disk {
  read(path: string): Uint8Array | null;
  /** The names in a directory, sorted. */
  list(path: string): string[];
  /** One round of fsync for all: files side by side, then each directory once. A crash before leaves any of them absent or torn. */
  write(files: readonly DiskFile[]): Promise<void>;
  /** After a crash the file has the old bytes or the new ones. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /** A file or a whole directory. Not made durable: only for what does no harm if it comes back. */
  remove(path: string): Promise<void>;
  /** Makes the entries of a directory durable as they are seen now. */
  settle(path: string): Promise<void>;
}

/** `root` must exist; everything below it is made as needed. */
export function createDisk(root: string, fileSystem: FileSystem): Disk {
  const knownDirectories = new Set<string>(['.']);
  const at = (path: string) => join(root, path);

  return {
    read: (path) => fileSystem.readFile(at(path)),
    list: (path) => fileSystem.listDirectory(at(path)),

    async write(files) {
      const directories = [...new Set(files.map((file) => dirname(file.path)))];
      for (const directory of directories) await makeDirectories(directory);
      await Promise.all(files.map((file) => fileSystem.writeFile(at(file.path), file.bytes)));
      await Promise.all(directories.map((directory) => fileSystem.syncDirectory(at(directory))));
    },

    async replace(path, bytes) {
      const directory = dirname(path);
      await makeDirectories(directory);
      await fileSystem.writeFile(at(`${path}.new`), bytes);
      await fileSystem.renameFile(at(`${path}.new`), at(path));
      await fileSystem.syncDirectory(at(directory));
    },

    remove: (path) => fileSystem.remove(at(path)),

    async settle(path) {
      await makeDirectories(path);
      await fileSystem.syncDirectory(at(path));
    },
  };

  // A directory made by a process that died before its parent was synced looks like any other:
  // so each is synced once by this process, whoever made it.
  async function makeDirectories(directory: string): Promise<void> {
    if (knownDirectories.has(directory)) return;
    const parent = dirname(directory);
    await makeDirectories(parent);
    await fileSystem.makeDirectory(at(directory));
    await fileSystem.syncDirectory(at(parent));
    knownDirectories.add(directory);
  }
}
