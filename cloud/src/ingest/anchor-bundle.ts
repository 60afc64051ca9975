/**
 * What a gateway tells of an anchor, checked as far as it can be by itself: the roll-call's leaves give its
 * root, each leaf names its record, and the checkpoint is the one that was called.
 * @module
 */
import {
  type AnchorLeaf,
  anchorLeafHash,
  type Call,
  decodeCall,
  EvidenceError,
  equalBytes,
  formatAddress,
  type LedgerPolicy,
  type LedgerProof,
  leafHash,
  treeRoot,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';

export interface AnchorBundle {
  readonly anchor: AnchorLeaf;
  readonly status: 'mined' | 'final';
  /** Leaf k of the roll-call is slot k. */
  readonly calls: readonly Uint8Array[];
  /** Signed records, by slot. */
  readonly records: readonly Uint8Array[];
  /** The checkpoint that was called for slot 1. */
  readonly checkpoint: string | null;
  /** When final: the contract's state in a final block at or after the anchor. */
  readonly ledger: LedgerProof | null;
}

export interface CheckedAnchor {
  readonly leaf: Uint8Array;
  readonly calls: readonly (Call & { readonly bytes: Uint8Array })[];
}

/** @throws CloudError ANCHOR_LEDGER, ANCHOR_REFUSED */
export function checkAnchorBundle(
  bundle: AnchorBundle,
  ledger: LedgerPolicy | null,
): CheckedAnchor {
  const { anchor, calls, records, status } = bundle;
  assertOurLedger(anchor, ledger);
  if (calls.length !== anchor.slots || records.length !== anchor.slots) {
    throw refused(
      `${anchor.slots} calls and records expected, got ${calls.length} and ${records.length}`,
    );
  }
  if (!equalBytes(treeRoot(calls.map(leafHash)), anchor.rollRoot)) {
    throw refused('the calls have another root than the anchor');
  }
  if (status === 'final' && bundle.ledger === null) throw refused('final without a ledger proof');
  return {
    leaf: asRefusal(() => anchorLeafHash(anchor)),
    calls: calls.map((bytes, slot) => {
      const call = asRefusal(() => decodeCall(bytes));
      if (call.slot !== slot) throw refused(`slot ${call.slot} is called in place ${slot}`);
      return { ...call, bytes };
    }),
  };
}

/** @throws CloudError ANCHOR_LEDGER */
export function assertOurLedger(
  { chainId, contract }: AnchorLeaf,
  ledger: LedgerPolicy | null,
): void {
  if (ledger !== null && chainId === ledger.chainId && equalBytes(contract, ledger.contract))
    return;
  const named =
    ledger === null ? 'no ledger' : `${formatAddress(ledger.contract)} on chain ${ledger.chainId}`;
  throw new CloudError(
    'ANCHOR_LEDGER',
    `the policy names ${named}, this anchor is at ${formatAddress(contract)} on chain ${chainId}`,
  );
}

export function refused(message: string, cause?: unknown): CloudError {
  return new CloudError('ANCHOR_REFUSED', `anchor: ${message}`, { cause });
}

export function missingAnchors(mined: number, wanted: number): CloudError {
  return new CloudError(
    'ANCHORS_MISSING',
    `anchor ${mined} is expected next, this tells of ${wanted}`,
    { facts: { next: mined } },
  );
}

/** What breaks in the bundle is the bundle's fault. */
export function asRefusal<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw refused(`${error.code}: ${error.message}`, error);
  }
}
