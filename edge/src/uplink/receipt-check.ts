import {
  type Checkpoint,
  equalBytes,
  headerHash,
  openSeal,
  parseReceipt,
  toHex,
  verifyReceipt,
} from '@sigill/evidence';
import { EdgeError } from '../errors.ts';
import type { SealedBatch } from '../sealer.ts';

/** The log that an agent's seals go to, as its record names it. */
export interface SiteLogName {
  readonly origin: string;
  /** SPKI DER, Ed25519. */
  readonly publicKey: Uint8Array;
}

export interface GivenProof {
  /** C2SP tlog-proof. */
  readonly proof: string;
  /** As it stands in the log; left out where that is ours, byte for byte. */
  readonly seal?: Uint8Array;
}

export interface ProvenReceipt {
  readonly checkpoint: Checkpoint;
  /** The signed checkpoint, verbatim. */
  readonly note: string;
}

/**
 * That this batch's seal is in that log. A header signed again after a crash has another signature where the key is
 * ES256: then the log holds the one that came first, which must be of the same header and by the same key.
 * @throws EdgeError RECEIPT_INVALID
 */
export function proveReceipt(
  batch: SealedBatch,
  { proof, seal = batch.seal }: GivenProof,
  { origin, publicKey }: SiteLogName,
  agentKey: Uint8Array,
): ProvenReceipt {
  try {
    if (!equalBytes(seal, batch.seal)) assertSameHeader(batch, seal, agentKey);
    const receipt = parseReceipt(proof);
    return { checkpoint: verifyReceipt(receipt, seal, origin, publicKey), note: receipt.note };
  } catch (cause) {
    throw new EdgeError(
      'RECEIPT_INVALID',
      `the receipt for batch ${batch.number} does not prove it: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function assertSameHeader(batch: SealedBatch, seal: Uint8Array, agentKey: Uint8Array): void {
  const { headerBytes } = openSeal(seal, agentKey);
  if (!equalBytes(headerHash(headerBytes), batch.headerHash))
    throw new Error('the seal it names is of another header');
}

/** @throws EdgeError RECEIPT_INVALID for a proof that does not show this batch's seal in that log */
export type ReceiptCheck = (batch: SealedBatch, given: GivenProof) => void;

/**
 * For whoever shares a process with the log: its growth is its own, and only two roots at one size are told apart;
 * after that none of its receipts counts.
 */
export function createReceiptCheck(siteLog: SiteLogName, agentKey: Uint8Array): ReceiptCheck {
  let newest: Checkpoint | null = null;
  let contradiction: EdgeError | null = null;
  return (batch, given) => {
    if (contradiction !== null) throw contradiction;
    const { checkpoint } = proveReceipt(batch, given, siteLog, agentKey);
    if (newest?.size === checkpoint.size && !equalBytes(newest.root, checkpoint.root)) {
      contradiction = new EdgeError(
        'RECEIPT_INVALID',
        `the site log has two histories: at ${newest.size} entries the roots ${toHex(newest.root)} and ${toHex(checkpoint.root)}`,
      );
      throw contradiction;
    }
    if (newest === null || checkpoint.size > newest.size) newest = checkpoint;
  };
}
