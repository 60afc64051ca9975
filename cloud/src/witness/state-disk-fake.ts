/**
 * For tests: a disk in memory that loses power. Content is durable when its write returned; a name when its folder was
 * synced, and until then it may be there or not. The step that power fails in was done in part.
 * @module
 */
import { dirname, normalize } from 'node:path';
import type { StateDisk } from './state-disk.ts';

export class PowerLoss extends Error {}

export interface FakeDisk extends StateDisk {
  /** How many steps were done so far. */
  steps(): number;
  /** Power fails in this step, counted from now on. */
  failAt(step: number): void;
  /** The next write is refused so. */
  refuse(code: string, what: 'write' | 'rename' | 'syncFolder'): void;
  /** What is there when power is back. @param kept whether names that were not synced made it */
  afterPowerLoss(kept: boolean): FakeDisk;
  /** For a test to spoil. */
  readonly content: Map<string, { bytes: Buffer }>;
}

export function createFakeDisk(durable = new Map<string, { bytes: Buffer }>()): FakeDisk {
  const names = new Map(durable);
  let [count, fails] = [0, Number.POSITIVE_INFINITY];
  let refusal: { readonly code: string; readonly what: string } | null = null;

  function step(what: string, inPart: () => void = () => {}): void {
    if (refusal?.what === what) {
      const { code } = refusal;
      refusal = null;
      throw Object.assign(new Error(code), { code });
    }
    count += 1;
    if (count > fails) throw new PowerLoss('off');
    if (count < fails) return;
    inPart();
    throw new PowerLoss('now');
  }

  return {
    content: names,
    steps: () => count,
    failAt(next) {
      [count, fails] = [0, next];
    },
    refuse(code, what) {
      refusal = { code, what };
    },
    afterPowerLoss: (kept) => createFakeDisk(kept ? names : durable),

    names: async (folder) =>
      [...names.keys()]
        .filter((path) => dirname(path) === normalize(folder))
        .map((path) => path.slice(path.lastIndexOf('/') + 1)),
    read: async (path) => names.get(normalize(path))?.bytes ?? null,
    async write(path, bytes) {
      const file = names.get(normalize(path)) ?? { bytes: Buffer.alloc(0) };
      names.set(normalize(path), file);
      file.bytes = Buffer.alloc(0);
      step('write', () => {
        file.bytes = Buffer.from(bytes.subarray(0, bytes.length / 2));
      });
      file.bytes = Buffer.from(bytes);
    },
    async rename(from, to) {
      step('rename');
      const file = names.get(normalize(from));
      if (file === undefined) throw new Error(`no ${from}`);
      names.delete(normalize(from));
      names.set(normalize(to), file);
    },
    async remove(path) {
      step('remove');
      names.delete(normalize(path));
    },
    async syncFolder(folder) {
      step('syncFolder');
      const within = (path: string) => dirname(path) === normalize(folder);
      for (const path of [...durable.keys()].filter(within)) durable.delete(path);
      for (const [path, file] of names) if (within(path)) durable.set(path, file);
    },
  };
}
