/**
 * When: what the ledger's blocks say of the sealing, and whether the agent's clock agrees.
 * @module
 */
import type { LedgerState } from '../anchor/ledger-proof.ts';
import { equalBytes } from '../bytes/bytes.ts';
import type { Beacon } from '../seal/seal.ts';
import { checkAnchor, findLeaf } from './anchoring.ts';
import { type Established, Refuted } from './claims.ts';
import type { EvidenceFile } from './evidence-file.ts';
import type { LedgerPolicy } from './policy.ts';
import type { Sealed } from './sealing.ts';

export interface Bracket {
  /** ms since the Unix epoch; null with no beacon. */
  readonly notBefore: number | null;
  readonly notAfter: number;
}

/** What the ledger has established of a sealing. */
export interface Timed {
  readonly file: EvidenceFile;
  readonly sealed: Sealed;
  /** Seconds since the Unix epoch, of the anchor that covers the seal. */
  readonly coveringBlockTime: number;
  readonly state: LedgerState;
  readonly ledger: LedgerPolicy;
}

/** Sealed after the beacon's block and before the covering anchor's. */
export function judgeBracket(timed: Timed): Established<Bracket> {
  const notBefore = beaconTime(timed, timed.sealed.header.beacon);
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
  const { reading, header, before } = timed.sealed;
  const anchoredAt = timed.coveringBlockTime * 1000;
  const error = reading.clock.maxErrorMs ?? clockErrorMs;
  const earliest = beaconTime(timed, before?.beacon ?? null);
  const latest = anchoredAt + 1000 + error;
  if (earliest !== null && reading.time < earliest - error)
    throw new Refuted(
      'BEFORE_BEACON',
      `read at ${isoTime(reading.time)}, before ${isoTime(earliest)} that the agent knew of`,
    );
  if (reading.time > header.closedAt + error)
    throw new Refuted(
      'AFTER_CLOSE',
      `read at ${isoTime(reading.time)}, after its batch closed at ${isoTime(header.closedAt)}`,
    );
  if (header.closedAt > latest)
    throw new Refuted(
      'CLOSED_AFTER_ANCHOR',
      `closed at ${isoTime(header.closedAt)}, after it was anchored at ${isoTime(anchoredAt)}`,
    );
  return {
    value: null,
    provenBy: `the agent's times lie between the block times, within ${error} ms`,
    trust: ['ledger'],
    facts: { errorMs: error, time: reading.time, closedAt: header.closedAt },
  };
}

function beaconTime({ file, state, ledger }: Timed, beacon: Beacon | null): number | null {
  if (beacon === null) return null;
  const leaf = findLeaf(file, beacon.anchorIndex);
  if (!equalBytes(checkAnchor(leaf, state, ledger), beacon.anchorLeafHash))
    throw new Refuted('NO_LEAF', `the seal names another anchor ${beacon.anchorIndex}`);
  return leaf.blockTime * 1000;
}

/** Times here are anybody's claim; beyond the year 275760 no calendar has a name for them. */
function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}
