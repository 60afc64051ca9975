/**
 * Where each batch lies in the segments. Can be thrown away at any time: what it does not cover is read
 * again from the segments when the archive opens.
 * @module
 */
import { DatabaseSync } from 'node:sqlite';
import { CloudError } from '../errors.ts';
import type { BatchKey } from './batch-archive.ts';

export interface RecordPlace {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** Everything before this place is in the index. */
export type CoveredTo = Pick<RecordPlace, 'segment' | 'offset'>;

export interface SegmentIndex {
  find(key: BatchKey): RecordPlace | null;
  /** Of one agent, by number. */
  range(agent: Uint8Array, from: number, to: number, limit: number): IndexedBatch[];
  covered(): CoveredTo;
  /** All or none of them, and the new end of what is covered. */
  add(batches: readonly IndexedBatch[], covered: CoveredTo): void;
  close(): void;
}

export interface IndexedBatch extends BatchKey {
  readonly place: RecordPlace;
}

export function openSegmentIndex(path: string): SegmentIndex {
  const database = open(path);
  const find = database.prepare(
    'SELECT segment, start, length FROM batches WHERE agent = ? AND batch = ?',
  );
  const range = database.prepare(
    'SELECT batch, segment, start, length FROM batches WHERE agent = ? AND batch >= ? AND batch < ? ORDER BY batch LIMIT ?',
  );
  const insert = database.prepare('INSERT OR IGNORE INTO batches VALUES (?, ?, ?, ?, ?)');
  const cover = database.prepare('UPDATE covered SET segment = ?, start = ?');
  return {
    find(key) {
      const row = find.get(key.agent, key.batch);
      return row === undefined ? null : place(row);
    },
    range: (agent, from, to, limit) =>
      range
        .all(agent, from, to, limit)
        .map((row) => ({ agent, batch: Number(row.batch), place: place(row) })),
    covered() {
      const row = database.prepare('SELECT segment, start FROM covered').get();
      return { segment: Number(row?.segment ?? 1), offset: Number(row?.start ?? 0) };
    },
    add(batches, covered) {
      database.exec('BEGIN');
      try {
        for (const { agent, batch, place } of batches) {
          insert.run(agent, batch, place.segment, place.offset, place.length);
        }
        cover.run(covered.segment, covered.offset);
        database.exec('COMMIT');
      } catch (cause) {
        database.exec('ROLLBACK');
        throw cause;
      }
    },
    close: () => database.close(),
  };
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // EXCLUSIVE keeps a second process out for as long as this one lives. NORMAL: after power loss the
    // newest rows may be missing, never wrong, and the segments have them.
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS batches (agent BLOB NOT NULL, batch INTEGER NOT NULL,
        segment INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL,
        PRIMARY KEY (agent, batch)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS covered (segment INTEGER NOT NULL, start INTEGER NOT NULL);
      INSERT INTO covered SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM covered);
    `);
    return database;
  } catch (cause) {
    database.close();
    if (/locked|busy/i.test(String(cause))) {
      throw new CloudError('ARCHIVE_IN_USE', `${path}: another process has this archive open`, {
        cause,
      });
    }
    throw cause;
  }
}

function place(row: Record<string, unknown>): RecordPlace {
  return {
    segment: Number(row.segment),
    offset: Number(row.start),
    length: Number(row.length),
  };
}
