/**
 * One more anchor of the contract's log, with the roll-call it stands for: durable, or nothing of it is. A mined anchor
 * can be taken back by its chain, and is then told again; a final one never.
 * @module
 */
import { type AnchorLeaf, type CalledSlot, equalBytes, type SlotChange } from '@sigill/evidence';
import {
  type AnchorLogRow,
  addAnchor,
  anchorAt,
  anchorLog,
  cutAnchors,
  putAnchorLog,
} from '../database/anchors.ts';
import type { Database, Sql } from '../database/database.ts';
import { raiseAlarm } from '../database/quarantine.ts';
import { addRollCall, cutRollCalls } from '../database/roll-calls.ts';
import { appendLeaves } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import { missingAnchors } from './anchor-bundle.ts';
import { computeRoll, type RollBooks } from './roll-books.ts';
import { anchorTree } from './tree-names.ts';

export interface EnterAnchorParts {
  readonly database: Database;
  readonly books: RollBooks;
  readonly now: () => number;
}

export interface EnteringAnchor {
  readonly anchor: AnchorLeaf;
  /** Its hash in the contract's log. */
  readonly leaf: Uint8Array;
  /** What changed, seen from the slots before. @throws CloudError */
  changes(before: readonly CalledSlot[]): Promise<readonly SlotChange[]>;
  /** What else becomes durable with it. */
  keep(sql: Sql, slots: readonly CalledSlot[]): Promise<void>;
}

/** In turn with every other anchor. @throws CloudError ANCHORS_MISSING, ANCHOR_CONFLICT, ANCHOR_REFUSED */
export async function enterAnchor(
  { database, books, now }: EnterAnchorParts,
  { anchor, leaf, changes, keep }: EnteringAnchor,
): Promise<AnchorLogRow> {
  const { chainId, contract, index } = anchor;
  const log = anchorTree(chainId, contract);
  const held = await database.read((sql) => anchorLog(sql, log));
  const before = held ?? { log, chainId, contract, mined: 0, final: 0 };
  if (index > before.mined) throw missingAnchors(before.mined, index);
  const known = await database.read((sql) => anchorAt(sql, log, index));
  if (known !== null && equalBytes(known.leaf, leaf)) return before;
  if (index < before.final) {
    const detail = `anchor ${index} of ${log} is final and told again with another content`;
    const alarm = { origin: '', code: 'ANCHOR_CONFLICT', about: `${log} ${index}`, detail };
    await database.write((sql) => raiseAlarm(sql, alarm, now()));
    throw new CloudError('ANCHOR_CONFLICT', detail, { facts: { next: before.mined } });
  }
  const slots = await books.before(log, index);
  const row = { ...anchor, log, number: index, leaf };
  const roll = computeRoll(slots, row, await changes(slots));
  const after = { ...before, mined: index + 1 };
  await database.write(async (sql) => {
    if (index < before.mined) {
      const newest = await anchorAt(sql, log, before.mined - 1);
      await cutRollCalls(sql, log, index, newest?.slots ?? 0);
      await cutAnchors(sql, log, index);
    }
    await addAnchor(sql, row);
    await addRollCall(sql, roll);
    await appendLeaves(sql, log, index, [leaf]);
    await putAnchorLog(sql, after);
    await keep(sql, roll.slots);
  });
  books.advance(roll);
  return after;
}
