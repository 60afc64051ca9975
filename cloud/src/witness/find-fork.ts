/**
 * Whether a signed head contradicts what else the log signed. A cloud holds a log's entries, so it can show how a larger
 * head began; a witness alone has heads to compare and nothing more.
 * @module
 */
import {
  type Checkpoint,
  consistencyPath,
  EvidenceError,
  equalBytes,
  type ForkFile,
  judgeForkFile,
  type NoteKey,
  rootAt,
} from '@sigill/evidence';
import { checkpointAt, newestCheckpoint, witnessedLog } from '../database/checkpoints.ts';
import type { Sql } from '../database/database.ts';
import { nextEntry } from '../database/site-logs.ts';
import { overTree } from '../database/tiles.ts';
import { rootOf } from '../ingest/log-head.ts';
import { siteTree } from '../ingest/tree-names.ts';

export type ForkFinding =
  | { readonly kind: 'fork'; readonly file: ForkFile }
  /** It is a head of the log we hold. */
  | { readonly kind: 'agrees' }
  /** It may be: nothing held reaches there. */
  | { readonly kind: 'unknown' };

/** @param note opened under the key already */
export async function findFork(
  sql: Sql,
  log: NoteKey,
  { size, root }: Checkpoint,
  note: string,
): Promise<ForkFinding> {
  const origin = log.name;
  const seen = await witnessedLog(sql, origin);
  const held = [await checkpointAt(sql, origin, size), seen?.size === size ? seen : null];
  for (const same of held) {
    if (same === null) continue;
    if (equalBytes(same.root, root)) return { kind: 'agrees' };
    return asProven({ log, notes: [same.note, note], beginning: null });
  }
  const next = await nextEntry(sql, origin);
  if (size > next) return { kind: 'unknown' };
  if (equalBytes(await rootOf(sql, origin, size), root)) return { kind: 'agrees' };
  const newest = await newestCheckpoint(sql, origin);
  // Of entries that no signed head covers the log may say otherwise: they may have been damaged on their way.
  if (newest === null || newest.size < size || newest.size > next) return { kind: 'unknown' };
  const beginning = await overTree(sql, siteTree(origin), newest.size, (read) => ({
    root: rootAt(size, read),
    path: consistencyPath(size, newest.size, read),
  }));
  return asProven({ log, notes: [note, newest.note], beginning });
}

/** As anyone will judge it: nobody is accused by a fault of ours. */
function asProven(file: ForkFile): ForkFinding {
  try {
    return judgeForkFile(file).kind === 'fork' ? { kind: 'fork', file } : { kind: 'unknown' };
  } catch (error) {
    if (error instanceof EvidenceError) return { kind: 'unknown' };
    throw error;
  }
}
