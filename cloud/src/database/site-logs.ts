/** What we hold of each gateway's site log: its entries, and where they lead. */
import { type Row, type Sql, type SqlValue, toBytes, toNumber, toText } from './database.ts';

export interface SiteLogRow {
  readonly origin: string;
  /** The size of what we hold: the index we expect next. */
  readonly next: number;
}

export interface EntryRow {
  readonly origin: string;
  readonly entry: number;
  readonly leaf: Uint8Array;
  /** Null for a quarantined entry: who made it is not established. */
  readonly batch: BelievedBatch | null;
}

export interface BelievedBatch {
  readonly agent: Uint8Array;
  readonly batch: number;
  readonly firstSeq: number;
  readonly count: number;
}

/** An entry whose batch is in the archive. `arrival` orders all of them, over all logs. */
export interface ArrivedBatch extends BelievedBatch {
  readonly arrival: number;
  readonly origin: string;
  readonly entry: number;
}

export async function addSiteLog(sql: Sql, origin: string): Promise<void> {
  await sql.run('INSERT INTO site_logs VALUES (?, 0) ON CONFLICT DO NOTHING', origin);
}

export async function listSiteLogs(sql: Sql): Promise<SiteLogRow[]> {
  const rows = await sql.all('SELECT origin, next FROM site_logs ORDER BY origin');
  return rows.map((row) => ({ origin: toText(row.origin), next: toNumber(row.next) }));
}

export async function nextEntry(sql: Sql, origin: string): Promise<number> {
  const row = await sql.get('SELECT next FROM site_logs WHERE origin = ?', origin);
  return row === undefined ? 0 : toNumber(row.next);
}

export async function entryLeaf(
  sql: Sql,
  origin: string,
  entry: number,
): Promise<Uint8Array | null> {
  const row = await sql.get(
    'SELECT leaf FROM entries WHERE origin = ? AND entry = ?',
    origin,
    entry,
  );
  return row === undefined ? null : toBytes(row.leaf);
}

/** Entries that continue the log, and its new size. */
export async function appendEntries(
  sql: Sql,
  origin: string,
  entries: readonly EntryRow[],
): Promise<void> {
  for (const { entry, leaf, batch } of entries) {
    const about: SqlValue[] =
      batch === null
        ? [0, null, null, null, null]
        : [1, batch.agent, batch.batch, batch.firstSeq, batch.count];
    await sql.run(
      'INSERT INTO entries (origin, entry, leaf, believed, agent, batch, first_seq, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      origin,
      entry,
      leaf,
      ...about,
    );
  }
  const last = entries.at(-1);
  if (last !== undefined) await setNext(sql, origin, last.entry + 1);
}

/** Forgets the entries from `size` on. Their batches stay in the archive, their bytes in quarantine. */
export async function cutEntries(sql: Sql, origin: string, size: number): Promise<void> {
  await sql.run('DELETE FROM entries WHERE origin = ? AND entry >= ?', origin, size);
  await setNext(sql, origin, size);
}

async function setNext(sql: Sql, origin: string, next: number): Promise<void> {
  await sql.run('UPDATE site_logs SET next = ? WHERE origin = ?', next, origin);
}

/** Believed batches after an arrival, in the order they came. */
export async function arrivedAfter(
  sql: Sql,
  arrival: number,
  limit: number,
): Promise<ArrivedBatch[]> {
  const rows = await sql.all(
    'SELECT * FROM entries WHERE arrival > ? AND believed = 1 ORDER BY arrival LIMIT ?',
    arrival,
    limit,
  );
  return rows.map(arrived);
}

/** The entry whose batch holds this reading. */
export async function entryOfReading(
  sql: Sql,
  agent: Uint8Array,
  seq: number,
): Promise<ArrivedBatch | null> {
  const row = await sql.get(
    'SELECT * FROM entries WHERE agent = ? AND first_seq <= ? AND believed = 1 ORDER BY first_seq DESC LIMIT 1',
    agent,
    seq,
  );
  if (row === undefined) return null;
  const found = arrived(row);
  return seq < found.firstSeq + found.count ? found : null;
}

/** The entry of one batch; of a batch entered twice, the first. */
export async function entryOfBatch(
  sql: Sql,
  agent: Uint8Array,
  batch: number,
): Promise<ArrivedBatch | null> {
  const row = await sql.get(
    'SELECT * FROM entries WHERE agent = ? AND batch = ? AND believed = 1 ORDER BY arrival LIMIT 1',
    agent,
    batch,
  );
  return row === undefined ? null : arrived(row);
}

function arrived(row: Row): ArrivedBatch {
  return {
    arrival: toNumber(row.arrival),
    origin: toText(row.origin),
    entry: toNumber(row.entry),
    agent: toBytes(row.agent),
    batch: toNumber(row.batch),
    firstSeq: toNumber(row.first_seq),
    count: toNumber(row.count),
  };
}
