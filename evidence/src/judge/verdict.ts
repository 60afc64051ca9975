/**
 * A verdict: what a verification established. Never a bare boolean: a fixed list of claims, each
 * with what proved it and whom one must still trust.
 * @module
 */
import type { Reading } from '../reading/reading.ts';
import type { ComputedNumber, Period, RangeStream } from './range-file.ts';

/** In the order in which they are told. */
export const CLAIMS = [
  /** The bytes are what the agent sealed. */
  'sealed',
  /** The agent's key was registered for that log when the seal was called. */
  'registered',
  /** Its key was not revoked by the newest anchor of the proven state. */
  'unrevoked',
  /** The seal is in the site log. */
  'logged',
  /** That log is still in the history the newest anchor calls. */
  'history',
  /** The witnesses of the policy saw that log. */
  'witnessed',
  /** The log's head was called, and the roll-call's root is in an anchor. */
  'called',
  /** The anchor is in the ledger's state at a block. */
  'anchored',
  /** That block is in the chain. */
  'block',
  /** Sealed between two block times. */
  'bracket',
  /** The agent's clock agrees with them. */
  'clock',
  /** The device's own bytes decode to this reading again. */
  'decoded',
] as const;

export type ClaimId =
  | (typeof CLAIMS)[number]
  /** All numbers of each stream are there, and a reading on either side of the period. */
  | 'complete'
  /** The number follows from these readings. */
  | 'recomputed';

/** Of a range: `complete` before `decoded`; of a number, `recomputed` last. */
export const RANGE_CLAIMS: readonly ClaimId[] = [...CLAIMS.slice(0, -1), 'complete', 'decoded'];
export const NUMBER_CLAIMS: readonly ClaimId[] = [...RANGE_CLAIMS, 'recomputed'];

export type Holds = 'yes' | 'no' | 'not checked';

/** Whom one must still trust for a claim. */
export type Trust =
  /** The agent's host and key: they say what was read. */
  | 'agent'
  /** The operator, who enrols gateways and signs records. */
  | 'operator'
  /** The gateway, whose key signs its log. */
  | 'gateway'
  /** Witnesses named by the policy. */
  | 'witnesses'
  /** Witnesses that the operator itself names as its own. */
  | 'own-witnesses'
  /** The chain's validators, or whoever stands behind its finality. */
  | 'ledger'
  /** Whoever gave the block header. */
  | 'header-source';

/** Why a claim does not hold or was not checked, when it is no error of a part. */
export type Reason =
  | 'NO_POLICY'
  | 'NOT_ANCHORED'
  | 'NO_LEDGER_IN_POLICY'
  | 'NO_WITNESS_IN_POLICY'
  | 'QUORUM_NOT_MET'
  | 'NO_BLOCK_HEADER'
  | 'OTHER_BLOCK'
  | 'NO_FRAME'
  | 'NO_DECODER'
  | 'OTHER_FRAME'
  | 'OTHER_READING'
  | 'REVOKED'
  | 'NOT_REGISTERED'
  | 'OTHER_LOG'
  | 'OTHER_SLOT'
  | 'OTHER_HEAD'
  | 'NOT_NEWEST'
  | 'NO_LEAF'
  | 'BEFORE_BEACON'
  | 'AFTER_CLOSE'
  | 'CLOSED_AFTER_ANCHOR'
  | 'HOLES'
  | 'ERASED'
  | 'END_OPEN'
  | 'OTHER_STREAM'
  | 'NO_PROJECTION'
  | 'OTHER_NUMBER'
  | 'DEPENDS';

export interface Claim {
  readonly claim: ClaimId;
  readonly holds: Holds;
  /** A `Reason`, or the code of the error that a part gave; null when it holds. */
  readonly reason: string | null;
  /** The same for people, in English; empty when it holds. */
  readonly detail: string;
  /** What proved it, in English, with the numbers in it. */
  readonly provenBy: string;
  readonly trust: readonly Trust[];
  /** The numbers and names in it, for other languages. */
  readonly facts: Readonly<Record<string, string | number | null>>;
}

export interface Verdict {
  readonly kind: 'reading';
  /** What the evidence says was read; null if its bytes are no reading. Proven only as claims say. */
  readonly reading: Reading | null;
  readonly claims: readonly Claim[];
  /** ms since the Unix epoch; null where nothing bounds it. */
  readonly notBefore: number | null;
  readonly notAfter: number | null;
  /** The block that the ledger's proof stands in, to be compared elsewhere. */
  readonly block: { readonly number: number; readonly hash: Uint8Array } | null;
}

/** Of a range of readings, or of a number computed from one. */
export interface RangeVerdict extends Omit<Verdict, 'kind' | 'reading'> {
  readonly kind: 'range' | 'number';
  readonly agent: Uint8Array | null;
  readonly period: Period | null;
  readonly streams: readonly StreamVerdict[];
  readonly number: ComputedNumber | null;
}

export interface StreamVerdict extends RangeStream {
  /** In their order, with those that bound the period; proven only as claims say. */
  readonly readings: readonly Reading[];
  /** Numbers that are not there. */
  readonly holes: readonly Hole[];
}

export interface Hole {
  readonly n: number;
  /** The operator's reason for erasing it; null: nobody says why it is missing. */
  readonly erased: string | null;
}

/** Every claim of the list holds, but for those waived by name that were not checked. */
export function isProven(
  verdict: Pick<Verdict, 'claims'>,
  waived: readonly ClaimId[] = [],
): boolean {
  return verdict.claims.every(
    ({ claim, holds }) => holds === 'yes' || (holds === 'not checked' && waived.includes(claim)),
  );
}

/** What no evidence can prove, said with every verdict. */
export const LIMIT =
  'That the device measured the world rightly, and that the agent read it when it says, rests on the device and the agent.';
