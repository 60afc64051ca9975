/**
 * Anchors in the order of the contract's log: each when it is mined, again when it is final. A mined anchor
 * can be taken back by its chain; a final one never.
 * @module
 */
import { EvidenceError, equalBytes, type LedgerPolicy, originHash } from '@sigill/evidence';
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
import { nextEntry } from '../database/site-logs.ts';
import { appendLeaves } from '../database/tiles.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';
import {
  type AnchorBundle,
  type CheckedAnchor,
  checkAnchorBundle,
  missingAnchors,
  refused,
} from './anchor-bundle.ts';
import { rootOf } from './log-head.ts';
import { takeLedgerState } from './take-ledger-state.ts';
import { keepCheckpoint, openedCheckpoint, originOf } from './take-receipt.ts';
import { anchorTree } from './tree-names.ts';

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
  parts: TakeAnchorParts,
  bundle: AnchorBundle,
): Promise<AnchorCounts> {
  const checked = checkAnchorBundle(bundle, parts.ledger);
  await admitRecords(parts.register, bundle, checked);
  await assertCalledHeads(parts, bundle, checked);
  const log = await enterMined(parts, bundle, checked);
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
  { database, register, now }: TakeAnchorParts,
  bundle: AnchorBundle,
  { calls }: CheckedAnchor,
): Promise<void> {
  for (const { record } of register.slots()) {
    const call = calls[record.slot];
    if (call === undefined) continue;
    const { origin } = record;
    if (!equalBytes(call.originHash, originHash(origin))) {
      throw refused(`slot ${record.slot} is called for another log than ${origin}`);
    }
    const next = await database.read((sql) => nextEntry(sql, origin));
    if (call.size > next) {
      throw new CloudError(
        'ENTRIES_MISSING',
        `${origin}: entry ${next} is expected before an anchor of ${call.size}`,
        {
          facts: { next },
        },
      );
    }
    const root = await database.read((sql) => rootOf(sql, origin, call.size));
    if (!equalBytes(root, call.root)) {
      const detail = `anchor ${bundle.anchor.index} calls ${origin} at ${call.size} entries with another root than theirs`;
      const about = `anchor ${bundle.anchor.index}`;
      await database.write((sql) =>
        raiseAlarm(sql, { origin, code: 'CHECKPOINT_ROOT', about, detail }, now()),
      );
      throw new CloudError('CHECKPOINT_ROOT', detail);
    }
  }
}

async function enterMined(
  { database, register, now }: TakeAnchorParts,
  bundle: AnchorBundle,
  { leaf, calls }: CheckedAnchor,
): Promise<AnchorLogRow> {
  const { anchor } = bundle;
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
  const after = { ...before, mined: index + 1 };
  await database.write(async (sql) => {
    if (index < before.mined) await cutAnchors(sql, log, index);
    await addAnchor(
      sql,
      { ...anchor, log, number: index, leaf },
      calls.map((call) => ({ ...call, log, number: index })),
    );
    await appendLeaves(sql, log, index, [leaf]);
    await putAnchorLog(sql, after);
    await keepCalledCheckpoint(sql, register, bundle, calls);
  });
  return after;
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
