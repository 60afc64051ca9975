/**
 * The roll-calls of each anchor log, as what changed from one to the next. What a slot was called with in roll-call
 * `number` stands in its newest rows up to there; its age is counted from the row of its head.
 * @module
 */
import { type CalledSlot, ROLL_BLOCK, type SlotChange } from '@sigill/evidence';
import { type Row, type Sql, toBytes, toNumber } from './database.ts';

export interface RollCallRow {
  readonly log: string;
  readonly number: number;
  readonly changes: readonly SlotChange[];
  /** The slots as they are after it. */
  readonly slots: readonly CalledSlot[];
  /** The hash over each block of calls. */
  readonly blocks: readonly Uint8Array[];
}

const LOG = '(SELECT id FROM roll_logs WHERE log = ?)';

export async function addRollCall(sql: Sql, roll: RollCallRow): Promise<void> {
  const { log, number, changes, slots, blocks } = roll;
  await sql.run('INSERT INTO roll_logs (log) VALUES (?) ON CONFLICT DO NOTHING', log);
  for (const { slot, size, root, named } of changes) {
    const isNew = slots[slot]?.since === number;
    if (isNew)
      await sql.run(
        `INSERT INTO call_heads VALUES (${LOG}, ?, ?, ?, ?)`,
        log,
        slot,
        number,
        size,
        root,
      );
    if (named !== null) {
      const { originHash, recordHash } = named;
      await sql.run(
        `INSERT INTO call_names VALUES (${LOG}, ?, ?, ?, ?)`,
        ...[log, slot, number, originHash, recordHash],
      );
    }
  }
  // The hash over one block is the root itself.
  if (blocks.length > 1)
    await sql.run(
      `INSERT INTO roll_blocks VALUES (${LOG}, ?, ?)`,
      log,
      number,
      Buffer.concat(blocks),
    );
}

/** Forgets roll-calls from `number` on; the newest has `slots` slots. */
export async function cutRollCalls(
  sql: Sql,
  log: string,
  number: number,
  slots: number,
): Promise<void> {
  for (let slot = 0; slot < slots; slot += 1)
    for (const table of ['call_heads', 'call_names'])
      await sql.run(
        `DELETE FROM ${table} WHERE log = ${LOG} AND slot = ? AND number >= ?`,
        ...[log, slot, number],
      );
  await sql.run(`DELETE FROM roll_blocks WHERE log = ${LOG} AND number >= ?`, log, number);
}

/** The slots [from, to) as roll-call `number` has them. */
export async function calledSlots(
  sql: Sql,
  log: string,
  number: number,
  from: number,
  to: number,
): Promise<CalledSlot[]> {
  const slots: CalledSlot[] = [];
  for (let slot = from; slot < to; slot += 1) {
    const head = await newestRow(sql, 'call_heads', log, slot, number);
    const name = await newestRow(sql, 'call_names', log, slot, number);
    slots.push({
      originHash: toBytes(name?.origin_hash),
      recordHash: toBytes(name?.record_hash),
      size: toNumber(head?.size ?? 0),
      root: toBytes(head?.root),
      since: toNumber(head?.number ?? 0),
    });
  }
  return slots;
}

function newestRow(
  sql: Sql,
  table: 'call_heads' | 'call_names',
  log: string,
  slot: number,
  number: number,
): Promise<Row | undefined> {
  return sql.get(
    `SELECT * FROM ${table} WHERE log = ${LOG} AND slot = ? AND number <= ? ORDER BY number DESC LIMIT 1`,
    ...[log, slot, number],
  );
}

/** The hash over each block of a roll-call's calls; null where there is one block. */
export async function rollBlocks(
  sql: Sql,
  log: string,
  number: number,
): Promise<Uint8Array[] | null> {
  const row = await sql.get(
    `SELECT hashes FROM roll_blocks WHERE log = ${LOG} AND number = ?`,
    ...[log, number],
  );
  if (row === undefined) return null;
  const hashes = toBytes(row.hashes);
  return Array.from({ length: hashes.length / 32 }, (_, at) =>
    hashes.subarray(32 * at, 32 * at + 32),
  );
}

/** Slots are called for one log for ever. */
export async function slotCalledFor(
  sql: Sql,
  log: string,
  originHash: Uint8Array,
): Promise<number | null> {
  const row = await sql.get(
    `SELECT slot FROM call_names WHERE log = ${LOG} AND origin_hash = ? LIMIT 1`,
    ...[log, originHash],
  );
  return row === undefined ? null : toNumber(row.slot);
}

export interface Covering {
  readonly slot: number;
  readonly number: number;
  readonly size: number;
}

/** The earliest call below anchor `before` that covers `size` entries of a site log. */
export async function firstCallCovering(
  sql: Sql,
  log: string,
  originHash: Uint8Array,
  size: number,
  before: number,
): Promise<Covering | null> {
  const slot = await slotCalledFor(sql, log, originHash);
  if (slot === null) return null;
  const row = await sql.get(
    `SELECT number, size FROM call_heads WHERE log = ${LOG} AND slot = ? AND size >= ? AND number < ?
     ORDER BY size, number LIMIT 1`,
    ...[log, slot, size, before],
  );
  return row === undefined
    ? null
    : { slot, number: toNumber(row.number), size: toNumber(row.size) };
}

/** How much of a site log the anchors below `before` cover. */
export async function calledSize(
  sql: Sql,
  log: string,
  originHash: Uint8Array,
  before: number,
): Promise<number> {
  const slot = await slotCalledFor(sql, log, originHash);
  if (slot === null || before === 0) return 0;
  return toNumber((await newestRow(sql, 'call_heads', log, slot, before - 1))?.size ?? 0);
}

/** The block that a slot is in: [from, to). */
export function blockOf(slot: number, slots: number): readonly [from: number, to: number] {
  const from = slot - (slot % ROLL_BLOCK);
  return [from, Math.min(from + ROLL_BLOCK, slots)];
}
