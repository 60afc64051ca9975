/**
 * The anchors of a gateway that is alone, with its roll-call whole: each when it is mined, again when it is final.
 * @module
 */
import {
  type CalledSlot,
  EMPTY_ROOT,
  EvidenceError,
  equalBytes,
  type LedgerPolicy,
  originHash,
  type SlotChange,
} from '@sigill/evidence';
import type { Database, Sql } from '../database/database.ts';
import type { Register } from '../register/register.ts';
import {
  type AnchorBundle,
  type CheckedAnchor,
  checkAnchorBundle,
  refused,
} from './anchor-bundle.ts';
import { assertCalledHead } from './called-head.ts';
import { type EnterAnchorParts, enterAnchor } from './enter-anchor.ts';
import { takeLedgerState } from './take-ledger-state.ts';
import { keepCheckpoint, openedCheckpoint, originOf } from './take-receipt.ts';

export interface TakeAnchorParts {
  readonly database: Database;
  readonly register: Register;
  readonly ledger: LedgerPolicy | null;
  readonly now: () => number;
}

export interface AnchorCounts {
  readonly mined: number;
  readonly final: number;
}

/** In turn with every other anchor. */
export async function takeAnchor(
  parts: TakeAnchorParts & EnterAnchorParts,
  bundle: AnchorBundle,
): Promise<AnchorCounts> {
  const checked = checkAnchorBundle(bundle, parts.ledger);
  await admitRecords(parts.register, bundle, checked);
  await assertCalledHeads(parts, bundle, checked);
  const log = await enterAnchor(parts, {
    ...{ anchor: bundle.anchor, leaf: checked.leaf },
    changes: async (before) => changesOf(before, checked.calls),
    keep: (sql) => keepCalledCheckpoint(sql, parts.register, bundle, checked.calls),
  });
  return bundle.ledger === null
    ? log
    : takeLedgerState(parts, bundle.anchor.index, bundle.ledger, log);
}

/** Each call names the record of its slot; a record not known yet must follow from those that are. */
async function admitRecords(
  register: Register,
  bundle: AnchorBundle,
  { calls }: CheckedAnchor,
): Promise<void> {
  for (const [slot, cose] of bundle.records.entries()) {
    try {
      await register.admit(cose);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      throw refused(`record of slot ${slot}: ${error.code}: ${error.message}`, error);
    }
    const named = register.find(calls[slot]?.recordHash ?? new Uint8Array(0));
    if (named?.slot !== slot || !equalBytes(named.cose, cose)) {
      throw refused(`slot ${slot} is called with another record than the one sent`);
    }
  }
}

/** A head that was called must be the one our entries give. */
async function assertCalledHeads(
  parts: TakeAnchorParts,
  bundle: AnchorBundle,
  { calls }: CheckedAnchor,
): Promise<void> {
  for (const { record } of parts.register.slots()) {
    const call = calls[record.slot];
    if (call === undefined) continue;
    const { origin } = record;
    if (!equalBytes(call.originHash, originHash(origin))) {
      throw refused(`slot ${record.slot} is called for another log than ${origin}`);
    }
    await assertCalledHead(parts, bundle.anchor.index, origin, call);
  }
}

/** Against the slots before; what a call says beyond them, its age, shows in the root. */
function changesOf(before: readonly CalledSlot[], calls: CheckedAnchor['calls']): SlotChange[] {
  return calls.flatMap(({ slot, originHash, size, root, recordHash }): SlotChange[] => {
    const known = before[slot] ?? { size: 0, root: EMPTY_ROOT, originHash: null, recordHash: null };
    const isNamed =
      known.recordHash !== null &&
      equalBytes(known.recordHash, recordHash) &&
      equalBytes(known.originHash, originHash);
    const isSame = isNamed && known.size === size && equalBytes(known.root, root);
    if (isSame) return [];
    return [{ slot, size, root, named: isNamed ? null : { originHash, recordHash } }];
  });
}

async function keepCalledCheckpoint(
  sql: Sql,
  register: Register,
  { checkpoint: note }: AnchorBundle,
  calls: CheckedAnchor['calls'],
): Promise<void> {
  if (note === null) return;
  const { record } = register.slotOf(originOf(note));
  const checkpoint = openedCheckpoint(note, record.origin, record.logKey);
  const call = calls[record.slot];
  if (call?.size !== checkpoint.size || !equalBytes(call.root, checkpoint.root)) {
    throw refused(
      `the checkpoint of ${record.origin} is not the one called in slot ${record.slot}`,
    );
  }
  await keepCheckpoint(sql, checkpoint, note);
}
