/** Two signed heads of one log that cannot both be true, or of which nobody knows; each as a fork file. */
import { createHash } from 'node:crypto';
import { type Sql, toNumber, toText } from './database.ts';

export interface ForkRow {
  readonly origin: string;
  /** Of the smaller head. */
  readonly size: number;
  /** To anyone, by the file alone. */
  readonly proven: boolean;
  readonly file: string;
  /** ms since the Unix epoch. */
  readonly at: number;
}

// A thief of a log's key could sign heads for ever; one pair proves all there is to prove.
const MAX_OF_ONE_LOG = 32;

/** False: it is known, or there are enough. */
export async function addFork(
  sql: Sql,
  { origin, size, proven, file, at }: ForkRow,
): Promise<boolean> {
  const kind = proven ? 1 : 0;
  const held = await sql.get(
    'SELECT COUNT(*) AS held FROM forks WHERE origin = ? AND proven = ?',
    origin,
    kind,
  );
  if (toNumber(held?.held) >= MAX_OF_ONE_LOG) return false;
  const digest = createHash('sha256').update(file).digest();
  const added = await sql.run(
    'INSERT INTO forks VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ...[origin, digest, size, kind, file, at],
  );
  return added === 1;
}

/** The newest first. */
export async function listForks(sql: Sql, limit: number): Promise<ForkRow[]> {
  const rows = await sql.all(
    'SELECT * FROM forks WHERE proven = 1 ORDER BY at DESC, origin LIMIT ?',
    limit,
  );
  return rows.map((row) => ({
    origin: toText(row.origin),
    size: toNumber(row.size),
    proven: toNumber(row.proven) === 1,
    file: toText(row.file),
    at: toNumber(row.at),
  }));
}

/** What was doubted of a log: heads that it did not show to continue the one cosigned. */
export async function listDoubts(sql: Sql, origin: string): Promise<string[]> {
  const rows = await sql.all('SELECT file FROM forks WHERE origin = ? AND proven = 0', origin);
  return rows.map(({ file }) => toText(file));
}

export async function removeDoubt(sql: Sql, origin: string, file: string): Promise<void> {
  await sql.run('DELETE FROM forks WHERE origin = ? AND proven = 0 AND file = ?', origin, file);
}
