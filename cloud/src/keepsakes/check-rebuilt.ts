/**
 * Whether a database agrees with what others signed: each entry with the seal of its batch in the archive, each checkpoint
 * with the entries below it and its log's signature, the anchors with the proven state of the ledger.
 * @module
 */
import {
  decodeCbor,
  equalBytes,
  type LedgerProof,
  leafHash,
  openCheckpoint,
  rootAt,
  toHex,
  verifyLedgerState,
} from '@sigill/evidence';
import type { BatchArchive } from '../archive/batch-archive.ts';
import { newestLedgerState } from '../database/anchors.ts';
import { type Database, toBytes, toNumber, toText } from '../database/database.ts';
import { quarantinedBytes } from '../database/quarantine.ts';
import { nextEntry } from '../database/site-logs.ts';
import { overTree } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import { sealOf } from '../ingest/judge-batch.ts';
import { rootOf } from '../ingest/log-head.ts';
import type { Register } from '../register/register.ts';

export interface RebuiltCounts {
  readonly records: number;
  readonly entries: number;
  readonly checkpoints: number;
  readonly anchors: number;
  readonly erasures: number;
}

export interface CheckParts {
  readonly archive: BatchArchive;
  readonly database: Database;
  /** Opened from the database: its records follow each other. */
  readonly register: Register;
}

const PAGE = 1000;
// Each is proof enough that something is wrong; a person reads no more.
const TOLD_PROBLEMS = 5;

/** @throws CloudError REBUILD_FAILED */
export async function checkRebuilt(parts: CheckParts): Promise<RebuiltCounts> {
  const { database } = parts;
  const problems: string[] = [];
  const tell = (problem: string) => void problems.push(problem);
  await checkEntries(parts, tell);
  await checkCheckpoints(parts, tell);
  await checkAnchors(parts, tell);
  if (problems.length > 0)
    throw new CloudError(
      'REBUILD_FAILED',
      `${problems.length} parts do not agree: ${problems.slice(0, TOLD_PROBLEMS).join('; ')}`,
    );
  const count = async (table: string) =>
    toNumber((await database.read((sql) => sql.get(`SELECT count(*) AS n FROM ${table}`)))?.n);
  return {
    records: await count('records'),
    entries: await count('entries'),
    checkpoints: await count('checkpoints'),
    anchors: await count('anchors'),
    erasures: await count('erasures'),
  };
}

async function checkEntries(
  { archive, database }: CheckParts,
  tell: (problem: string) => void,
): Promise<void> {
  for (let arrival = -1; ; ) {
    const rows = await database.read((sql) =>
      sql.all('SELECT * FROM entries WHERE arrival > ? ORDER BY arrival LIMIT ?', arrival, PAGE),
    );
    for (const row of rows) {
      const [origin, entry] = [toText(row.origin), toNumber(row.entry)];
      const believed = toNumber(row.believed) === 1;
      const bytes = believed
        ? await archive.get({ agent: toBytes(row.agent), batch: toNumber(row.batch) })
        : await database.read((sql) => quarantinedBytes(sql, origin, entry));
      if (bytes === null && !believed) continue; // beyond what quarantine keeps, in an older release
      const seal = bytes && sealOf(bytes);
      if (seal === null || !equalBytes(leafHash(seal), toBytes(row.leaf)))
        tell(`entry ${entry} of ${origin} has no batch in the archive, or another`);
    }
    if (rows.length < PAGE) return;
    arrival = toNumber(rows.at(-1)?.arrival);
  }
}

async function checkCheckpoints(
  { database, register }: CheckParts,
  tell: (problem: string) => void,
): Promise<void> {
  const rows = await database.read((sql) => sql.all('SELECT * FROM checkpoints'));
  for (const row of rows) {
    const [origin, size] = [toText(row.origin), toNumber(row.size)];
    try {
      openCheckpoint(toText(row.note), origin, register.slotOf(origin).record.logKey);
    } catch (error) {
      tell(`the checkpoint of ${origin} at ${size}: ${(error as Error).message}`);
      continue;
    }
    const held = await database.read((sql) => nextEntry(sql, origin));
    if (size > held) continue; // a closed log was cut behind it
    const root = await database.read((sql) => rootOf(sql, origin, size));
    if (!equalBytes(root, toBytes(row.root)))
      tell(`${origin} at ${size} entries has another root than its checkpoint`);
  }
}

async function checkAnchors(
  { database }: CheckParts,
  tell: (problem: string) => void,
): Promise<void> {
  for (const row of await database.read((sql) => sql.all('SELECT * FROM anchor_logs'))) {
    const [log, contract] = [toText(row.log), toBytes(row.contract)];
    const held = await database.read((sql) => newestLedgerState(sql, log));
    if (held === null) continue;
    const [header, account, storage] = decodeCbor(held.state) as [
      Uint8Array,
      Uint8Array[],
      LedgerProof['storage'],
    ];
    const state = verifyLedgerState({ header, account, storage }, contract);
    const root = await database.read((sql) =>
      overTree(sql, log, state.size, (read) => rootAt(state.size, read)),
    );
    if (!equalBytes(root, state.root))
      tell(`the ledger holds other anchors at ${toHex(contract)} than those kept`);
  }
}
