import { type Checkpoint, equalBytes, parseReceipt, toHex, verifyReceipt } from '@sigill/evidence';
import { EdgeError } from '../errors.ts';
import type { SealedBatch } from '../sealer.ts';

/** The log that an agent's seals go to, as its record names it. */
export interface SiteLogName {
  readonly origin: string;
  /** SPKI DER, Ed25519. */
  readonly publicKey: Uint8Array;
}

/** @throws EdgeError RECEIPT_INVALID for a proof that does not show this batch's seal in that log */
export type ReceiptCheck = (batch: SealedBatch, proof: string) => void;

/**
 * An agent forgets a batch only on proof. It is a small witness besides: two roots at one size are two histories.
 * Whether a larger log continues a smaller one is for witnesses that are given the path.
 */
export function createReceiptCheck({ origin, publicKey }: SiteLogName): ReceiptCheck {
  let newest: Checkpoint | null = null;
  return (batch, proof) => {
    const checkpoint = open(batch, proof);
    if (newest?.size === checkpoint.size && !equalBytes(newest.root, checkpoint.root))
      throw new EdgeError(
        'RECEIPT_INVALID',
        `the site log has two histories: at ${newest.size} entries the roots ${toHex(newest.root)} and ${toHex(checkpoint.root)}`,
      );
    if (newest === null || checkpoint.size > newest.size) newest = checkpoint;
  };

  function open(batch: SealedBatch, proof: string): Checkpoint {
    try {
      return verifyReceipt(parseReceipt(proof), batch.seal, origin, publicKey);
    } catch (cause) {
      throw new EdgeError(
        'RECEIPT_INVALID',
        `the receipt for batch ${batch.number} does not prove it: ${(cause as Error).message}`,
        { cause },
      );
    }
  }
}
