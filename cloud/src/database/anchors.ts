/** Anchors of each contract's log, and proven ledger states. Their roll-calls stand in roll-calls.ts. */
import { type Row, type Sql, toBytes, toNumber, toText } from './database.ts';

export interface AnchorLogRow {
  /** Names the chain and the contract, and its tree among the tiles. */
  readonly log: string;
  readonly chainId: number;
  readonly contract: Uint8Array;
  /** Counts: anchors below are mined, and final. */
  readonly mined: number;
  readonly final: number;
}

export interface AnchorRow {
  readonly log: string;
  readonly number: number;
  readonly leaf: Uint8Array;
  readonly rollRoot: Uint8Array;
  readonly slots: number;
  readonly blockNumber: number;
  readonly blockTime: number;
  readonly parentHash: Uint8Array;
}

export interface LedgerStateRow {
  readonly log: string;
  /** Of the anchor log in this state. */
  readonly size: number;
  readonly blockNumber: number;
  /** Header, account and storage proof as they came. */
  readonly state: Uint8Array;
}

export async function anchorLog(sql: Sql, log: string): Promise<AnchorLogRow | null> {
  const row = await sql.get('SELECT * FROM anchor_logs WHERE log = ?', log);
  return row === undefined ? null : anchorLogRow(row);
}

export async function putAnchorLog(sql: Sql, row: AnchorLogRow): Promise<void> {
  await sql.run(
    `INSERT INTO anchor_logs VALUES (?, ?, ?, ?, ?) ON CONFLICT (log) DO UPDATE
     SET mined = excluded.mined, final = excluded.final`,
    row.log,
    row.chainId,
    row.contract,
    row.mined,
    row.final,
  );
}

export async function addAnchor(sql: Sql, anchor: AnchorRow): Promise<void> {
  await sql.run(
    'INSERT INTO anchors VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    anchor.log,
    anchor.number,
    anchor.leaf,
    anchor.rollRoot,
    anchor.slots,
    anchor.blockNumber,
    anchor.blockTime,
    anchor.parentHash,
  );
}

/** A reorganisation of the chain: anchors from `number` on are to be told again. */
export async function cutAnchors(sql: Sql, log: string, number: number): Promise<void> {
  await sql.run('DELETE FROM anchors WHERE log = ? AND number >= ?', log, number);
  await sql.run('UPDATE anchor_logs SET mined = ? WHERE log = ?', number, log);
}

export async function anchorAt(sql: Sql, log: string, number: number): Promise<AnchorRow | null> {
  const row = await sql.get('SELECT * FROM anchors WHERE log = ? AND number = ?', log, number);
  if (row === undefined) return null;
  return {
    log,
    number,
    leaf: toBytes(row.leaf),
    rollRoot: toBytes(row.roll_root),
    slots: toNumber(row.slots),
    blockNumber: toNumber(row.block_number),
    blockTime: toNumber(row.block_time),
    parentHash: toBytes(row.parent_hash),
  };
}

export async function putLedgerState(sql: Sql, row: LedgerStateRow): Promise<void> {
  await sql.run(
    `INSERT INTO ledger_states VALUES (?, ?, ?, ?) ON CONFLICT (log, size) DO UPDATE
     SET block_number = excluded.block_number, state = excluded.state`,
    row.log,
    row.size,
    row.blockNumber,
    row.state,
  );
}

/** Proves the most: every anchor below its size. */
export async function newestLedgerState(sql: Sql, log: string): Promise<LedgerStateRow | null> {
  const row = await sql.get(
    'SELECT * FROM ledger_states WHERE log = ? ORDER BY size DESC LIMIT 1',
    log,
  );
  if (row === undefined) return null;
  return {
    log,
    size: toNumber(row.size),
    blockNumber: toNumber(row.block_number),
    state: toBytes(row.state),
  };
}

function anchorLogRow(row: Row): AnchorLogRow {
  return {
    log: toText(row.log),
    chainId: toNumber(row.chain_id),
    contract: toBytes(row.contract),
    mined: toNumber(row.mined),
    final: toNumber(row.final),
  };
}
