/**
 * The newest final anchor as a cloud gives it to a gateway that its operator's notary anchors. It must be the contract's
 * that the policy names, in a proven state; and what its roll-call says of this gateway must be this gateway's own log:
 * so a history that was shown to others in its place is found by the one who can tell. Pure.
 *
 * What is not checked is the block itself, where its header carries no seals: only sources of the verifier's choice can.
 * @module
 */
import {
  type AnchorLeaf,
  anchorLeafHash,
  type Beacon,
  decodeCall,
  EvidenceError,
  equalBytes,
  type LedgerPolicy,
  type LedgerProof,
  leafHash,
  validatorsAt,
  verifyInclusion,
  verifyLedgerState,
  verifyQbftSeals,
} from '@sigill/evidence';

export interface ToldBeacon {
  readonly anchor: Omit<AnchorLeaf, 'chainId' | 'contract'>;
  readonly path: readonly Uint8Array[];
  readonly ledger: LedgerProof;
  readonly call: { readonly call: Uint8Array; readonly path: readonly Uint8Array[] } | null;
}

/** This gateway's log, as it stands here. */
export interface OwnLog {
  readonly slot: number;
  /** Hash of its origin. */
  readonly id: Uint8Array;
  readonly size: number;
  root(size: number): Uint8Array;
}

export interface JudgedBeacon {
  readonly beacon: Beacon;
  /** ms since the Unix epoch, by the anchor's block. */
  readonly at: number;
  /** How many entries of this log it calls; null: its slot is not called yet. */
  readonly size: number | null;
}

/** @throws EvidenceError what is wrong with the anchor; CALL_CONSISTENCY where another history of this log was called */
export function judgeBeacon(told: ToldBeacon, policy: LedgerPolicy, own: OwnLog): JudgedBeacon {
  const { chainId, contract, profile, validators } = policy;
  const anchor = { ...told.anchor, chainId, contract };
  const leaf = anchorLeafHash(anchor);
  const state = verifyLedgerState(told.ledger, contract, profile);
  const pinned = validatorsAt(validators ?? [], state.blockNumber);
  if (pinned !== null) verifyQbftSeals(told.ledger.header, pinned);
  verifyInclusion(anchor.index, state.size, leaf, told.path, state.root);
  return {
    beacon: { anchorIndex: anchor.index, anchorLeafHash: leaf },
    at: anchor.blockTime * 1000,
    size: told.call && calledSize(told.call, anchor, own),
  };
}

function calledSize(
  { call: bytes, path }: NonNullable<ToldBeacon['call']>,
  { index, slots, rollRoot }: AnchorLeaf,
  own: OwnLog,
): number {
  const call = decodeCall(bytes);
  verifyInclusion(call.slot, slots, leafHash(bytes), path, rollRoot);
  if (call.slot !== own.slot || !equalBytes(call.originHash, own.id))
    throw new EvidenceError('CALL_FORM', `slot ${call.slot} is not the one of this log`);
  if (call.size > own.size)
    throw new EvidenceError(
      'CALL_CONSISTENCY',
      `anchor ${index} calls ${call.size} entries of this log, and it has ${own.size}: this disk is an older copy, or another box has its key`,
    );
  if (equalBytes(call.root, own.root(call.size))) return call.size;
  throw new EvidenceError(
    'CALL_CONSISTENCY',
    `anchor ${index} calls another history of this log than stands here, over ${call.size} entries: somebody has its key; ask the operator, and keep this disk as it is`,
  );
}
