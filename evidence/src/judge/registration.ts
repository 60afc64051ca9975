/**
 * Records: which keys the operator let sign, when the seal was called and at the newest anchor.
 * @module
 */

import { logsOf } from '../anchor/generations.ts';
import type { LedgerState } from '../anchor/ledger-proof.ts';
import {
  findAgent,
  type Opened,
  type OperatorRecord,
  openOperatorChain,
  openSlotRecord,
  readSlotRecord,
  type SlotRecord,
} from '../anchor/register.ts';
import type { Call } from '../anchor/roll-call.ts';
import { equalBytes, toHex } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { type CheckedRollCall, checkNewest, checkRollCall, ledgerOf } from './anchoring.ts';
import { type Established, need, Refuted, Unchecked } from './claims.ts';
import type { EvidenceParts } from './evidence-parts.ts';
import type { Policy } from './policy.ts';

export type OperatorChain = readonly Opened<OperatorRecord>[];

/** @throws Unchecked, EvidenceError */
export function checkOperatorChain(file: EvidenceParts, policy: Policy | null): OperatorChain {
  if (policy === null) throw new Unchecked('NO_POLICY', 'no policy says who the operator is');
  return openOperatorChain(file.records.operator, policy.operator);
}

/**
 * The agent's key was registered for that log when the seal was called.
 * @param logs what the headers name as theirs
 */
export function judgeRegistered(
  file: EvidenceParts,
  chain: () => OperatorChain,
  agent: Uint8Array | null,
  logs: readonly Uint8Array[] | null,
): Established<SlotRecord> {
  const operators = chain();
  const called = file.rollCalls === null ? null : checkRollCall(file, 'covering');
  const found = checkSlotRecord(file, operators, called);
  assertAgentActive(found, need(agent, 'the reading'));
  if (found.origin !== file.log.origin)
    throw new Refuted('OTHER_LOG', `the record is for ${found.origin}`);
  const known = logsOf(found);
  if (need(logs, 'the seal').some((log) => !known.some((own) => equalBytes(own, log))))
    throw new Refuted('OTHER_LOG', `the seal is for another log than ${found.origin}`);
  const how =
    called === null
      ? 'the operator’s signature alone'
      : `the roll-call of anchor ${called.anchor.index}`;
  return {
    value: found,
    provenBy: `revision ${found.rev} of slot ${found.slot}, signed by the operator and bound by ${how}`,
    trust: ['operator'] as const,
    facts: { slot: found.slot, rev: found.rev, origin: found.origin },
  };
}

/** What is known by then of the file's other parts. */
interface Then {
  readonly state: LedgerState | null;
  readonly covering: CheckedRollCall | null;
  /** The record of the covering roll-call. */
  readonly registered: SlotRecord | null;
}

/** Nor was it revoked by the newest anchor of the proven state. */
export function judgeUnrevoked(
  file: EvidenceParts,
  policy: Policy | null,
  chain: () => OperatorChain,
  agent: Uint8Array | null,
  { state, covering, registered }: Then,
): Established<null> {
  const policyLedger = ledgerOf(policy);
  const operators = chain();
  const called = checkNewest(file, state, policyLedger);
  if (!equalBytes(called.operator.recordHash, operators.at(-1)!.hash))
    throw new Refuted('NOT_NEWEST', 'the operator has a newer record than the one given');
  // The chain grows: what was signed by a key of it then is so now, and need not be opened again.
  const isThen = covering && equalBytes(covering.slot.recordHash, called.slot.recordHash);
  const current = (isThen && registered) || checkSlotRecord(file, operators, called);
  assertAgentActive(current, need(agent, 'the reading'));
  if (current.origin !== file.log.origin)
    throw new Refuted('OTHER_LOG', `the newest record is for ${current.origin}`);
  assertNotBehindItsEnd(current, called.slot);
  const then = need(covering, 'the covering roll-call').slot;
  assertRecordsReferred(file, then, called.slot);
  assertGoesOn(recordOf(file, then), current);
  return {
    value: null,
    provenBy: `revision ${current.rev} of slot ${current.slot} in anchor ${called.anchor.index}, the newest of the proven state`,
    trust: ['operator', 'ledger'] as const,
    facts: { anchor: called.anchor.index, rev: current.rev },
  };
}

/**
 * The slot's record that a roll-call carries; without an anchor, the only one there is.
 * It must be signed by a key that the operator had by then.
 * @throws Refuted, EvidenceError
 */
function checkSlotRecord(
  file: EvidenceParts,
  chain: OperatorChain,
  called: { readonly operator: Call; readonly slot: Call } | null,
): SlotRecord {
  const known = called === null ? chain : chainUpTo(chain, called.operator.recordHash);
  for (const cose of file.records.slot) {
    const { hash, record } = readSlotRecord(cose);
    if (called !== null && !equalBytes(hash, called.slot.recordHash)) continue;
    openWithAny(cose, known);
    if (called !== null && record.slot !== called.slot.slot)
      throw new Refuted('OTHER_SLOT', `slot ${record.slot} is called in place ${called.slot.slot}`);
    return record;
  }
  throw new Refuted('NOT_REGISTERED', 'the record that was called is not here');
}

/** @throws Refuted NOT_REGISTERED, REVOKED */
function assertAgentActive(record: SlotRecord, agent: Uint8Array): void {
  const found = findAgent(record, agent);
  if (found === undefined)
    throw new Refuted(
      'NOT_REGISTERED',
      `agent ${toHex(agent)} is not registered for ${record.origin}`,
    );
  if (found.state === 'revoked')
    throw new Refuted('REVOKED', `agent ${toHex(agent)} is revoked by revision ${record.rev}`);
}

/** Who closes a log says where it ended, and calls nothing behind that. @throws Refuted OTHER_HEAD */
function assertNotBehindItsEnd({ closed, origin }: SlotRecord, { size }: Call): void {
  if (closed === null || size <= closed.size) return;
  throw new Refuted(
    'OTHER_HEAD',
    `the operator closed ${origin} at ${closed.size} entries and calls ${size} of it`,
  );
}

/** What no later record of a slot may change, as far as two that need not follow each other show. @throws EvidenceError RECORD_CHAIN */
function assertGoesOn(then: SlotRecord, now: SlotRecord): void {
  if (now.rev < then.rev || !equalBytes(now.logKey, then.logKey))
    throw new EvidenceError(
      'RECORD_CHAIN',
      `revision ${now.rev} of slot ${now.slot} does not go on from revision ${then.rev}`,
    );
}

/** The record that a call names, which is there. */
function recordOf(file: EvidenceParts, { recordHash }: Call): SlotRecord {
  const found = file.records.slot
    .map(readSlotRecord)
    .find(({ hash }) => equalBytes(hash, recordHash));
  return need(found, 'the record of the covering roll-call').record;
}

/** Refuses slot records that no roll-call carries, that stand twice or in another order. */
function assertRecordsReferred(file: EvidenceParts, covering: Call, newest: Call): void {
  const hashes = file.records.slot.map((cose) => readSlotRecord(cose).hash);
  const isOne = equalBytes(covering.recordHash, newest.recordHash);
  const expected = isOne ? [covering.recordHash] : [covering.recordHash, newest.recordHash];
  if (
    hashes.length !== expected.length ||
    !hashes.every((hash, at) => equalBytes(hash, expected[at]!))
  )
    throw new EvidenceError(
      'EVIDENCE_FORM',
      'the slot records that were called, each once, oldest first, expected',
    );
}

function chainUpTo(chain: OperatorChain, recordHash: Uint8Array): OperatorChain {
  const at = chain.findIndex(({ hash }) => equalBytes(hash, recordHash));
  if (at < 0) throw new Refuted('OTHER_SLOT', 'the operator record that was called is not here');
  return chain.slice(0, at + 1);
}

function openWithAny(cose: Uint8Array, chain: OperatorChain): void {
  let last: unknown;
  for (const { record } of chain.toReversed()) {
    try {
      openSlotRecord(cose, record.key);
      return;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
