/** Boxes that asked to be enrolled, each with its newest request. */
import type { EnrolmentKind } from '@sigill/evidence';
import { type Row, type Sql, toBytes, toNumber, toText } from './database.ts';

export interface BoxRow {
  /** The hash of its keys. */
  readonly box: Uint8Array;
  readonly kind: EnrolmentKind;
  readonly name: string;
  readonly logKey: Uint8Array | null;
  readonly agentKey: Uint8Array;
  /** As it came: both signatures can be checked again. */
  readonly request: Uint8Array;
  /** Null when a gateway brought it. */
  readonly invitation: string | null;
  /** The origin of the gateway that brought it. */
  readonly gateway: string | null;
  readonly address: string;
  readonly askedAt: number;
  /** The box's clock less ours, ms. */
  readonly clockOff: number;
  readonly refusedAt: number | null;
  readonly reason: string;
}

// A code is good for one answer; what a gateway brings has none, so there the request itself stands for it.
const SAME = `invitation IS excluded.invitation AND (excluded.gateway IS NULL OR request = excluded.request)`;

/** The newest request of a box takes the place of the one before; a refusal stays with the code or request it was for. */
export async function putBox(sql: Sql, row: BoxRow): Promise<void> {
  const { box, kind, name, logKey, agentKey, request, invitation, gateway } = row;
  await sql.run(
    `INSERT INTO boxes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '') ON CONFLICT (box) DO UPDATE SET
       name = excluded.name, request = excluded.request, address = excluded.address,
       asked_at = excluded.asked_at, clock_off = excluded.clock_off, gateway = excluded.gateway,
       refused_at = CASE WHEN ${SAME} THEN refused_at END,
       reason = CASE WHEN ${SAME} THEN reason ELSE '' END,
       invitation = excluded.invitation`,
    ...[box, kind, name, logKey, agentKey, request, invitation, gateway],
    ...[row.address, row.askedAt, row.clockOff],
  );
}

export async function findBoxRow(sql: Sql, box: Uint8Array): Promise<BoxRow | undefined> {
  const row = await sql.get('SELECT * FROM boxes WHERE box = ?', box);
  return row && boxRow(row);
}

/** Oldest first. */
export async function listBoxes(sql: Sql): Promise<BoxRow[]> {
  return (await sql.all('SELECT * FROM boxes ORDER BY asked_at, box')).map(boxRow);
}

export async function countBoxes(sql: Sql, gateway: string | null): Promise<number> {
  const row = await sql.get('SELECT COUNT(*) AS boxes FROM boxes WHERE gateway IS ?', gateway);
  return toNumber(row?.boxes);
}

export async function refuseBox(
  sql: Sql,
  box: Uint8Array,
  reason: string,
  at: number,
): Promise<void> {
  await sql.run('UPDATE boxes SET refused_at = ?, reason = ? WHERE box = ?', at, reason, box);
}

export async function forgetBoxes(sql: Sql, askedBefore: number): Promise<void> {
  await sql.run('DELETE FROM boxes WHERE asked_at < ?', askedBefore);
}

function boxRow(row: Row): BoxRow {
  return {
    box: toBytes(row.box),
    kind: toText(row.kind) as EnrolmentKind,
    name: toText(row.name),
    logKey: row.log_key instanceof Uint8Array ? row.log_key : null,
    agentKey: toBytes(row.agent_key),
    request: toBytes(row.request),
    invitation: typeof row.invitation === 'string' ? row.invitation : null,
    gateway: typeof row.gateway === 'string' ? row.gateway : null,
    address: toText(row.address),
    askedAt: toNumber(row.asked_at),
    clockOff: toNumber(row.clock_off),
    refusedAt: row.refused_at === null ? null : toNumber(row.refused_at),
    reason: toText(row.reason),
  };
}
