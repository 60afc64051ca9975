/**
 * A site log given back to its gateway, whose disk was restored from an older copy. Entry bundles need read right on the
 * site, so they are given to nobody but the holder of the log's key.
 * @module
 */
import { consistencyPath } from '@sigill/evidence';
import { newestCheckpoint } from '../database/checkpoints.ts';
import { heldEntries, nextEntry } from '../database/site-logs.ts';
import { overTree } from '../database/tiles.ts';
import type { Register } from '../register/register.ts';
import { batchOf, type HeldBatchesParts } from './held-batches.ts';
import type { LogOwners, OwnersRequest } from './log-owner.ts';
import { siteTree } from './tree-names.ts';

export interface GivenEntries {
  /** From the index asked for on, as they were received. */
  readonly batches: readonly Uint8Array[];
  /** Consistency from behind the last of them to the newest checkpoint; empty where that is not larger. */
  readonly path: readonly Uint8Array[];
}

export interface GiveEntriesParts extends HeldBatchesParts {
  readonly register: Register;
}

const MAX_ENTRIES = 256;
const MAX_BYTES = 4 * 1024 * 1024;

/** @throws CloudError REQUEST_SIGNATURE, ORIGIN_UNKNOWN, ENTRY_GONE */
export async function giveEntries(
  parts: GiveEntriesParts,
  owners: LogOwners,
  request: OwnersRequest,
): Promise<GivenEntries> {
  const { database, register } = parts;
  const { origin, from } = request;
  owners.assertOwner(register.slotOf(origin).record.logKey, request);
  const known = await database.read((sql) => newestCheckpoint(sql, origin));
  const next = await database.read((sql) => nextEntry(sql, origin));
  // Never across the checkpoint, so that each answer can be compared with it.
  const end = known !== null && from < known.size ? known.size : next;
  const count = Math.max(Math.min(MAX_ENTRIES, end - from), 0);
  const batches: Uint8Array[] = [];
  let bytes = 0;
  for (const held of await database.read((sql) => heldEntries(sql, origin, from, count))) {
    const batch = await batchOf(parts, origin, held);
    bytes += batch.length;
    if (batches.length > 0 && bytes > MAX_BYTES) break;
    batches.push(batch);
  }
  const size = from + batches.length;
  if (known === null || size >= known.size) return { batches, path: [] };
  const path = await database.read((sql) =>
    overTree(sql, siteTree(origin), known.size, (read) => consistencyPath(size, known.size, read)),
  );
  return { batches, path };
}
