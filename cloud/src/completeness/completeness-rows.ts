/** Rows of the completeness tables, written. */
import type { Reading } from '@sigill/evidence';
import { type Sql, toNumber } from '../database/database.ts';
import type { DayCount, StreamEnd } from './completeness-store.ts';
import type { StatedGap } from './stated-gap.ts';
import type { StatedPlan } from './stated-plan.ts';

export async function saveStream(sql: Sql, { id, lastN, lastTime }: StreamEnd): Promise<void> {
  await sql.run('UPDATE streams SET last_n = ?, last_time = ? WHERE id = ?', lastN, lastTime, id);
}

export async function upsertDay(
  sql: Sql,
  stream: number,
  day: number,
  { first, last, count }: DayCount,
): Promise<void> {
  await sql.run(
    `INSERT INTO days VALUES (?, ?, ?, ?, ?) ON CONFLICT (stream, day) DO UPDATE SET
       first = min(first, excluded.first), last = max(last, excluded.last), count = count + excluded.count`,
    ...[stream, day, first, last, count],
  );
}

/** A number that was missing has come: what is left of its hole stays. False when it was not missing. */
export async function fillHole(
  sql: Sql,
  stream: number,
  n: number,
  time: number,
): Promise<boolean> {
  const row = await sql.get(
    'SELECT * FROM holes WHERE stream = ? AND first <= ? ORDER BY first DESC LIMIT 1',
    ...[stream, n],
  );
  if (row === undefined || toNumber(row.last) < n) return false;
  const [first, last, since, until] = [row.first, row.last, row.since, row.until].map(toNumber) as [
    number,
    number,
    number,
    number,
  ];
  await sql.run('DELETE FROM holes WHERE stream = ? AND first = ?', stream, first);
  const parts = [
    { from: first, to: n - 1, times: [since, time] },
    { from: n + 1, to: last, times: [time, until] },
  ];
  for (const { from, to, times } of parts) {
    if (from > to) continue;
    const [earlier, later] = [Math.min(...times), Math.max(...times)];
    await sql.run(
      'INSERT INTO holes VALUES (?, ?, ?, ?, ?)',
      ...[stream, from, to, earlier, later],
    );
  }
  return true;
}

export async function putGap(
  sql: Sql,
  stream: number,
  n: number,
  { from, to, count, cause }: StatedGap,
): Promise<void> {
  await sql.run(
    'INSERT OR REPLACE INTO gaps VALUES (?, ?, ?, ?, ?, ?)',
    ...[stream, n, from, to, count, cause],
  );
}

export async function putPlan(
  sql: Sql,
  agent: Uint8Array,
  { seq, time }: Reading,
  { source, active, cadenceMs, heartbeatMs, devices }: StatedPlan,
): Promise<void> {
  await sql.run(
    'INSERT OR REPLACE INTO plans VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ...[agent, source, seq, time, Number(active), cadenceMs, heartbeatMs, Number(devices)],
  );
}
