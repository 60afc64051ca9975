/**
 * Keeps what each write changes. A write and its keepsakes are one: the database says how far the file goes, and what lies
 * behind that was never committed. Where the two do not belong together, the file is written anew out of the database.
 * @module
 */
import type { DatabaseSync, Session } from 'node:sqlite';
import {
  createKeepsakeFile,
  type KeepsakeFile,
  openKeepsakeFile,
  sizeAfter,
} from './keepsake-file.ts';

export interface Keeper {
  /** Before the first statement of a write. */
  begin(): void;
  /** Within it, behind the last one: durable when it returns. */
  keep(): void;
  /** After it, committed or not. */
  end(committed: boolean): void;
  close(): void;
}

/**
 * Made again from what is kept: trees. Not kept: secrets of invitations, and bytes in quarantine, which may have to be
 * erased one day (their seals are, in a table of their own).
 */
const NOT_KEPT: ReadonlySet<string> = new Set([
  ...['tiles', 'quarantine', 'invitations', 'migrations', 'kept'],
]);
const PAGE = 10_000;

export function openKeeper(path: string, database: DatabaseSync, schemaIsNew: boolean): Keeper {
  const tables = keptTables(database);
  const position = database.prepare('UPDATE kept SET file = ?, position = ?');
  const file = schemaIsNew ? startAnew() : (goOn() ?? startAnew());
  let sessions: Session[] = [];
  let before = file.size;

  /** Null when the file is not the one that the database left behind. */
  function goOn(): KeepsakeFile | null {
    const found = openKeepsakeFile(path);
    const row = database.prepare('SELECT file, position FROM kept').get();
    const known = Buffer.from((row?.file ?? new Uint8Array(0)) as Uint8Array);
    const end = Number(row?.position);
    if (found !== null && known.equals(found.id) && found.size >= end) {
      if (found.size > end) found.cut(end);
      return found;
    }
    found?.close();
    return null;
  }

  function startAnew(): KeepsakeFile {
    const made = createKeepsakeFile(path, (fresh) => {
      for (const { name, sql } of tables)
        snapshot(database, name, sql, (page) => fresh.append([page]));
    });
    position.run(made.id, made.size);
    return made;
  }

  return {
    begin() {
      before = file.size;
      sessions = tables.map(({ name }) => database.createSession({ table: name }));
    },
    keep() {
      const changesets = sessions.map((one) => one.changeset()).filter(({ length }) => length > 0);
      if (changesets.length === 0) return;
      position.run(file.id, sizeAfter(file, changesets));
      file.append(changesets);
    },
    end(committed) {
      for (const one of sessions) one.close();
      sessions = [];
      if (!committed && file.size > before) file.cut(before);
    },
    close: () => file.close(),
  };
}

function keptTables(database: DatabaseSync): { name: string; sql: string }[] {
  const rows = database
    .prepare(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .all();
  return rows
    .map(({ name, sql }) => ({ name: String(name), sql: String(sql) }))
    .filter(({ name }) => !NOT_KEPT.has(name));
}

/** All rows of a table as insertions: made by inserting them elsewhere, a page at a time. */
function snapshot(
  database: DatabaseSync,
  table: string,
  sql: string,
  take: (changeset: Uint8Array) => void,
): void {
  database.exec("ATTACH ':memory:' AS snapshot");
  try {
    database.exec(sql.replace(/^CREATE TABLE /i, 'CREATE TABLE snapshot.'));
    const copy = database.prepare(
      `INSERT INTO snapshot.${table} SELECT * FROM main.${table} LIMIT ${PAGE} OFFSET ?`,
    );
    for (let offset = 0; ; offset += PAGE) {
      const session = database.createSession({ db: 'snapshot', table });
      const { changes } = copy.run(offset);
      const page = session.changeset();
      session.close();
      if (page.length > 0) take(page);
      database.exec(`DELETE FROM snapshot.${table}`);
      if (Number(changes) < PAGE) return;
    }
  } finally {
    database.exec('DETACH snapshot');
  }
}
