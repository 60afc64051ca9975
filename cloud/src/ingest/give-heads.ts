/**
 * What the next generation of a log goes on from, told to the holder of its key: how far we hold the log, and of each
 * of its agents the last entry with the next number of each of its streams. A silent agent's last entry may be in an
 * earlier generation.
 * @module
 */
import {
  agentId,
  consistencyPath,
  earlierOrigins,
  equalBytes,
  inclusionPath,
  type SlotRecord,
  toHex,
} from '@sigill/evidence';
import { type ArrivedBatch, believedArrival, lastEntryOf } from '../database/agent-chains.ts';
import { newestCheckpointUpTo } from '../database/checkpoints.ts';
import { type ErasureRow, erasuresOf } from '../database/erasures.ts';
import { entryLeaf, nextEntry } from '../database/site-logs.ts';
import { overTree } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import type { NextNumber, ReadingStore } from '../readings/reading-store.ts';
import type { Register } from '../register/register.ts';
import { batchOf, type HeldBatchesParts } from './held-batches.ts';
import { sealOf } from './judge-batch.ts';
import { type LogHead, readLogHead } from './log-head.ts';
import type { LogOwners, OwnersRequest } from './log-owner.ts';
import { siteTree } from './tree-names.ts';

export interface GivenHeads extends LogHead {
  /** The newest signed note that we hold of it. */
  readonly checkpoint: string | null;
  /** Consistency from the size asked from to this one. */
  readonly path: readonly Uint8Array[];
  readonly agents: readonly AgentHead[];
}

/** An agent's last entry. */
export interface AgentHead {
  /** Of the generation that has it. */
  readonly origin: string;
  readonly seal: Uint8Array;
  readonly index: number;
  /** Inclusion in that log, at the size we hold of it. */
  readonly path: readonly Uint8Array[];
  readonly streams: readonly NextNumber[];
}

export interface GiveHeadsParts extends HeldBatchesParts {
  readonly register: Register;
  readonly store: ReadingStore;
}

/** @throws CloudError REQUEST_SIGNATURE, ORIGIN_UNKNOWN, ENTRIES_MISSING, CLOSING_DIFFERS, INGEST_BUSY, ENTRY_GONE */
export async function giveHeads(
  parts: GiveHeadsParts,
  owners: LogOwners,
  request: OwnersRequest,
): Promise<GivenHeads> {
  const { database, register } = parts;
  const { origin, from } = request;
  const { record } = register.slotOf(origin);
  owners.assertOwner(record.logKey, request);
  const head = await database.read((sql) => readLogHead(sql, origin));
  assertIsTheEnd(record, head);
  const { size } = head;
  if (from > size) throw missing(`${origin} has ${size} entries here, not ${from}`, size);
  const path = await database.read((sql) =>
    overTree(sql, siteTree(origin), size, (read) =>
      from === 0 || from === size ? [] : consistencyPath(from, size, read),
    ),
  );
  const note = await database.read((sql) => newestCheckpointUpTo(sql, origin, size));
  const agents: AgentHead[] = [];
  for (const { key } of record.agents) {
    const agent = await agentHead(parts, record, agentId(key));
    if (agent !== null) agents.push(agent);
  }
  return { ...head, checkpoint: note?.note ?? null, path, agents };
}

/** What we hold of a closed log is what the operator signed, or nobody can go on from it. */
function assertIsTheEnd({ origin, closed }: SlotRecord, { size, root }: LogHead): void {
  if (closed === null) return;
  const said = `the operator closed ${origin} at ${closed.size} entries`;
  if (size < closed.size) throw missing(`${said}, and only ${size} of them are here`, size);
  if (equalBytes(root, closed.root)) return;
  throw new CloudError('CLOSING_DIFFERS', `${said} with another root than theirs here`);
}

async function agentHead(
  parts: GiveHeadsParts,
  record: SlotRecord,
  agent: Uint8Array,
): Promise<AgentHead | null> {
  const { database, store } = parts;
  const { origin, continues } = record;
  const origins = [origin, ...(continues === null ? [] : earlierOrigins(origin))];
  const last = await database.read((sql) => lastEntryOf(sql, agent, origins));
  if (last === null) return null;
  const written = await database.read((sql) => believedArrival(sql, agent, last.batch));
  if (store.arrival() < written) {
    throw new CloudError('INGEST_BUSY', `readings of ${origin} are still being written`, {
      retryable: true,
    });
  }
  const path = await database.read(async (sql) => {
    const size = await nextEntry(sql, last.origin);
    return overTree(sql, siteTree(last.origin), size, (read) =>
      inclusionPath(last.entry, size, read),
    );
  });
  return {
    ...{ origin: last.origin, index: last.entry, path },
    seal: await sealBehind(parts, last),
    streams: behindErased(
      await store.nextNumbers(toHex(agent), last.batch),
      await database.read((sql) => erasuresOf(sql, agent)),
      last.batch,
    ),
  };
}

/** A number is never given twice, also where the operator had the newest reading of a stream erased. */
function behindErased(
  streams: readonly NextNumber[],
  erasures: readonly ErasureRow[],
  upTo: number,
): NextNumber[] {
  const next = new Map(streams.map((stream) => [nameOf(stream), stream]));
  for (const { source, device, n, batch } of erasures) {
    const name = nameOf({ source, device });
    if (batch <= upTo && (next.get(name)?.nextN ?? 0) <= n)
      next.set(name, { source, device, nextN: n + 1 });
  }
  return [...next.values()];
}

function nameOf({ source, device }: Pick<NextNumber, 'source' | 'device'>): string {
  return `${source} ${device}`;
}

async function sealBehind(parts: GiveHeadsParts, last: ArrivedBatch): Promise<Uint8Array> {
  const leaf = await parts.database.read((sql) => entryLeaf(sql, last.origin, last.entry));
  const bytes = await batchOf(parts, last.origin, { ...last, leaf: leaf ?? new Uint8Array(0) });
  return sealOf(bytes) as Uint8Array;
}

function missing(message: string, next: number): CloudError {
  return new CloudError('ENTRIES_MISSING', message, { facts: { next } });
}
