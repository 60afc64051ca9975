/**
 * What a roll-call says of one slot, with the path to its root.
 * @module
 */
import {
  type CalledSlot,
  type EvidenceCall,
  proveCall,
  ROLL_BLOCK,
  rollTree,
} from '@sigill/evidence';
import { anchorAt } from '../database/anchors.ts';
import type { Sql } from '../database/database.ts';
import { blockOf, calledSlots, rollBlocks } from '../database/roll-calls.ts';
import { CloudError } from '../errors.ts';

export type ProveCall = typeof provenCall;

/** For the newest roll-call, which every gateway of a fleet asks for: each of its blocks is read once. */
export function createNewestProver(): ProveCall {
  let newest = '';
  const blocks = new Map<number, Promise<RollBlock>>();
  return async (sql, log, number, slot) => {
    const name = `${log} ${number}`;
    if (newest !== name) blocks.clear();
    newest = name;
    const at = Math.floor(slot / ROLL_BLOCK);
    const read = blocks.get(at) ?? readBlock(sql, log, number, slot);
    blocks.set(at, read);
    try {
      const { block, hashes } = await read;
      return proveCall(slot, number, block, hashes);
    } catch (error) {
      blocks.delete(at);
      throw error;
    }
  };
}

export async function provenCall(
  sql: Sql,
  log: string,
  number: number,
  slot: number,
): Promise<EvidenceCall> {
  const { block, hashes } = await readBlock(sql, log, number, slot);
  return proveCall(slot, number, block, hashes);
}

interface RollBlock {
  readonly block: readonly CalledSlot[];
  readonly hashes: readonly Uint8Array[];
}

async function readBlock(sql: Sql, log: string, number: number, slot: number): Promise<RollBlock> {
  const slots = (await anchorAt(sql, log, number))?.slots ?? 0;
  if (slot >= slots)
    throw new CloudError('DATABASE_FAILED', `slot ${slot} is not in roll-call ${number} of ${log}`);
  const block = await calledSlots(sql, log, number, ...blockOf(slot, slots));
  const hashes = (await rollBlocks(sql, log, number)) ?? rollTree(block, number).blocks;
  return { block, hashes };
}
