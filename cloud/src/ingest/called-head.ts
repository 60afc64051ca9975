/** A head that was called must be the one our entries give. */
import { equalBytes } from '@sigill/evidence';
import type { Database } from '../database/database.ts';
import { raiseAlarm } from '../database/quarantine.ts';
import { nextEntry } from '../database/site-logs.ts';
import { CloudError } from '../errors.ts';
import { rootOf } from './log-head.ts';

export interface CalledHeadParts {
  readonly database: Database;
  readonly now: () => number;
}

/** @throws CloudError ENTRIES_MISSING, CHECKPOINT_ROOT */
export async function assertCalledHead(
  { database, now }: CalledHeadParts,
  index: number,
  origin: string,
  call: { readonly size: number; readonly root: Uint8Array },
): Promise<void> {
  const next = await database.read((sql) => nextEntry(sql, origin));
  if (call.size > next) {
    throw new CloudError(
      'ENTRIES_MISSING',
      `${origin}: entry ${next} is expected before an anchor of ${call.size}`,
      { facts: { next } },
    );
  }
  const root = await database.read((sql) => rootOf(sql, origin, call.size));
  if (equalBytes(root, call.root)) return;
  const detail = `anchor ${index} calls ${origin} at ${call.size} entries with another root than theirs`;
  const about = `anchor ${index}`;
  await database.write((sql) =>
    raiseAlarm(sql, { origin, code: 'CHECKPOINT_ROOT', about, detail }, now()),
  );
  throw new CloudError('CHECKPOINT_ROOT', detail);
}
