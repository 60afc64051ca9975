/** What we hold of each gateway's site log: its entries, and where they lead. */
import type { ChainHead } from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import { type Row, type Sql, type SqlValue, toBytes, toNumber, toText } from './database.ts';

export interface SiteLogRow {
  readonly origin: string;
  /** The size of what we hold: the index we expect next. */
  readonly next: number;
}

export interface EntryRow {
  readonly entry: number;
  readonly leaf: Uint8Array;
  /** The batch is in the archive; else its bytes are in quarantine. */
  readonly believed: boolean;
  /** What its header says, when it continues the chain of the agent that signed it. */
  readonly header: EntryHeader | null;
}

export interface EntryHeader {
  readonly agent: Uint8Array;
  readonly batch: number;
  readonly hash: Uint8Array;
  readonly firstSeq: number;
  readonly count: number;
}

/** An entry whose header its agent signed. `arrival` orders all of them, over all logs. */
export interface ArrivedBatch extends EntryHeader {
  readonly arrival: number;
  readonly origin: string;
  readonly entry: number;
}

export async function addSiteLog(sql: Sql, origin: string): Promise<void> {
  await sql.run(
    'INSERT INTO site_logs (origin, next) VALUES (?, 0) ON CONFLICT DO NOTHING',
    origin,
  );
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

/** An entry as far as it is needed to find its bytes. */
export interface HeldEntry {
  readonly entry: number;
  readonly leaf: Uint8Array;
  /** Null when no agent signed its header. */
  readonly agent: Uint8Array | null;
  readonly batch: number | null;
}

/** At most `count` entries from an index on, in order. */
export async function heldEntries(
  sql: Sql,
  origin: string,
  from: number,
  count: number,
): Promise<HeldEntry[]> {
  const rows = await sql.all(
    'SELECT entry, leaf, agent, batch FROM entries WHERE origin = ? AND entry >= ? ORDER BY entry LIMIT ?',
    origin,
    from,
    count,
  );
  return rows.map((row) => ({
    entry: toNumber(row.entry),
    leaf: toBytes(row.leaf),
    agent: row.agent === null ? null : toBytes(row.agent),
    batch: row.batch === null ? null : toNumber(row.batch),
  }));
}

/** Entries that continue the log from `size` on. */
export async function appendEntries(
  sql: Sql,
  origin: string,
  size: number,
  entries: readonly EntryRow[],
): Promise<void> {
  for (const { entry, leaf, believed, header } of entries) {
    const said: SqlValue[] =
      header === null
        ? [null, null, null, null, null]
        : [header.agent, header.batch, header.hash, header.firstSeq, header.count];
    await sql.run(
      `INSERT INTO entries (origin, entry, leaf, believed, agent, batch, header_hash, first_seq, count)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      origin,
      entry,
      leaf,
      believed ? 1 : 0,
      ...said,
    );
  }
  await moveNext(sql, origin, size, size + entries.length);
}

/** From now on nothing is appended: what would have been under way ends as retryable, and is then refused. */
export async function endEntries(sql: Sql, origin: string): Promise<void> {
  await sql.run('UPDATE site_logs SET ended = 1 WHERE origin = ?', origin);
}

/** Forgets the entries from `size` on. Their batches stay in the archive, their bytes in quarantine. */
export async function cutEntries(sql: Sql, origin: string, size: number): Promise<void> {
  await sql.run('DELETE FROM entries WHERE origin = ? AND entry >= ?', origin, size);
  await moveNext(sql, origin, await nextEntry(sql, origin), size);
}

// Compared and set: two writers of one log can never both go on from the same size, and none behind its end.
async function moveNext(sql: Sql, origin: string, from: number, to: number): Promise<void> {
  const moved = await sql.run(
    'UPDATE site_logs SET next = ? WHERE origin = ? AND next = ? AND ended = 0',
    to,
    origin,
    from,
  );
  if (moved === 1) return;
  throw new CloudError('DATABASE_FAILED', `${origin} is no longer at ${from} entries`, {
    retryable: true,
  });
}

/** Where an agent's chain of signed headers stands, believed or not; null before its first. */
export async function chainHead(sql: Sql, agent: Uint8Array): Promise<ChainHead | null> {
  const row = await sql.get(
    'SELECT * FROM entries WHERE agent = ? ORDER BY batch DESC LIMIT 1',
    agent,
  );
  if (row === undefined) return null;
  const { batch, hash, firstSeq, count } = arrived(row);
  return { batch, headerHash: hash, nextSeq: firstSeq + count };
}

/** An agent's last signed header in some of the logs, believed or not; null before its first there. */
export async function lastEntryOf(
  sql: Sql,
  agent: Uint8Array,
  origins: readonly string[],
): Promise<ArrivedBatch | null> {
  const row = await sql.get(
    `SELECT * FROM entries WHERE agent = ? AND origin IN (${origins.map(() => '?').join(', ')}) ORDER BY batch DESC LIMIT 1`,
    agent,
    ...origins,
  );
  return row === undefined ? null : arrived(row);
}

/** When the newest of an agent's believed batches up to this one arrived; 0 before the first. */
export async function believedArrival(sql: Sql, agent: Uint8Array, batch: number): Promise<number> {
  const row = await sql.get(
    'SELECT max(arrival) AS arrival FROM entries WHERE agent = ? AND batch <= ? AND believed = 1',
    agent,
    batch,
  );
  return toNumber(row?.arrival);
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

/** The entry of one batch. */
export async function entryOfBatch(
  sql: Sql,
  agent: Uint8Array,
  batch: number,
): Promise<ArrivedBatch | null> {
  const row = await sql.get(
    'SELECT * FROM entries WHERE agent = ? AND batch = ? ORDER BY believed DESC LIMIT 1',
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
    hash: toBytes(row.header_hash),
    firstSeq: toNumber(row.first_seq),
    count: toNumber(row.count),
  };
}
