/**
 * What the ledger and the roll-calls kept say together of each anchor, for the uplink.
 * @module
 */
import { type AnchorLeaf, equalBytes, type LedgerProof } from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AnchorSource } from '../uplink/anchor-lane.ts';
import { type KeptRollCall, type RollCallStore, rollRootOf } from './roll-call-store.ts';

/** What the ledger says of an anchor. */
export interface LedgerWord {
  readonly anchor: AnchorLeaf;
  readonly status: 'mined' | 'final';
  /** When final. */
  readonly ledger: (LedgerProof & { readonly blockNumber: number }) | null;
}

/** @param called what is told of the roll-call behind an anchor */
export function createAnchorSource<Called>(
  ledger: Ledger,
  called: (index: number) => Called,
): AnchorSource<LedgerWord & Called> {
  return {
    given: () => countGiven(ledger),
    mined() {
      const { final, pending } = ledger.status();
      const waiting = pending.findIndex(({ leaf }) => leaf === null);
      return final + (waiting === -1 ? pending.length : waiting);
    },
    final: () => ledger.status().final,
    async bundle(index, status) {
      const anchor = await anchorAt(ledger, index);
      const proven = status === 'final' ? ledger.provenState() : null;
      const proof = proven && { ...proven.proof, blockNumber: proven.state.blockNumber };
      return { ...called(index), anchor, status, ledger: proof };
    },
  };
}

/** How many roll-calls the ledger has taken. */
export function countGiven(ledger: Ledger): number {
  const { final, pending } = ledger.status();
  return final + pending.length;
}

export async function newestFinal(ledger: Ledger): Promise<AnchorLeaf | null> {
  const { final } = ledger.status();
  if (final === 0) return null;
  return (await ledger.finalAnchors(final - 1, 1))[0] ?? null;
}

/** @throws GatewayError NOTARY_DISAGREES */
export function rollCallAt(store: RollCallStore, index: number): KeptRollCall {
  const kept = store.read(index);
  if (kept === null) throw disagrees(index);
  return kept;
}

/**
 * The ledger took these roll-calls and no others; only the last one kept may not have reached it.
 * @throws GatewayError NOTARY_DISAGREES
 */
export async function assertAgreement(ledger: Ledger, store: RollCallStore): Promise<void> {
  const { final, pending } = ledger.status();
  const newest = await newestFinal(ledger);
  const roots = [...(newest ? [newest] : []), ...pending];
  const first = newest ? final - 1 : final;
  for (const [offset, { rollRoot }] of roots.entries()) {
    const index = first + offset;
    if (!equalBytes(rollRootOf(rollCallAt(store, index)), rollRoot)) throw disagrees(index);
  }
  const beyond = countGiven(ledger) + 1;
  if (store.read(beyond) !== null) throw disagrees(beyond);
}

/** @throws GatewayError NOTARY_DISAGREES, retryable */
export async function anchorAt(ledger: Ledger, index: number): Promise<AnchorLeaf> {
  const { final, pending } = ledger.status();
  const leaf =
    index < final ? (await ledger.finalAnchors(index, 1))[0] : pending[index - final]?.leaf;
  if (leaf) return leaf;
  throw new GatewayError('NOTARY_DISAGREES', `anchor ${index} is in no block any more`, {
    retryable: true,
  });
}

function disagrees(index: number): GatewayError {
  return new GatewayError(
    'NOTARY_DISAGREES',
    `anchor ${index} of the ledger is not roll-call ${index} kept here: data directory and ledger do not belong together; restore the newest data directory, or anchor to a contract of its own`,
  );
}
