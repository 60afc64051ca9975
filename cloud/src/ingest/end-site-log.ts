/** What a closing record does to the log we hold: nothing comes behind its end any more, and what does not count goes. */
import { type Closing, equalBytes, toBase64 } from '@sigill/evidence';
import type { Sql } from '../database/database.ts';
import { raiseAlarm, removeAlarm, TWO_HISTORIES } from '../database/quarantine.ts';
import { cutEntries, endEntries } from '../database/site-logs.ts';
import { type LogHead, readLogHead, rootOf } from './log-head.ts';

/** Its agents send again, for the next generation, what is cut away here. */
export async function endSiteLog(
  sql: Sql,
  origin: string,
  closed: Closing,
  at: number,
): Promise<void> {
  const held = await readLogHead(sql, origin);
  if (held.size > closed.size) await cutEntries(sql, origin, closed.size);
  await endEntries(sql, origin);
  // What is the matter with a forked log is decided by closing it; the proof stays.
  await removeAlarm(sql, { origin, code: 'LOG_FORKED', about: TWO_HISTORIES });
  const problem = await differenceOf(sql, origin, held, closed);
  if (problem === null) return;
  const alarm = { origin, code: 'CLOSING_DIFFERS', about: `${closed.size} entries` };
  await raiseAlarm(sql, { ...alarm, detail: problem }, at);
}

async function differenceOf(
  sql: Sql,
  origin: string,
  held: LogHead,
  { size, root }: Closing,
): Promise<string | null> {
  const said = `the operator closed ${origin} at ${size} entries with root ${toBase64(root)}`;
  if (held.size < size) return `${said}; only ${held.size} of them are held here`;
  const ours = await rootOf(sql, origin, size);
  return equalBytes(ours, root) ? null : `${said}; here their root is ${toBase64(ours)}`;
}
