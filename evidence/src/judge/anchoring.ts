/**
 * Roll-call -> anchor -> ledger: which heads and records were called, and where the ledger holds it.
 * @module
 */
import { type AnchorLeaf, anchorLeafHash } from '../anchor/anchor-log.ts';
import { type LedgerState, verifyLedgerState } from '../anchor/ledger-proof.ts';
import { type Call, decodeCall, OPERATOR_ORIGIN_HASH } from '../anchor/roll-call.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { verifyInclusion } from '../log/inclusion.ts';
import { leafHash } from '../log/merkle-tree.ts';
import type { Beacon } from '../seal/seal.ts';
import { need, Refuted, Unchecked } from './claims.ts';
import type { EvidenceAnchor, EvidenceParts, EvidenceRollCall } from './evidence-parts.ts';
import type { LedgerPolicy, Policy } from './policy.ts';

/** One roll-call: the two calls that matter here, and the anchor that carries its root. */
export interface CheckedRollCall {
  readonly anchor: EvidenceAnchor;
  readonly operator: Call;
  readonly slot: Call;
}

/** The policy's ledger. @throws Unchecked */
export function ledgerOf(policy: Policy | null): LedgerPolicy {
  if (policy === null) throw new Unchecked('NO_POLICY', 'no policy says which ledger counts');
  if (policy.ledger === null)
    throw new Unchecked('NO_LEDGER_IN_POLICY', 'the policy names no ledger: not anchored');
  return policy.ledger;
}

/** The roll-call's two leaves, each on its path to the root in the anchor. @throws Unchecked, Refuted, EvidenceError */
export function checkRollCall(file: EvidenceParts, which: 'covering' | 'newest'): CheckedRollCall {
  const { rollCalls } = file;
  if (rollCalls === null)
    throw new Unchecked('NOT_ANCHORED', 'not anchored yet, or without a ledger');
  const part = (which === 'covering' ? rollCalls.at(0) : rollCalls.at(-1)) as EvidenceRollCall;
  const anchor = findLeaf(file, part.anchor);
  const operator = decodeCall(part.operator.call);
  const slot = decodeCall(part.slot.call);
  if (operator.slot !== 0 || !equalBytes(operator.originHash, OPERATOR_ORIGIN_HASH))
    throw new Refuted('OTHER_SLOT', 'the operator is called in slot 0, without an origin');
  for (const [call, { call: bytes, path }] of [
    [operator, part.operator],
    [slot, part.slot],
  ] as const) {
    verifyInclusion(call.slot, anchor.slots, leafHash(bytes), path, anchor.rollRoot);
  }
  return { anchor, operator, slot };
}

/** The roll-call of the last anchor in the proven state, found in the ledger's log. @throws Unchecked, Refuted, EvidenceError */
export function checkNewest(
  file: EvidenceParts,
  state: LedgerState | null,
  ledger: LedgerPolicy,
): CheckedRollCall {
  const called = checkRollCall(file, 'newest');
  const held = need(state, 'the ledger’s state');
  if (called.anchor.index !== held.size - 1)
    throw new Refuted(
      'NOT_NEWEST',
      `anchor ${held.size - 1} is the newest, not ${called.anchor.index}`,
    );
  checkAnchor(called.anchor, held, ledger);
  return called;
}

/** The ledger's state, in which the newest anchor is the last. @throws Unchecked, Refuted, EvidenceError */
export function checkLedger(file: EvidenceParts, ledger: LedgerPolicy): LedgerState {
  if (file.ledger === null || file.anchors === null)
    throw new Unchecked('NOT_ANCHORED', 'not anchored yet, or without a ledger');
  const state = verifyLedgerState(file.ledger, ledger.contract, ledger.profile);
  if (state.size !== file.anchors.size)
    throw new Refuted(
      'NOT_NEWEST',
      `the ledger holds ${state.size} anchors, not ${file.anchors.size}`,
    );
  return state;
}

/** The anchor's leaf hash, found in the ledger's own log. @throws Refuted, EvidenceError */
export function checkAnchor(
  anchor: EvidenceAnchor,
  state: LedgerState,
  ledger: LedgerPolicy,
): Uint8Array {
  const leaf: AnchorLeaf = { ...anchor, chainId: ledger.chainId, contract: ledger.contract };
  const hash = anchorLeafHash(leaf);
  verifyInclusion(anchor.index, state.size, hash, anchor.path, state.root);
  return hash;
}

/** @throws Refuted NO_LEAF */
export function findLeaf(file: EvidenceParts, index: number): EvidenceAnchor {
  const leaf = file.anchors?.leaves.find((candidate) => candidate.index === index);
  if (leaf === undefined) throw new Refuted('NO_LEAF', `the leaf of anchor ${index} is missing`);
  return leaf;
}

/**
 * Refuses anchor leaves that no roll-call and no beacon refers to.
 * @param beacons indexes of the anchors that the headers name
 */
export function assertLeavesReferred(file: EvidenceParts, beacons: readonly number[]): void {
  const referred = new Set([...beacons, ...(file.rollCalls ?? []).map(({ anchor }) => anchor)]);
  const stray = file.anchors?.leaves.find(({ index }) => !referred.has(index));
  if (stray !== undefined)
    throw new EvidenceError('EVIDENCE_FORM', `nothing refers to the leaf of anchor ${stray.index}`);
}

/** Of the anchors that these beacons name. */
export function indexesOf(beacons: readonly (Beacon | null)[]): number[] {
  return beacons.flatMap((beacon) => (beacon === null ? [] : [beacon.anchorIndex]));
}
