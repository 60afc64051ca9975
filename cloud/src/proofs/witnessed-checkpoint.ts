/**
 * Under which checkpoint an entry is shown that no anchor covers yet: the smallest one that the policy's witnesses saw. A
 * witness that was away then has cosigned a later one, which covers the entry as well.
 * @module
 */
import { judgeQuorum, type WitnessQuorum } from '@sigill/evidence';
import type { ArrivedBatch } from '../database/agent-chains.ts';
import { checkpointCovering, cosignatureAt, newestCheckpoint } from '../database/checkpoints.ts';
import type { Sql } from '../database/database.ts';
import { mergeNotes } from '../database/merge-notes.ts';
import { CloudError } from '../errors.ts';

export interface ShownCheckpoint {
  readonly size: number;
  /** With every cosignature held. */
  readonly note: string;
}

// Some minutes of a gateway's checkpoints, each with a few signatures to check; then the newest is tried.
const MAX_TRIED = 30;

/** @throws CloudError EVIDENCE_PENDING */
export async function checkpointToShow(
  sql: Sql,
  { origin, entry }: Pick<ArrivedBatch, 'origin' | 'entry'>,
  quorum: WitnessQuorum | null,
): Promise<ShownCheckpoint> {
  const smallest = await checkpointCovering(sql, origin, entry + 1);
  if (smallest === null) {
    throw new CloudError(
      'EVIDENCE_PENDING',
      `entry ${entry} of ${origin} is sealed; the gateway's next signed checkpoint will cover it`,
      { retryable: true },
    );
  }
  const first = await withCosignature(sql, origin, smallest);
  if (quorum === null || quorum.quorum === null) return first;
  let tried: ShownCheckpoint | null = first;
  for (let count = 0; tried !== null && count < MAX_TRIED; count += 1) {
    if (judgeQuorum(quorum, tried.note).met) return tried;
    const next = await checkpointCovering(sql, origin, tried.size + 1);
    tried = next && (await withCosignature(sql, origin, next));
  }
  const newest = await newestCheckpoint(sql, origin);
  const last = newest && (await withCosignature(sql, origin, newest));
  return last !== null && judgeQuorum(quorum, last.note).met ? last : first;
}

/** Our own witness's line is kept beside the note. */
export async function withCosignature(
  sql: Sql,
  origin: string,
  { size, note }: ShownCheckpoint,
): Promise<ShownCheckpoint> {
  const line = await cosignatureAt(sql, origin, size);
  return { size, note: line === null ? note : mergeNotes(note, `${note}${line}`) };
}
