/**
 * A file system that loses power. It runs a number of steps and then refuses everything; `images`
 * are the disks a machine might find afterwards: directory entries not synced are there or not,
 * each for itself, and a file in the middle of being written has any prefix of its bytes.
 * @module
 */
import { dirname } from 'node:path';
import type { FileSystem } from './file-system.ts';

export class PowerLoss extends Error {}

/** Path to bytes; null is a directory. */
export type DiskImage = ReadonlyMap<string, Uint8Array | null>;

export interface CrashFileSystem extends FileSystem {
  steps(): number;
  /** Power goes after this many more steps. */
  powerOffAfter(steps: number): void;
  /** Only the process died: what it had written is seen by the next one, synced or not. */
  restart(): void;
  /** Disks that could be found after the power went: nothing unsynced, everything, and `samples` mixtures. */
  images(samples: number, random: () => number): DiskImage[];
}

interface Inode {
  bytes: Uint8Array;
  settled: boolean;
}

type Entries = Map<string, Inode | null>;

interface EntryChange {
  readonly directory: string;
  apply(entries: Entries): void;
}

export function createCrashFileSystem(image: DiskImage = new Map([['/', null]])): CrashFileSystem {
  const durable: Entries = new Map(
    [...image].map(([path, bytes]) => [path, bytes && { bytes, settled: true }]),
  );
  const live: Entries = new Map(durable);
  let unsynced: EntryChange[] = [];
  let taken = 0;
  let fuse = Number.POSITIVE_INFINITY;

  function step(): void {
    if (taken >= fuse) throw new PowerLoss(`no power after ${taken} steps`);
    taken += 1;
  }

  function change(path: string, apply: (entries: Entries) => void): void {
    apply(live);
    unsynced.push({ directory: dirname(path), apply });
  }

  function fileAt(path: string): Inode {
    const node = live.get(path);
    if (!node) throw new Error(`${path}: no such file`);
    return node;
  }

  return {
    steps: () => taken,
    powerOffAfter(steps) {
      fuse = taken + steps;
    },

    restart() {
      fuse = Number.POSITIVE_INFINITY;
    },

    readFile: (path) => live.get(path)?.bytes ?? null,
    listDirectory: (path) =>
      [...live.keys()]
        .filter((entry) => entry !== '/' && dirname(entry) === path)
        .map((entry) => entry.slice(path === '/' ? 1 : path.length + 1))
        .sort(),

    async makeDirectory(path) {
      step();
      if (live.has(path)) return false;
      change(path, (entries) => entries.set(path, null));
      return true;
    },

    async writeFile(path, bytes) {
      step();
      if (live.get(dirname(path)) !== null) throw new Error(`${dirname(path)}: no such directory`);
      const inode = live.get(path) ?? { bytes, settled: false };
      inode.bytes = bytes;
      inode.settled = false;
      if (!live.has(path)) change(path, (entries) => entries.set(path, inode));
      await Promise.resolve();
      step();
      inode.settled = true;
    },

    async renameFile(from, to) {
      step();
      const inode = fileAt(from);
      change(to, (entries) => {
        entries.delete(from);
        entries.set(to, inode);
      });
    },

    async remove(path) {
      step();
      if (!live.has(path)) return;
      change(path, (entries) => {
        for (const entry of [...entries.keys()]) {
          if (entry === path || entry.startsWith(`${path}/`)) entries.delete(entry);
        }
      });
    },

    async syncDirectory(path) {
      step();
      for (const { directory, apply } of unsynced) if (directory === path) apply(durable);
      unsynced = unsynced.filter(({ directory }) => directory !== path);
    },

    images(samples, random) {
      const choices = [() => 0, () => 0.999_999, ...Array.from({ length: samples }, () => random)];
      return choices.map((choose) => imageAfter(durable, unsynced, choose));
    },
  };
}

function imageAfter(
  durable: Entries,
  unsynced: readonly EntryChange[],
  choose: () => number,
): DiskImage {
  const entries: Entries = new Map(durable);
  for (const change of unsynced) if (choose() >= 0.5) change.apply(entries);
  const image = new Map<string, Uint8Array | null>();
  for (const path of [...entries.keys()].sort()) {
    if (path !== '/' && image.get(dirname(path)) !== null) continue; // its directory was lost
    const node = entries.get(path) ?? null;
    image.set(path, node && (node.settled ? node.bytes : torn(node.bytes, choose())));
  }
  return image;
}

function torn(bytes: Uint8Array, fraction: number): Uint8Array {
  return bytes.slice(0, Math.round(bytes.length * fraction));
}
