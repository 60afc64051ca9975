/**
 * Takes erased readings out of the archive, out of what is on its way to the reading store and out of that store, out of
 * quarantine and out of what browsers would be told again. Each step can be done twice.
 * @module
 */
import { toHex } from '@sigill/evidence';
import type { BatchArchive } from '../archive/batch-archive.ts';
import type { Database } from '../database/database.ts';
import { type ErasureRow, endErasure } from '../database/erasures.ts';
import { quarantinedOf, replaceQuarantined } from '../database/quarantine.ts';
import type { EventHub } from '../events/event-hub.ts';
import { sealOf } from '../ingest/judge-batch.ts';
import type { Projector } from '../readings/projector.ts';
import type { ReadingStore } from '../readings/reading-store.ts';
import { redactBatch, sealAlone } from './redact-batch.ts';

export interface CarryOutParts {
  readonly archive: BatchArchive;
  readonly database: Database;
  readonly store: ReadingStore;
  readonly projector: Pick<Projector, 'forget'>;
  readonly events: Pick<EventHub, 'forget'>;
}

export async function carryOut(parts: CarryOutParts, rows: readonly ErasureRow[]): Promise<void> {
  const { database, store, projector, events } = parts;
  const batches = [...Map.groupBy(rows, ({ agent, batch }) => `${toHex(agent)} ${batch}`).values()];
  for (const batch of batches) await eraseInArchive(parts, batch);
  for (const agent of Map.groupBy(rows, ({ agent }) => toHex(agent)).values())
    await eraseInQuarantine(database, agent);
  // What was decoded before is not written from now on; the rest comes out of the archive, where it is gone.
  await projector.forget(rows);
  await store.erase(rows.map(({ agent, seq }) => ({ agent: toHex(agent), seq })));
  events.forget();
  await database.write(async (sql) => {
    for (const { agent, seq } of rows) await endErasure(sql, agent, seq);
  });
  await database.scrub();
}

async function eraseInArchive(
  { archive }: CarryOutParts,
  rows: readonly ErasureRow[],
): Promise<void> {
  const [{ agent, batch }] = rows as [ErasureRow];
  const bytes = await archive.get({ agent, batch });
  if (bytes === null) return;
  const left = redactBatch(bytes, leavesOf(rows));
  if (left.gone > 0) await archive.erase({ agent, batch }, left.bytes);
}

/** An agent's batch may have come for an entry where it was not believed, whole or broken. */
async function eraseInQuarantine(database: Database, rows: readonly ErasureRow[]): Promise<void> {
  const [{ agent }] = rows as [ErasureRow];
  const leaves = leavesOf(rows);
  for (const { id, bytes } of await database.read((sql) => quarantinedOf(sql, agent))) {
    const left = redactBroken(bytes, leaves);
    if (left !== bytes) await database.write((sql) => replaceQuarantined(sql, id, left));
  }
}

function redactBroken(bytes: Uint8Array, leaves: ReadonlySet<string>): Uint8Array | null {
  try {
    return redactBatch(bytes, leaves).bytes;
  } catch {
    const seal = sealOf(bytes);
    return seal === null ? null : sealAlone(seal);
  }
}

function leavesOf(rows: readonly ErasureRow[]): Set<string> {
  return new Set(rows.map(({ leafHash }) => toHex(leafHash)));
}
