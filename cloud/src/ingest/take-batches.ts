/**
 * Batches in the order of the site log: judged, archived, entered. The answer leaves when all is durable.
 * @module
 */
import {
  type ChainHead,
  decodeBatch,
  decodeReading,
  equalBytes,
  leafHash,
  type Reading,
  type SlotRecord,
  toHex,
} from '@sigill/evidence';
import type { BatchArchive } from '../archive/batch-archive.ts';
import { chainHead } from '../database/agent-chains.ts';
import type { Database } from '../database/database.ts';
import { addQuarantined, addRefusedSeal, raiseAlarm } from '../database/quarantine.ts';
import { appendEntries, entryLeaf, nextEntry } from '../database/site-logs.ts';
import { appendLeaves } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';
import { type JudgedBatch, judgeBatch, sealOf } from './judge-batch.ts';
import { siteTree } from './tree-names.ts';

export interface TakeBatchesParts {
  readonly archive: BatchArchive;
  readonly database: Database;
  readonly register: Register;
  /** ms since the Unix epoch. */
  readonly now: () => number;
  /** Readings of a batch that was just taken, so that nobody has to decode them again. */
  readonly taken: (agent: Uint8Array, batch: number, readings: readonly (Reading | null)[]) => void;
}

export interface BatchesTaken {
  /** The index expected next. */
  readonly next: number;
  readonly quarantined: readonly QuarantinedEntry[];
}

export interface QuarantinedEntry {
  readonly index: number;
  readonly code: string;
  readonly detail: string;
}

// Of a reading that is gone, its leaf hash.
const GONE_BYTES = 32;
// Alarms: someone must look. Other refusals tell of a damaged or misconfigured gateway.
const ALARMING: ReadonlySet<string> = new Set([
  'BATCH_CONFLICT',
  'AGENT_REVOKED',
  'ARCHIVE_CONFLICT',
]);

/** In turn with everything else of this origin. */
export async function takeBatches(
  parts: TakeBatchesParts,
  origin: string,
  firstIndex: number,
  batches: readonly Uint8Array[],
): Promise<BatchesTaken> {
  const { database, register } = parts;
  const { record } = register.slotOf(origin);
  if (record.closed !== null) {
    throw new CloudError(
      'ORIGIN_CLOSED',
      `${origin} was closed by the operator and takes no more entries`,
    );
  }
  const next = await database.read((sql) => nextEntry(sql, origin));
  if (firstIndex > next) throw missing(origin, next, firstIndex);
  await assertKnown(parts, origin, firstIndex, batches.slice(0, next - firstIndex), next);
  const fresh = batches.slice(next - firstIndex);
  if (fresh.length === 0) return { next, quarantined: [] };

  const judged = await judgeAll(parts, record, fresh, next);
  const kept = await archiveBelieved(parts.archive, judged);
  const quarantined = kept.flatMap(({ refusal }, i) =>
    refusal === null ? [] : [{ index: next + i, ...refusal }],
  );
  await database.write(async (sql) => {
    const entries = kept.map(({ leaf, header, believed }, i) => ({
      entry: next + i,
      leaf,
      header,
      believed: believed !== null,
    }));
    await appendEntries(sql, origin, next, entries);
    await appendLeaves(
      sql,
      siteTree(origin),
      next,
      kept.map(({ leaf }) => leaf),
    );
    const at = parts.now();
    for (const { index, code, detail } of quarantined) {
      const { bytes } = kept[index - next] as JudgedBatch;
      await addQuarantined(sql, { origin, entry: index, code, detail, bytes }, at);
      const seal = sealOf(bytes);
      if (seal !== null) await addRefusedSeal(sql, origin, index, seal);
      if (ALARMING.has(code)) {
        await raiseAlarm(sql, { origin, code, about: `entry ${index}`, detail }, at);
      }
    }
  });
  for (const { believed } of kept) {
    if (believed !== null)
      parts.taken(believed.header.agent, believed.header.batch, believed.readings);
  }
  return { next: next + kept.length, quarantined };
}

// Sent again after a lost answer: the same seals change nothing, other seals under an index are a fork.
async function assertKnown(
  { database, now }: TakeBatchesParts,
  origin: string,
  firstIndex: number,
  batches: readonly Uint8Array[],
  next: number,
): Promise<void> {
  for (const [i, bytes] of batches.entries()) {
    const entry = firstIndex + i;
    const leaf = await database.read((sql) => entryLeaf(sql, origin, entry));
    const seal = sealOf(bytes);
    if (leaf !== null && seal !== null && equalBytes(leaf, leafHash(seal))) continue;
    const detail = `entry ${entry} of ${origin} is held with another seal`;
    const alarm = { origin, code: 'ENTRY_CONFLICT', about: `entry ${entry}`, detail };
    await database.write((sql) => raiseAlarm(sql, alarm, now()));
    throw new CloudError('ENTRY_CONFLICT', detail, { facts: { next, index: entry } });
  }
}

async function judgeAll(
  { database }: TakeBatchesParts,
  record: SlotRecord,
  batches: readonly Uint8Array[],
  next: number,
): Promise<JudgedBatch[]> {
  const heads = new Map<string, ChainHead>();
  const headOf = async (agent: Uint8Array) =>
    heads.get(toHex(agent)) ?? (await database.read((sql) => chainHead(sql, agent)));
  const judged: JudgedBatch[] = [];
  for (const [i, bytes] of batches.entries()) {
    const one = await judgeBatch(bytes, record, headOf);
    if (one === null) {
      throw new CloudError(
        'BATCH_UNREADABLE',
        `batch ${i} of the request, entry ${next + i}: no seal can be read from it, so it is no entry of the site log`,
        { facts: { next, index: next + i } },
      );
    }
    const { header } = one;
    if (header !== null) {
      const { batch, hash, firstSeq, count } = header;
      heads.set(toHex(header.agent), { batch, headerHash: hash, nextSeq: firstSeq + count });
    }
    judged.push(one);
    await breathe();
  }
  return judged;
}

// A batch takes some milliseconds to check: let other requests in between.
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** All in one group; a batch that the archive holds with other bytes is refused, unless its seal is the same. */
async function archiveBelieved(
  archive: BatchArchive,
  judged: readonly JudgedBatch[],
): Promise<JudgedBatch[]> {
  return Promise.all(
    judged.map(async (one) => {
      if (one.believed === null) return one;
      const { agent, batch } = one.believed.header;
      try {
        await archive.append({ agent, batch }, one.bytes);
        return one;
      } catch (error) {
        if (!(error instanceof CloudError) || error.code !== 'ARCHIVE_CONFLICT') throw error;
        const held = await archive.get({ agent, batch });
        // The same seal with a reading lost since, or found again, or erased: what came first stays.
        if (held !== null && equalBytes(decodeBatch(held).seal, one.believed.seal))
          return { ...one, believed: { ...one.believed, readings: readingsIn(held) } };
        return { ...one, believed: null, refusal: { code: error.code, detail: error.message } };
      }
    }),
  );
}

function readingsIn(batch: Uint8Array): (Reading | null)[] {
  return decodeBatch(batch).readings.map((one) =>
    one.length === GONE_BYTES ? null : decodeReading(one),
  );
}

function missing(origin: string, next: number, firstIndex: number): CloudError {
  return new CloudError(
    'ENTRIES_MISSING',
    `${origin}: entry ${next} is expected next, the request begins at ${firstIndex}`,
    { facts: { next } },
  );
}
