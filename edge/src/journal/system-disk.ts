import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Disk, DiskFile } from './disk.ts';

const SQLITE_BUSY = 5;

export const systemDisk: Disk = {
  async makeDirectory(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  list: (directory) => readdir(directory),
  create: (path) => openFile(path, 'wx+'),
  open: (path) => openFile(path, 'r+'),
  remove: (path) => rm(path),
  async rename(from, to) {
    await rename(from, to);
    await syncDirectory(dirname(to));
  },
  syncDirectory,
  lock,
};

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function openFile(path: string, flags: string): Promise<DiskFile> {
  const handle = await open(path, flags, 0o600);
  return {
    async read(into, at) {
      return (await handle.read(into, 0, into.length, at)).bytesRead;
    },
    async write(bytes, at) {
      return (await handle.write(bytes, 0, bytes.length, at)).bytesWritten;
    },
    truncate: (size) => handle.truncate(size),
    async size() {
      return (await handle.stat()).size;
    },
    syncData: () => handle.datasync(),
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

/**
 * Node offers no file lock of its own. SQLite's is the kernel's: it goes when the process goes, however that ends, so no
 * stale lock outlives a power cut. The file stays empty, because nothing is ever committed.
 */
async function lock(path: string): Promise<(() => Promise<void>) | null> {
  const holder = new DatabaseSync(path, { timeout: 0 });
  try {
    holder.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    holder.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
  return async () => holder.close();
}
