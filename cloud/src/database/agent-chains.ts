/**
 * Entries by the agent that signed them: one chain of headers each, over all the logs that go on from each other.
 * @module
 */
import type { ChainHead } from '@sigill/evidence';
import { type Row, type Sql, toBytes, toNumber, toText } from './database.ts';

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

/** An agent's last believed batch that a signed checkpoint covers; null before the first. */
export async function lastLoggedBatch(sql: Sql, agent: Uint8Array): Promise<number | null> {
  const row = await sql.get(
    `SELECT batch FROM entries WHERE agent = ? AND believed = 1
       AND entry < (SELECT max(size) FROM checkpoints WHERE checkpoints.origin = entries.origin)
     ORDER BY batch DESC LIMIT 1`,
    agent,
  );
  return row === undefined ? null : toNumber(row.batch);
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
