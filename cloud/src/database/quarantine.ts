/** What was received and is not believed, with the reason; and what someone must look at. */
import { createHash } from 'node:crypto';
import { encodeBatch } from '@sigill/evidence';
import { type Sql, toBytes, toNumber, toText } from './database.ts';

// A broken or hostile gateway must not fill the disk: beyond this only the digest is kept.
const MAX_BYTES_PER_ORIGIN = 256 * 1024 * 1024;

export interface Quarantined {
  readonly origin: string;
  /** The index in the site log that the bytes came for. */
  readonly entry: number;
  readonly code: string;
  readonly detail: string;
  readonly bytes: Uint8Array;
}

export async function addQuarantined(sql: Sql, one: Quarantined, at: number): Promise<void> {
  const digest = createHash('sha256').update(one.bytes).digest();
  const held = await sql.get(
    'SELECT SUM(size) AS total FROM quarantine WHERE origin = ? AND bytes IS NOT NULL',
    one.origin,
  );
  const full = toNumber(held?.total ?? 0) + one.bytes.length > MAX_BYTES_PER_ORIGIN;
  await sql.run(
    `INSERT INTO quarantine (origin, entry, code, detail, digest, size, bytes, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    one.origin,
    one.entry,
    one.code,
    one.detail,
    digest,
    one.bytes.length,
    full ? null : one.bytes,
    at,
  );
}

export interface QuarantineRow {
  readonly entry: number;
  readonly code: string;
  readonly detail: string;
}

/** The newest first. */
export async function listQuarantined(
  sql: Sql,
  origin: string,
  limit: number,
): Promise<QuarantineRow[]> {
  const rows = await sql.all(
    'SELECT entry, code, detail FROM quarantine WHERE origin = ? ORDER BY entry DESC, id DESC LIMIT ?',
    origin,
    limit,
  );
  return rows.map((row) => ({
    entry: toNumber(row.entry),
    code: toText(row.code),
    detail: toText(row.detail),
  }));
}

/** Of an entry that is not believed: kept also when its bytes are not. */
export async function addRefusedSeal(
  sql: Sql,
  origin: string,
  entry: number,
  seal: Uint8Array,
): Promise<void> {
  await sql.run(
    'INSERT INTO refused_seals VALUES (?, ?, ?) ON CONFLICT (origin, entry) DO UPDATE SET seal = excluded.seal',
    origin,
    entry,
    seal,
  );
}

/** The bytes that came for an entry, if they were kept; else a batch of its seal alone. */
export async function quarantinedBytes(
  sql: Sql,
  origin: string,
  entry: number,
): Promise<Uint8Array | null> {
  const row = await sql.get(
    'SELECT bytes FROM quarantine WHERE origin = ? AND entry = ? ORDER BY id DESC LIMIT 1',
    origin,
    entry,
  );
  if (row?.bytes instanceof Uint8Array) return row.bytes;
  const kept = await sql.get(
    'SELECT seal FROM refused_seals WHERE origin = ? AND entry = ?',
    origin,
    entry,
  );
  return kept === undefined
    ? null
    : encodeBatch({ seal: toBytes(kept.seal), readings: [], frames: [] });
}

/** All that came of an agent, whatever it was refused for. */
export async function quarantinedOf(
  sql: Sql,
  agent: Uint8Array,
): Promise<{ id: number; bytes: Uint8Array }[]> {
  const rows = await sql.all(
    'SELECT id, bytes FROM quarantine WHERE bytes IS NOT NULL AND instr(bytes, ?) > 0',
    agent,
  );
  return rows.map((row) => ({ id: toNumber(row.id), bytes: toBytes(row.bytes) }));
}

/** Something in it was erased; its digest stays that of what came. */
export async function replaceQuarantined(
  sql: Sql,
  id: number,
  bytes: Uint8Array | null,
): Promise<void> {
  await sql.run('UPDATE quarantine SET bytes = ? WHERE id = ?', bytes, id);
}

/** An alarm stays until someone has looked; the same one again only counts, in its newest words. */
export interface Alarm {
  readonly origin: string;
  readonly code: string;
  /** What it is about, so that the same trouble is one alarm. */
  readonly about: string;
  readonly detail: string;
}

export async function raiseAlarm(sql: Sql, alarm: Alarm, at: number): Promise<void> {
  await sql.run(
    `INSERT INTO alarms VALUES (?, ?, ?, ?, ?, ?, 1) ON CONFLICT (origin, code, about) DO UPDATE
     SET detail = excluded.detail, last_at = excluded.last_at, times = times + 1`,
    alarm.origin,
    alarm.code,
    alarm.about,
    alarm.detail,
    at,
    at,
  );
}

export async function removeAlarm(
  sql: Sql,
  { origin, code, about }: Omit<Alarm, 'detail'>,
): Promise<void> {
  await sql.run(
    'DELETE FROM alarms WHERE origin = ? AND code = ? AND about = ?',
    origin,
    code,
    about,
  );
}

export interface AlarmRow extends Alarm {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}

export async function listAlarms(sql: Sql): Promise<AlarmRow[]> {
  const rows = await sql.all('SELECT * FROM alarms ORDER BY last_at DESC, origin, code');
  return rows.map((row) => ({
    origin: toText(row.origin),
    code: toText(row.code),
    about: toText(row.about),
    detail: toText(row.detail),
    firstAt: toNumber(row.first_at),
    lastAt: toNumber(row.last_at),
    times: toNumber(row.times),
  }));
}

/** As the alarm of a log is called of which two histories are signed. */
export const TWO_HISTORIES = 'two histories';

// As conflicts of agents are called, unlike an entry of a log that contradicts it.
const AGENT_CONFLICT = 'agent ';

/** One agent, two histories: seen at the gateway, under this revision of the slot's record. */
export function raiseAgentConflict(
  sql: Sql,
  { origin, agent, rev, detail }: { origin: string; agent: string; rev: number; detail: string },
  at: number,
): Promise<void> {
  const about = `${AGENT_CONFLICT}${agent} under revision ${rev}`;
  return raiseAlarm(sql, { origin, code: 'BATCH_CONFLICT', about, detail }, at);
}

/** A next record is the operator's word on its agents: whoever is listed as active is in again, the others are out. */
export async function settleAgentConflicts(sql: Sql, origin: string): Promise<void> {
  await sql.run(
    "DELETE FROM alarms WHERE origin = ? AND code = 'BATCH_CONFLICT' AND about LIKE ? || '%'",
    origin,
    AGENT_CONFLICT,
  );
}
