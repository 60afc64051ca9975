/** What changed since somebody last asked: records of the register, heads of site logs. */
import { type Sql, toNumber, toText } from './database.ts';

/** `record` is named by its hash in hexadecimal, `head` by the origin of its log. */
export type ChangeKind = 'record' | 'head';

export interface ChangeRow {
  /** Rises with every change; the same thing changed again is told once, under its newest number. */
  readonly change: number;
  readonly kind: ChangeKind;
  readonly name: string;
}

export async function noteChange(sql: Sql, kind: ChangeKind, name: string): Promise<void> {
  await sql.run('INSERT OR REPLACE INTO changes (kind, name) VALUES (?, ?)', kind, name);
}

/** At most `limit` changes after number `since`, oldest first. */
export async function changesSince(sql: Sql, since: number, limit: number): Promise<ChangeRow[]> {
  const rows = await sql.all(
    'SELECT * FROM changes WHERE change > ? ORDER BY change LIMIT ?',
    since,
    limit,
  );
  return rows.map(({ change, kind, name }) => ({
    change: toNumber(change),
    kind: toText(kind) === 'head' ? 'head' : 'record',
    name: toText(name),
  }));
}

/** The number under which a thing changed last; null: never. */
export async function changeOf(sql: Sql, kind: ChangeKind, name: string): Promise<number | null> {
  const row = await sql.get('SELECT change FROM changes WHERE kind = ? AND name = ?', kind, name);
  return row === undefined ? null : toNumber(row.change);
}
