/** What the page knows of an evidence file after judging it: plain data, so that drawing needs no verifier. */
import type { Claim } from '@sigill/evidence';

export type { Claim, ClaimId, Holds, Trust } from '@sigill/evidence';

/** A reading as its evidence bytes tell it; digits as text. */
export interface ShownReading {
  readonly agent: string;
  readonly seq: number;
  readonly n: number;
  readonly source: string;
  readonly device: string;
  readonly kind: string;
  readonly time: number;
  readonly driver: string;
  readonly fields: readonly {
    readonly name: string;
    readonly value: string;
    readonly unit: string | null;
    readonly code: string | null;
  }[];
}

export interface Judged {
  readonly outcome: 'judged';
  readonly claims: readonly Claim[];
  /** Null when the bytes are no reading. */
  readonly reading: ShownReading | null;
  /** When the batch was closed, by the agent's clock; null when the seal cannot be read. */
  readonly closedAt: number | null;
  /** The device's own bytes, as far as they are text. */
  readonly frame: { readonly text: string; readonly sizeBytes: number } | null;
  /** The block to compare, hash in 0x form; null before the anchor is final. */
  readonly block: { readonly number: number; readonly hash: string } | null;
  /** Ledger endpoints the policy names. */
  readonly endpoints: readonly string[];
}

/** Refused before any claim: not canonical, parts missing or in excess. */
export interface Refused {
  readonly outcome: 'refused';
  readonly code: string;
  readonly detail: string;
}

export type Examination = Judged | Refused;

/** A ledger's answer about one block. */
export interface SeenBlock {
  readonly number: number;
  /** 0x form. */
  readonly hash: string;
  readonly source: string;
}
