/** The memory of a cloud's own witness: in its database. */
import { cosignedAt, type NoteKey } from '@sigill/evidence';
import {
  advanceWitnessed,
  cosignatureAt,
  putCosignature,
  witnessedLog,
} from '../database/checkpoints.ts';
import type { Database, Sql } from '../database/database.ts';
import { listAlarms, raiseAlarm } from '../database/quarantine.ts';
import { listSiteLogs } from '../database/site-logs.ts';
import type { CosignedHead, WitnessStore } from './witness-store.ts';

const RETIRED = 'WITNESS_RETIRED';

/** @param key of this witness */
export function createDatabaseStore(
  database: Database,
  key: NoteKey,
  now: () => number,
): WitnessStore {
  async function headIn(sql: Sql, origin: string): Promise<CosignedHead | null> {
    const seen = await witnessedLog(sql, origin);
    if (seen === null) return null;
    // Advanced, and killed before it signed: then no time was told.
    const line = await cosignatureAt(sql, origin, seen.size);
    return { ...seen, time: line === null ? 0 : (cosignedAt(seen.note + line, key) ?? 0) };
  }

  return {
    head: (origin) => database.read((sql) => headIn(sql, origin)),
    advance: (oldSize, { origin, size, root, note }) =>
      database.write((sql) => advanceWitnessed(sql, oldSize, { origin, size, root, note })),
    signed: ({ origin, size }, line) =>
      database.write((sql) => putCosignature(sql, origin, size, line)),
    newestTime: () =>
      database.read(async (sql) => {
        const times = [0];
        for (const { origin } of await listSiteLogs(sql))
          times.push((await headIn(sql, origin))?.time ?? 0);
        return Math.max(...times);
      }),
    retired: () =>
      database.read(async (sql) => {
        const alarm = (await listAlarms(sql)).find(
          ({ code, about }) => code === RETIRED && about === key.name,
        );
        return alarm?.detail ?? null;
      }),
    retire: (why) =>
      database.write((sql) =>
        raiseAlarm(sql, { origin: '', code: RETIRED, about: key.name, detail: why }, now()),
      ),
  };
}
