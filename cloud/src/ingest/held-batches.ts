/** The bytes behind an entry of a site log, believed or not. */
import { equalBytes, leafHash } from '@sigill/evidence';
import type { BatchArchive } from '../archive/batch-archive.ts';
import type { Database } from '../database/database.ts';
import { quarantinedBytes } from '../database/quarantine.ts';
import type { HeldEntry } from '../database/site-logs.ts';
import { CloudError } from '../errors.ts';
import { sealOf } from './judge-batch.ts';

export interface HeldBatchesParts {
  readonly archive: BatchArchive;
  readonly database: Database;
}

/** @throws CloudError ENTRY_GONE */
export async function batchOf(
  { archive, database }: HeldBatchesParts,
  origin: string,
  { agent, batch, entry, leaf }: HeldEntry,
): Promise<Uint8Array> {
  const archived = agent && (await archive.get({ agent, batch: batch ?? 0 }));
  if (archived && isOf(archived, leaf)) return archived;
  const aside = await database.read((sql) => quarantinedBytes(sql, origin, entry));
  if (aside !== null && isOf(aside, leaf)) return aside;
  throw new CloudError('ENTRY_GONE', `entry ${entry} of ${origin} is held by its hash alone`);
}

function isOf(batch: Uint8Array, leaf: Uint8Array): boolean {
  const seal = sealOf(batch);
  return seal !== null && equalBytes(leafHash(seal), leaf);
}
