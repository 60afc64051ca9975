/** What we hold of each gateway's site log: its entries, and where they lead. */
import { CloudError } from '../errors.ts';
import type { EntryHeader } from './agent-chains.ts';
import { type Sql, type SqlValue, toBytes, toNumber, toText } from './database.ts';

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
