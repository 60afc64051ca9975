/**
 * The database in one SQLite file: a writer in write-ahead mode with a sync for every commit, and a reader.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { CloudError } from '../errors.ts';
import { openKeeper } from '../keepsakes/keeper.ts';
import type { Database, Migration, Row, Sql, SqlValue } from './database.ts';
import { migrations } from './migrations.ts';

/** @param keepsakes the file beside the archive from which it can be made again; none if not given */
export function openSqliteDatabase(
  path: string,
  steps: readonly Migration[] = migrations,
  keepsakes?: string,
): Database {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const writer = new DatabaseSync(path, { timeout: 5000 });
  writer.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000',
  );
  // Erased readings may have lain in quarantine: what is freed is overwritten with zeros.
  writer.exec('PRAGMA secure_delete = ON');
  const stepped = migrate(path, writer, steps);
  const keeper = keepsakes === undefined ? null : openKeeper(keepsakes, writer, stepped);
  const reader = new DatabaseSync(path, { timeout: 5000, readOnly: true });
  const writing = statements(writer);
  const reading = statements(reader);
  let last: Promise<unknown> = Promise.resolve();

  async function transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    writer.exec('BEGIN IMMEDIATE');
    let committed = false;
    try {
      keeper?.begin();
      const result = await work(writing);
      keeper?.keep();
      writer.exec('COMMIT');
      committed = true;
      return result;
    } catch (error) {
      if (writer.isTransaction) writer.exec('ROLLBACK');
      throw error;
    } finally {
      keeper?.end(committed);
    }
  }

  return {
    write(work) {
      const result = last.then(() => transaction(work));
      last = result.catch(() => {});
      return result;
    },
    read: (work) => work(reading),
    scrub() {
      // Until then the write-ahead log has the old pages too.
      const done = last.then(() => {
        const row = writer.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
        if (Number(row?.busy) !== 0)
          throw new CloudError('DATABASE_FAILED', `${path}: another process reads in it`, {
            retryable: true,
          });
      });
      last = done.catch(() => {});
      return done;
    },
    async close() {
      await last;
      reader.close();
      keeper?.close();
      writer.close();
    },
  };
}

/** Whether the schema is another now. */
export function migrate(
  path: string,
  database: DatabaseSync,
  steps: readonly Migration[],
): boolean {
  database.exec(
    'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)',
  );
  const row = database.prepare('SELECT MAX(number) AS newest FROM migrations').get();
  const newest = Number(row?.newest ?? 0);
  const known = steps.at(-1)?.number ?? 0;
  if (newest > known) {
    throw new CloudError(
      'DATABASE_NEWER',
      `${path} has schema step ${newest}, this release knows steps up to ${known}: run a newer release on it`,
    );
  }
  for (const { number, name, sql } of steps.filter((step) => step.number > newest)) {
    database.exec('BEGIN IMMEDIATE');
    try {
      database.exec(sql);
      database.prepare('INSERT INTO migrations VALUES (?, ?)').run(number, name);
      database.exec('COMMIT');
    } catch (cause) {
      database.exec('ROLLBACK');
      throw new CloudError('DATABASE_FAILED', `${path}: schema step ${number} (${name}) failed`, {
        cause,
      });
    }
  }
  return newest < known;
}

function statements(database: DatabaseSync): Sql {
  const prepared = new Map<string, StatementSync>();
  function statement(text: string): StatementSync {
    const known = prepared.get(text);
    if (known !== undefined) return known;
    const made = database.prepare(text);
    prepared.set(text, made);
    return made;
  }
  return {
    run: async (text, ...values) => Number(statement(text).run(...values).changes),
    get: async (text, ...values) => statement(text).get(...values) as Row | undefined,
    all: async (text, ...values) => statement(text).all(...values) as Record<string, SqlValue>[],
  };
}
