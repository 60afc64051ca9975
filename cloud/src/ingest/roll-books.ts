/**
 * The slots as the roll-call before left them, from which the next one is computed. The newest is kept in memory: a
 * hundred thousand slots take seconds to read, and each interval needs them once.
 * @module
 */
import {
  type CalledSlot,
  EvidenceError,
  nextRoll,
  rollTree,
  type SlotChange,
} from '@sigill/evidence';
import { type AnchorRow, anchorAt, anchorLog } from '../database/anchors.ts';
import type { Database } from '../database/database.ts';
import { calledSlots, type RollCallRow } from '../database/roll-calls.ts';
import { refused } from './anchor-bundle.ts';

export interface RollBooks {
  /** The slots before roll-call `number`. */
  before(log: string, number: number): Promise<readonly CalledSlot[]>;
  /** They are durable as of this roll-call. */
  advance(roll: Pick<RollCallRow, 'log' | 'number' | 'slots'>): void;
}

/** For one at a time. */
export function createRollBooks(database: Database): RollBooks {
  let newest: Pick<RollCallRow, 'log' | 'number' | 'slots'> | null = null;
  return {
    async before(log, number) {
      if (number === 0) return [];
      if (newest?.log === log && newest.number === number - 1) return newest.slots;
      return database.read(async (sql) => {
        const anchor = await anchorAt(sql, log, number - 1);
        return calledSlots(sql, log, number - 1, 0, anchor?.slots ?? 0);
      });
    },
    advance(roll) {
      newest = roll;
    },
  };
}

/** What is anchored must follow from the roll-call before and these changes, whole. @throws CloudError ANCHOR_REFUSED */
export function computeRoll(
  before: readonly CalledSlot[],
  { log, number, rollRoot, slots: count }: Pick<AnchorRow, 'log' | 'number' | 'rollRoot' | 'slots'>,
  changes: readonly SlotChange[],
): RollCallRow {
  let slots: readonly CalledSlot[];
  try {
    slots = nextRoll(before, number, changes);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw refused(`${error.code}: ${error.message}`, error);
  }
  if (slots.length !== count)
    throw refused(`${count} slots are anchored, and ${slots.length} are called with these changes`);
  const { root, blocks } = rollTree(slots, number);
  if (Buffer.compare(root, rollRoot) !== 0)
    throw refused('the calls, with their ages, have another root than the anchor');
  return { log, number, changes, slots, blocks };
}

/** How many anchors of this log are told, and final. */
export async function countsOf(database: Database, log: string) {
  const held = await database.read((sql) => anchorLog(sql, log));
  return { mined: held?.mined ?? 0, final: held?.final ?? 0 };
}
