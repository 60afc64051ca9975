/**
 * Takes up edits of the configuration file while everything runs. Editors put another file in its place,
 * or write it in pieces; what cannot be read is told, and what was in force stays so.
 * @module
 */
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from '../log.ts';
import type { Timers } from '../timers.ts';
import { areSame, createConfigChanges } from './config-change.ts';

export interface ConfigWatchParts<T> {
  /** As messages name it and as it is read. */
  readonly file: string;
  /** What is in force. */
  readonly before: Uint8Array;
  readonly parse: (text: string) => T;
  /** Brings a change into force, and resolves to what to tell of it. What it throws is told, and nothing has changed then. */
  readonly take: (config: T) => Promise<string | null>;
  readonly timers: Timers;
  readonly log: Log;
  readonly files?: WatchedFiles;
  /** Calls when a person wants it read now (SIGHUP), until the answer is called. */
  readonly onWish?: (wish: () => void) => () => void;
}

export interface WatchedFiles {
  /** Null: there is none. */
  read(file: string): Promise<Uint8Array | null>;
  /** Calls when anything near the file changes, as far as that can be told. */
  watch(file: string, changed: () => void): () => void;
}

export interface ConfigWatch {
  stop(): Promise<void>;
}

// Long enough for an editor to write all of it; two looks so far apart must find the same.
const SETTLE_MS = 400;
// Where changes are not told, such as on a network disk.
const LOOK_MS = 5000;

export function watchConfig<T>(parts: ConfigWatchParts<T>): ConfigWatch {
  const { file, timers, log, files = systemFiles, onWish = onHangup } = parts;
  const changes = createConfigChanges(file, parts.parse, parts.before);
  let cancel: () => void = () => undefined;
  let looking: Promise<void> = Promise.resolve();
  let lastSeen: Uint8Array | null = parts.before;
  let isWished = false;
  let stopped = false;

  const endWatch = files.watch(file, () => lookIn(SETTLE_MS));
  const endWish = onWish(() => {
    isWished = true;
    lookIn(SETTLE_MS);
  });
  lookIn(LOOK_MS);

  function lookIn(ms: number): void {
    cancel();
    if (stopped) return;
    cancel = timers.after(ms, () => {
      looking = looking.then(look).catch((error: unknown) => {
        log.error({ file, reason: String(error) }, `${file} cannot be read: ${String(error)}`);
        lookIn(LOOK_MS);
      });
    });
  }

  async function look(): Promise<void> {
    const bytes = await files.read(file);
    const isStill = areSame(bytes, lastSeen);
    lastSeen = bytes;
    // Still being written, or only now: what it is, the next look says.
    if (!isStill) return lookIn(SETTLE_MS);
    await judge(bytes);
    lookIn(LOOK_MS);
  }

  async function judge(bytes: Uint8Array | null): Promise<void> {
    const wished = isWished;
    isWished = false;
    const decision = changes.judge(bytes);
    switch (decision.kind) {
      case 'same':
        if (wished) log.info({ file }, `${file} was read again: nothing in it has changed`);
        return;
      case 'mended':
        log.info({ file }, `${file} is again what is in force`);
        return;
      case 'refused': {
        const { message, line } = decision;
        log.warn({ file, line }, `${message}; what was in force before stays so`);
        return;
      }
      case 'changed': {
        let taken: string | null;
        try {
          taken = await parts.take(decision.config);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          log.warn({ file }, `${file}: ${reason}; what was in force before stays so`);
          return;
        }
        changes.inForce();
        if (taken !== null) log.info({ file }, `${file}: ${taken}`);
      }
    }
  }

  return {
    async stop() {
      stopped = true;
      cancel();
      endWatch();
      endWish();
      await looking;
    },
  };
}

function onHangup(wish: () => void): () => void {
  process.on('SIGHUP', wish);
  return () => process.off('SIGHUP', wish);
}

const systemFiles: WatchedFiles = {
  async read(file) {
    try {
      return new Uint8Array(await readFile(file));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  },
  // The directory: a watch on the file itself would stay with the old one when another is put in its place.
  watch(file, changed) {
    try {
      const watcher = watch(dirname(file), { persistent: false }, changed);
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    } catch {
      return () => undefined; // no more watches are to be had: it is looked at now and then
    }
  },
};
