/** Where each agent's chain of batch headers stands. */
import type { ChainHead } from '@sigill/evidence';
import { type Sql, toBytes, toNumber } from './database.ts';

export async function chainHead(sql: Sql, agent: Uint8Array): Promise<ChainHead | null> {
  const row = await sql.get('SELECT * FROM chains WHERE agent = ?', agent);
  if (row === undefined) return null;
  return {
    batch: toNumber(row.batch),
    headerHash: toBytes(row.header_hash),
    nextSeq: toNumber(row.next_seq),
  };
}

export async function setChainHead(sql: Sql, agent: Uint8Array, head: ChainHead): Promise<void> {
  await sql.run(
    `INSERT INTO chains VALUES (?, ?, ?, ?) ON CONFLICT (agent) DO UPDATE
     SET batch = excluded.batch, header_hash = excluded.header_hash, next_seq = excluded.next_seq`,
    agent,
    head.batch,
    head.headerHash,
    head.nextSeq,
  );
}
