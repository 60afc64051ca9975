/**
 * When: what the ledger's blocks say of the sealing, and whether the agent's clock agrees.
 * @module
 */
import type { LedgerState } from '../anchor/ledger-proof.ts';
import { equalBytes } from '../bytes/bytes.ts';
import type { Reading } from '../reading/reading.ts';
import type { BatchHeader, Beacon } from '../seal/seal.ts';
import { checkAnchor, findLeaf } from './anchoring.ts';
import { type Established, Refuted } from './claims.ts';
import type { EvidenceParts } from './evidence-parts.ts';
import type { LedgerPolicy } from './policy.ts';

export interface Bracket {
  /** ms since the Unix epoch; null with no beacon. */
  readonly notBefore: number | null;
  readonly notAfter: number;
}

/** Readings as they were sealed together. */
export interface SealedTogether {
  readonly readings: readonly Reading[];
  readonly header: BatchHeader;
  /** The header before it; null for an agent's first batch. */
  readonly before: BatchHeader | null;
}

/** What the ledger has established of sealings. */
export interface Timed {
  readonly file: EvidenceParts;
  /** In their order; one at least. */
  readonly batches: readonly SealedTogether[];
  /** Seconds since the Unix epoch, of the anchor that covers the seal. */
  readonly coveringBlockTime: number;
  readonly state: LedgerState;
  readonly ledger: LedgerPolicy;
}

/** Sealed after the first beacon's block and before the covering anchor's. */
export function judgeBracket(timed: Timed): Established<Bracket> {
  const times = beaconTimes(timed);
  const [first] = timed.batches.map(({ header }) => times(header.beacon));
  const notBefore = first ?? null;
  const notAfter = timed.coveringBlockTime * 1000;
  if (notBefore !== null && notBefore > notAfter)
    throw new Refuted('BEFORE_BEACON', 'the seal names an anchor that came after it was called');
  const from = notBefore === null ? 'no lower bound: the agent knew no anchor' : isoTime(notBefore);
  return {
    value: { notBefore, notAfter },
    provenBy: `the block times of the anchor the seal names and of the anchor that covers it: ${from} to ${isoTime(notAfter)}`,
    trust: ['ledger'],
    facts: { notBefore, notAfter },
  };
}

/**
 * T(previous header's beacon) - e <= time <= closedAt + e <= T(covering anchor) + 1 s + 2e;
 * e is what the clock grants itself, or the policy where it grants nothing. Block times are whole
 * seconds, hence the second.
 */
export function judgeClock(timed: Timed, clockErrorMs: number): Established<null> {
  const times = beaconTimes(timed);
  let largest = 0;
  for (const { readings, header, before } of timed.batches) {
    const earliest = times(before?.beacon ?? null);
    for (const { time, clock } of readings) {
      const error = clock.maxErrorMs ?? clockErrorMs;
      largest = Math.max(largest, error);
      assertTime(time, header, earliest, timed.coveringBlockTime * 1000, error);
    }
  }
  const one = timed.batches.length === 1 ? timed.batches[0]! : null;
  const facts = one && { time: one.readings[0]?.time ?? null, closedAt: one.header.closedAt };
  return {
    value: null,
    provenBy: `the agent's times lie between the block times, within ${largest} ms`,
    trust: ['ledger'],
    facts: { errorMs: largest, ...facts },
  };
}

/** @throws Refuted BEFORE_BEACON, AFTER_CLOSE, CLOSED_AFTER_ANCHOR */
function assertTime(
  time: number,
  { closedAt }: BatchHeader,
  earliest: number | null,
  anchoredAt: number,
  error: number,
): void {
  if (earliest !== null && time < earliest - error)
    throw new Refuted(
      'BEFORE_BEACON',
      `read at ${isoTime(time)}, before ${isoTime(earliest)} that the agent knew of`,
    );
  if (time > closedAt + error)
    throw new Refuted(
      'AFTER_CLOSE',
      `read at ${isoTime(time)}, after its batch closed at ${isoTime(closedAt)}`,
    );
  if (closedAt > anchoredAt + 1000 + error)
    throw new Refuted(
      'CLOSED_AFTER_ANCHOR',
      `closed at ${isoTime(closedAt)}, after it was anchored at ${isoTime(anchoredAt)}`,
    );
}

/** Block times of beacons, each leaf's path followed once. @throws Refuted NO_LEAF, EvidenceError */
function beaconTimes({ file, state, ledger }: Timed): (beacon: Beacon | null) => number | null {
  const known = new Map<number, { readonly hash: Uint8Array; readonly time: number }>();
  return (beacon) => {
    if (beacon === null) return null;
    const { anchorIndex: index, anchorLeafHash } = beacon;
    let found = known.get(index);
    if (found === undefined) {
      const leaf = findLeaf(file, index);
      found = { hash: checkAnchor(leaf, state, ledger), time: leaf.blockTime * 1000 };
      known.set(index, found);
    }
    if (!equalBytes(found.hash, anchorLeafHash))
      throw new Refuted('NO_LEAF', `the seal names another anchor ${index}`);
    return found.time;
  };
}

/** Times here are anybody's claim; beyond the year 275760 no calendar has a name for them. */
function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}
