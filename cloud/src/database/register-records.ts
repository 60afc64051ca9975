/** The operator's records, every revision of every slot, as they were signed. */
import { noteChange } from './changes.ts';
import { type Row, type Sql, toBytes, toNumber } from './database.ts';

export interface RecordRow {
  readonly slot: number;
  readonly rev: number;
  readonly recordHash: Uint8Array;
  readonly cose: Uint8Array;
  /** Null for slot 0, the operator. */
  readonly origin: string | null;
  /** When it came here; null: nobody noted it. */
  readonly at: number | null;
}

export async function addRecord(sql: Sql, row: RecordRow): Promise<void> {
  await sql.run(
    'INSERT INTO records (slot, rev, record_hash, cose, origin, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    row.slot,
    row.rev,
    row.recordHash,
    row.cose,
    row.origin,
    row.at,
  );
  await noteChange(sql, 'record', Buffer.from(row.recordHash).toString('hex'));
}

/** Oldest revision first within each slot. */
export async function listRecords(sql: Sql): Promise<RecordRow[]> {
  return (await sql.all('SELECT * FROM records ORDER BY slot, rev')).map(record);
}

function record(row: Row): RecordRow {
  return {
    slot: toNumber(row.slot),
    rev: toNumber(row.rev),
    recordHash: toBytes(row.record_hash),
    cose: toBytes(row.cose),
    origin: typeof row.origin === 'string' ? row.origin : null,
    at: row.at === null ? null : toNumber(row.at),
  };
}
