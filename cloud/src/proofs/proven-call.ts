/** What a roll-call says of one slot, with the path to its root. */
import { type EvidenceCall, proveCall, rollTree } from '@sigill/evidence';
import { anchorAt } from '../database/anchors.ts';
import type { Sql } from '../database/database.ts';
import { blockOf, calledSlots, rollBlocks } from '../database/roll-calls.ts';
import { CloudError } from '../errors.ts';

export async function provenCall(
  sql: Sql,
  log: string,
  number: number,
  slot: number,
): Promise<EvidenceCall> {
  const slots = (await anchorAt(sql, log, number))?.slots ?? 0;
  if (slot >= slots)
    throw new CloudError('DATABASE_FAILED', `slot ${slot} is not in roll-call ${number} of ${log}`);
  const block = await calledSlots(sql, log, number, ...blockOf(slot, slots));
  const blocks = (await rollBlocks(sql, log, number)) ?? rollTree(block, number).blocks;
  return proveCall(slot, number, block, blocks);
}
