/**
 * Which logs a witness watches, and by what key. A log has one key for ever: who first named it, counts; one that names
 * another key for it, be it its operator, is told and not followed.
 * @module
 */
import {
  type Closing,
  equalBytes,
  formatNoteKey,
  logKey,
  type NoteKey,
  originHash,
  type SlotRecord,
  toHex,
} from '@sigill/evidence';
import type { WatchedLog } from './met-head.ts';

export interface WatchedLogs {
  find(origin: string): WatchedLog | undefined;
  keyOf(origin: string): NoteKey | undefined;
  /** Of a log named by the hash of its origin, as monitors ask for it. */
  originOf(hash: string): string | undefined;
  count(): number;
  /** Keys that it cosigned under: a log that comes with another is not watched. */
  pin(keys: readonly NoteKey[]): void;
  /** False: it is known by another key, or there are too many. */
  watch(key: NoteKey, closed?: Closing | null): boolean;
  /** An operator's record. */
  follow(record: SlotRecord): boolean;
}

// Each has some kilobytes in memory, and a file of its own.
const MAX_LOGS = 10_000;

export function createWatchedLogs(tell: (text: string) => void): WatchedLogs {
  const logs = new Map<string, WatchedLog>();
  const origins = new Map<string, string>();
  const pinned = new Map<string, NoteKey>();

  function watch(key: NoteKey, closed: Closing | null = null): boolean {
    const known = pinned.get(key.name) ?? keyOf(key.name);
    if (known !== undefined && !equalBytes(known.publicKey, key.publicKey)) {
      tell(
        `${key.name} is known by the key ${formatNoteKey(known)} and now named with ${formatNoteKey(key)}: it is watched by the first alone`,
      );
      return false;
    }
    if (!logs.has(key.name) && logs.size >= MAX_LOGS) {
      tell(`${key.name} is not watched: ${MAX_LOGS} logs are`);
      return false;
    }
    // Closed is final.
    const before = logs.get(key.name)?.closed ?? null;
    logs.set(key.name, { publicKey: key.publicKey, closed: before ?? closed });
    origins.set(toHex(originHash(key.name)), key.name);
    return true;
  }

  function keyOf(origin: string): NoteKey | undefined {
    const log = logs.get(origin);
    return log && logKey(origin, log.publicKey);
  }

  return {
    ...{ watch, keyOf },
    find: (origin) => logs.get(origin),
    originOf: (hash) => origins.get(hash),
    count: () => logs.size,
    pin(keys) {
      for (const key of keys) pinned.set(key.name, key);
      for (const key of keys) {
        const log = logs.get(key.name);
        if (log === undefined || equalBytes(log.publicKey, key.publicKey)) continue;
        logs.delete(key.name);
        watch(logKey(key.name, log.publicKey), log.closed);
      }
    },
    follow: ({ origin, logKey: publicKey, closed }) => watch(logKey(origin, publicKey), closed),
  };
}
