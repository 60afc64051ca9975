/** Readings that the operator had erased: its word, and whether it is carried out. */
import { type Row, type Sql, toBytes, toNumber, toText } from './database.ts';

export interface ErasureRow {
  readonly agent: Uint8Array;
  readonly seq: number;
  readonly source: string;
  readonly device: string;
  readonly n: number;
  readonly leafHash: Uint8Array;
  readonly batch: number;
  readonly reason: string;
  /** As the operator signed it. */
  readonly cose: Uint8Array;
  readonly at: number;
  /** Its bytes are gone from everywhere. */
  readonly done: boolean;
}

/** The first word on a reading stays. */
export async function addErasure(sql: Sql, row: Omit<ErasureRow, 'done'>): Promise<void> {
  await sql.run(
    'INSERT INTO erasures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING',
    row.agent,
    row.seq,
    row.source,
    row.device,
    row.n,
    row.leafHash,
    row.batch,
    row.reason,
    row.cose,
    row.at,
  );
}

export async function erasureOf(
  sql: Sql,
  agent: Uint8Array,
  seq: number,
): Promise<ErasureRow | null> {
  const row = await sql.get('SELECT * FROM erasures WHERE agent = ? AND seq = ?', agent, seq);
  return row === undefined ? null : erasure(row);
}

/** By sequence. */
export async function erasuresOf(sql: Sql, agent: Uint8Array): Promise<ErasureRow[]> {
  const rows = await sql.all('SELECT * FROM erasures WHERE agent = ? ORDER BY seq', agent);
  return rows.map(erasure);
}

export async function countErasures(sql: Sql): Promise<number> {
  return toNumber((await sql.get('SELECT count(*) AS count FROM erasures'))?.count);
}

/** The newest first. */
export async function listErasures(sql: Sql, limit: number): Promise<ErasureRow[]> {
  const rows = await sql.all(
    'SELECT * FROM erasures ORDER BY at DESC, agent, seq DESC LIMIT ?',
    limit,
  );
  return rows.map(erasure);
}

/** What is to be carried out, batch by batch. */
export async function openErasures(sql: Sql): Promise<ErasureRow[]> {
  const rows = await sql.all('SELECT * FROM erasures WHERE done = 0 ORDER BY agent, batch, seq');
  return rows.map(erasure);
}

export async function endErasure(sql: Sql, agent: Uint8Array, seq: number): Promise<void> {
  await sql.run('UPDATE erasures SET done = 1 WHERE agent = ? AND seq = ?', agent, seq);
}

function erasure(row: Row): ErasureRow {
  return {
    agent: toBytes(row.agent),
    seq: toNumber(row.seq),
    source: toText(row.source),
    device: toText(row.device),
    n: toNumber(row.n),
    leafHash: toBytes(row.leaf),
    batch: toNumber(row.batch),
    reason: toText(row.reason),
    cose: toBytes(row.cose),
    at: toNumber(row.at),
    done: toNumber(row.done) === 1,
  };
}
