/**
 * Which readings an operator may erase, as they lie in the archive: asked for one by one, or as a source in a time.
 * @module
 */
import {
  type Batch,
  decodeBatch,
  decodeReading,
  equalBytes,
  fromHex,
  leafHash,
  type Reading,
  toBase64,
  toHex,
} from '@sigill/evidence';
import type { BatchArchive } from '../archive/batch-archive.ts';
import { type ArrivedBatch, entryOfReading } from '../database/agent-chains.ts';
import type { Database } from '../database/database.ts';
import { erasureOf } from '../database/erasures.ts';
import { CloudError } from '../errors.ts';
import type { ReadingStore } from '../readings/reading-store.ts';
import { framesOf } from './redact-batch.ts';

export interface ErasableParts {
  readonly archive: BatchArchive;
  readonly database: Database;
  readonly store: ReadingStore;
}

export interface ReadingName {
  /** Hexadecimal. */
  readonly agent: string;
  readonly seq: number;
}

export interface StreamPeriod {
  readonly agent?: string | undefined;
  readonly source: string;
  readonly device?: string | undefined;
  readonly from: number;
  /** Excluded. */
  readonly to: number;
}

/** What would go, with all that the operator signs of it. */
export interface Erasable extends ReadingName {
  readonly source: string;
  readonly device: string;
  readonly n: number;
  readonly kind: string;
  readonly time: number;
  /** base64 */
  readonly leafHash: string;
  /** A frame that other readings share stays as long as one of them does. */
  readonly frame: 'none' | 'goes' | 'stays';
}

// A command signs so many at once, and a verdict names no more holes than twenty times that.
export const MAX_ERASED_AT_ONCE = 5000;
const PAGE = 1000;
const HASH_BYTES = 32;

/** By agent and sequence; those erased already are left out. @throws CloudError READING_UNKNOWN, READING_GONE, ERASURE_REFUSED */
export async function findErasable(
  parts: ErasableParts,
  readings: readonly ReadingName[],
): Promise<Erasable[]> {
  assertNotTooMany(readings.length);
  const wanted = readings.toSorted((a, b) =>
    a.agent === b.agent ? a.seq - b.seq : a.agent < b.agent ? -1 : 1,
  );
  const found: Erasable[] = [];
  let open: HeldBatch | null = null;
  let shared = new Map<string, number>();
  for (const { agent, seq } of wanted) {
    if (found.at(-1)?.agent === agent && found.at(-1)?.seq === seq) continue;
    const id = fromHex(agent);
    if (open === null || !holds(open.entry, id, seq)) {
      open = await openBatchOf(parts, id, seq);
      shared = namesOfFrames(open.batch, open.entry, wanted);
    }
    const held = readingIn(open, seq);
    if (held === null) {
      if ((await parts.database.read((sql) => erasureOf(sql, id, seq))) !== null) continue;
      throw gone(agent, seq);
    }
    found.push(describe(held.reading, held.bytes, shared));
  }
  return found;
}

/** Readings that the store knows in that time. @throws CloudError ERASURE_REFUSED for too many */
export async function readingsOfStream(
  { store }: ErasableParts,
  period: StreamPeriod,
): Promise<ReadingName[]> {
  const names: ReadingName[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await store.readings({ ...period, before, limit: PAGE });
    names.push(...page.map(({ agent, seq }) => ({ agent, seq })));
    assertNotTooMany(names.length);
    if (page.length < PAGE) return names;
    before = page.at(-1)?.cursor;
  }
}

interface HeldBatch {
  readonly entry: ArrivedBatch;
  readonly batch: Batch;
}

/** @throws CloudError READING_UNKNOWN, ARCHIVE_DAMAGED */
export async function openBatchOf(
  { archive, database }: Pick<ErasableParts, 'archive' | 'database'>,
  agent: Uint8Array,
  seq: number,
): Promise<HeldBatch> {
  const entry = await database.read((sql) => entryOfReading(sql, agent, seq));
  const name = `reading ${seq} of agent ${toHex(agent)}`;
  if (entry === null) throw new CloudError('READING_UNKNOWN', `no ${name} is archived here`);
  const bytes = await archive.get({ agent, batch: entry.batch });
  if (bytes === null) throw new CloudError('ARCHIVE_DAMAGED', `the batch of ${name} is not there`);
  return { entry, batch: decodeBatch(bytes) };
}

/** Null where only its hash is left. */
export function readingIn(
  { entry, batch }: HeldBatch,
  seq: number,
): { reading: Reading; bytes: Uint8Array } | null {
  const bytes = batch.readings[seq - entry.firstSeq];
  if (bytes === undefined || bytes.length === HASH_BYTES) return null;
  return { reading: decodeReading(bytes), bytes };
}

/** Of each frame in the batch: how many readings that stay name it. */
function namesOfFrames(
  batch: Batch,
  { agent, firstSeq }: ArrivedBatch,
  wanted: readonly ReadingName[],
): Map<string, number> {
  const id = toHex(agent);
  const going = new Set(wanted.filter((one) => one.agent === id).map(({ seq }) => seq));
  const names = new Map<string, number>();
  for (const [at, frame] of framesOf(batch).entries()) {
    const bytes = batch.readings[at];
    if (frame === null || bytes === undefined) continue;
    const name = toHex(decodeReading(bytes).origin.frameHash ?? new Uint8Array(0));
    names.set(name, (names.get(name) ?? 0) + (going.has(firstSeq + at) ? 0 : 1));
  }
  return names;
}

function describe(
  reading: Reading,
  bytes: Uint8Array,
  shared: ReadonlyMap<string, number>,
): Erasable {
  const { agent, seq, source, device, n, kind, time, origin } = reading;
  const staying = origin.frameHash === null ? undefined : shared.get(toHex(origin.frameHash));
  const frame = staying === undefined ? 'none' : staying === 0 ? 'goes' : 'stays';
  const hash = toBase64(leafHash(bytes));
  return { agent: toHex(agent), seq, source, device, n, kind, time, leafHash: hash, frame };
}

function holds({ agent, firstSeq, count }: ArrivedBatch, wanted: Uint8Array, seq: number): boolean {
  return equalBytes(agent, wanted) && seq >= firstSeq && seq < firstSeq + count;
}

function assertNotTooMany(count: number): void {
  if (count <= MAX_ERASED_AT_ONCE) return;
  throw new CloudError(
    'ERASURE_REFUSED',
    `more than ${MAX_ERASED_AT_ONCE} readings are asked for; erase them in parts, by shorter times`,
  );
}

export function gone(agent: string, seq: number): CloudError {
  return new CloudError(
    'READING_GONE',
    `of reading ${seq} of agent ${agent} only the hash is left: it was lost before it came here, and there is nothing to erase`,
  );
}
