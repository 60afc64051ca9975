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

/** Sealed after the beacon's block and before the covering anchor's. */
export function judgeBracket(
  file: EvidenceFile,
  sealed: Sealed,
  coveringBlockTime: number,
  state: LedgerState,
  ledger: LedgerPolicy,
): Established<Bracket> {
  const notBefore = beaconTime(file, sealed.header.beacon, state, ledger);
  const notAfter = coveringBlockTime * 1000;
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
export function judgeClock(
  file: EvidenceFile,
  sealed: Sealed,
  coveringBlockTime: number,
  state: LedgerState,
  ledger: LedgerPolicy,
  clockErrorMs: number,
): Established<null> {
  const { reading, header, before } = sealed;
  const error = reading.clock.maxErrorMs ?? clockErrorMs;
  const earliest = beaconTime(file, before?.beacon ?? null, state, ledger);
  const latest = coveringBlockTime * 1000 + 1000 + error;
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
      `closed at ${isoTime(header.closedAt)}, after it was anchored at ${isoTime(coveringBlockTime * 1000)}`,
    );
  return {
    value: null,
    provenBy: `the agent's times lie between the block times, within ${error} ms`,
    trust: ['ledger'],
    facts: { errorMs: error, time: reading.time, closedAt: header.closedAt },
  };
}

function beaconTime(
  file: EvidenceFile,
  beacon: Beacon | null,
  state: LedgerState,
  ledger: LedgerPolicy,
): number | null {
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
