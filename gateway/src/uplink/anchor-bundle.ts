/**
 * What the cloud is told of an anchor: first when it is mined, again when it is final with the
 * ledger's own proof. Enough to prove every seal the anchor covers, from this one document.
 * @module
 */
import { type AnchorLeaf, formatAddress, type LedgerProof, toBase64 } from '@sigill/evidence';

export interface AnchorBundle {
  readonly anchor: AnchorLeaf;
  readonly status: 'mined' | 'final';
  /** Leaf k of the roll-call is slot k. */
  readonly calls: readonly Uint8Array[];
  /** Signed records by slot. */
  readonly records: readonly Uint8Array[];
  /** The note of the checkpoint called for the slot of the log in force; null if none was. */
  readonly checkpoint: string | null;
  /** When final: the contract's state in a final block at or after the anchor. */
  readonly ledger: (LedgerProof & { readonly blockNumber: number }) | null;
}

export function formatAnchorBundle(bundle: AnchorBundle): string {
  const { anchor, status, calls, records, checkpoint, ledger } = bundle;
  return JSON.stringify({
    anchor: {
      chainId: anchor.chainId,
      contract: formatAddress(anchor.contract),
      index: anchor.index,
      rollRoot: toBase64(anchor.rollRoot),
      slots: anchor.slots,
      blockNumber: anchor.blockNumber,
      blockTime: anchor.blockTime,
      parentHash: toBase64(anchor.parentHash),
    },
    status,
    calls: calls.map(toBase64),
    records: records.map(toBase64),
    checkpoint,
    ledger: ledger && {
      blockNumber: ledger.blockNumber,
      header: toBase64(ledger.header),
      account: ledger.account.map(toBase64),
      storage: ledger.storage.map((path) => path.map(toBase64)),
    },
  });
}
