/**
 * What the operator's notary tells of an anchor: what its roll-call changed. The whole of it is computed again here, and
 * must have the root that was anchored; every head that was called must be the one our entries give.
 * @module
 */
import {
  type AnchorLeaf,
  anchorLeafHash,
  type CalledSlot,
  EvidenceError,
  equalBytes,
  type LedgerProof,
  originHash,
  readSlotRecord,
  type SlotChange,
} from '@sigill/evidence';
import { anchorLog } from '../database/anchors.ts';
import { changeOf } from '../database/changes.ts';
import { raiseAlarm } from '../database/quarantine.ts';
import type { Register } from '../register/register.ts';
import { asRefusal, assertOurLedger, missingAnchors, refused } from './anchor-bundle.ts';
import { assertCalledHead } from './called-head.ts';
import { type EnterAnchorParts, enterAnchor } from './enter-anchor.ts';
import type { AnchorCounts, TakeAnchorParts } from './take-anchor.ts';
import { takeLedgerState } from './take-ledger-state.ts';
import { anchorTree } from './tree-names.ts';

export interface ToldRollCall {
  readonly anchor: AnchorLeaf;
  readonly changes: readonly SlotChange[];
  /** Signed records that the notary has from elsewhere than us. */
  readonly records: readonly Uint8Array[];
  /** Up to which of our changes it had seen. */
  readonly seen: number;
  /** Slots whose new head it did not believe. */
  readonly refused: readonly RefusedSlot[];
}

export interface RefusedSlot {
  readonly slot: number;
  readonly reason: string;
}

type Parts = TakeAnchorParts & EnterAnchorParts;

/** In turn with every other anchor. @throws CloudError ANCHOR_*, ANCHORS_MISSING, ENTRIES_MISSING, CHECKPOINT_ROOT */
export async function takeRollCall(parts: Parts, told: ToldRollCall): Promise<AnchorCounts> {
  const { anchor, changes } = told;
  assertOurLedger(anchor, parts.ledger);
  for (const cose of told.records) await admit(parts.register, cose);
  return enterAnchor(parts, {
    ...{ anchor, leaf: asRefusal(() => anchorLeafHash(anchor)) },
    async changes(before) {
      for (const change of changes) await assertChange(parts, anchor.index, change, before);
      return changes;
    },
    async keep(sql, slots) {
      for (const { slot, reason } of told.refused) {
        const origin = parts.register.slot(slot)?.record.origin ?? '';
        const detail = `the notary did not call what slot ${slot}, ${origin}, holds now, at anchor ${anchor.index}: ${reason}`;
        const alarm = { origin, code: 'CALL_REFUSED', about: `slot ${slot}`, detail };
        await raiseAlarm(sql, alarm, parts.now());
      }
      await raiseWithheld(parts, told, slots, (alarm) => raiseAlarm(sql, alarm, parts.now()));
    },
  });
}

/** The contract's state in a final block. @throws CloudError */
export async function takeFinality(
  parts: Parts,
  index: number,
  proof: LedgerProof,
): Promise<AnchorCounts> {
  const { database, ledger } = parts;
  if (ledger === null) throw refused('the policy names no ledger');
  const name = anchorTree(ledger.chainId, ledger.contract);
  const log = await database.read((sql) => anchorLog(sql, name));
  if (log === null) throw missingAnchors(0, index);
  return takeLedgerState(parts, index, proof, log);
}

async function admit(register: Register, cose: Uint8Array): Promise<void> {
  try {
    await register.admit(cose);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw refused(`a record that comes with it: ${error.code}: ${error.message}`, error);
  }
}

async function assertChange(
  parts: Parts,
  index: number,
  { slot, size, root, named }: SlotChange,
  before: readonly CalledSlot[],
): Promise<void> {
  const { register } = parts;
  if (named !== null && register.find(named.recordHash)?.slot !== slot)
    throw refused(`slot ${slot} is called with a record that is not known here`);
  if (slot === 0) return;
  const opened = register.slot(slot);
  if (opened === undefined) throw refused(`slot ${slot} is called, and no record names it`);
  const { origin } = opened.record;
  if (named !== null && !equalBytes(named.originHash, originHash(origin)))
    throw refused(`slot ${slot} is called for another log than ${origin}`);
  if (size !== (before[slot]?.size ?? 0))
    await assertCalledHead(parts, index, origin, { size, root });
}

/** A revocation that the notary was told of and does not anchor is withheld from everybody who verifies. */
async function raiseWithheld(
  { database, register }: Parts,
  { anchor, seen }: ToldRollCall,
  slots: readonly CalledSlot[],
  raise: (alarm: Parameters<typeof raiseAlarm>[1]) => Promise<void>,
): Promise<void> {
  for (const [slot, { recordHash }] of slots.entries()) {
    const newest = slot === 0 ? register.operatorChain().at(-1) : register.recordsOf(slot).at(-1);
    if (newest === undefined || equalBytes(newest.recordHash, recordHash)) continue;
    const name = Buffer.from(newest.recordHash).toString('hex');
    const change = await database.read((sql) => changeOf(sql, 'record', name));
    if (change === null || change > seen) continue; // it came after the notary had asked
    const origin = slot === 0 ? '' : readSlotRecord(newest.cose).record.origin;
    const detail = `anchor ${anchor.index} calls slot ${slot}${origin && `, ${origin},`} with an older record than revision ${newest.rev}, which its notary has: what that says, a revocation perhaps, is withheld from whoever verifies`;
    await raise({ origin, code: 'RECORD_WITHHELD', about: `slot ${slot}`, detail });
  }
}
