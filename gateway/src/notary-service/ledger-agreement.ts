/**
 * Whether the roll-calls kept here are those that the ledger took, and how a notary begins behind roll-calls that it does
 * not have: its disk was lost or is an older copy, or a gateway anchored itself before there was a notary.
 * @module
 */
import { equalBytes, rollTree } from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { anchorAt, countGiven, newestFinal } from '../notary/anchor-source.ts';
import type { CloudDesk } from './cloud-desk.ts';
import type { RollStore } from './roll-store.ts';

/**
 * The ledger took these roll-calls and no others; only the last one kept may not have reached it.
 * @throws GatewayError NOTARY_DISAGREES
 */
export async function assertAgreement(ledger: Ledger, store: RollStore): Promise<void> {
  const { final, pending } = ledger.status();
  const newest = await newestFinal(ledger);
  const roots = [...(newest ? [newest] : []), ...pending];
  const first = newest ? final - 1 : final;
  for (const [offset, { rollRoot }] of roots.entries()) {
    const index = first + offset;
    if (store.reaches(index) && !equalBytes(rootAt(store, index), rollRoot)) throw disagrees(index);
  }
  const beyond = countGiven(ledger) + 1;
  if (store.read(beyond) !== null) throw disagrees(beyond);
}

function rootAt(store: RollStore, index: number): Uint8Array {
  return store.read(index)?.rollRoot ?? rollTree(store.slotsAt(index), index).root;
}

/** @throws GatewayError NOTARY_DISAGREES, retryable: a ledger that was just opened has not read its chain yet */
export async function assertNobodyElse(ledger: Ledger, given: number): Promise<void> {
  const { size } = await ledger.head();
  if (size <= given) return;
  throw new GatewayError(
    'NOTARY_DISAGREES',
    `the contract holds ${size} anchors, of which ${given} are known here: either they are still being read, or somebody else anchors with this account; a gateway that anchored itself has to have its ledger taken out of gateway.yaml`,
    { retryable: true },
  );
}

/**
 * The slots of a roll-call that is on the ledger and not here, from the cloud: they count when their root is the one anchored.
 * @throws GatewayError NOTARY_DISAGREES, CLOUD_*
 */
export async function takeOver(
  { ledger, store, desk, tell }: TakeOverParts,
  index: number,
  signal: AbortSignal,
): Promise<void> {
  const { rollRoot, slots: count } = await anchorAt(ledger, index);
  const slots = await desk.slots(index, signal);
  if (slots.length !== count || !equalBytes(rollTree(slots, index).root, rollRoot))
    throw new GatewayError(
      'NOTARY_DISAGREES',
      `what the cloud gives as roll-call ${index} is not what was anchored; nothing is called until it gives the one that was`,
      { retryable: true },
    );
  await store.begin(index, slots);
  const text = `roll-call ${index} of ${count} slots was not here; it came from the cloud, and its root is the one anchored`;
  tell({ level: 'warning', what: 'notary-took-over', text, facts: { index } });
}

interface TakeOverParts {
  readonly ledger: Ledger;
  readonly store: RollStore;
  readonly desk: CloudDesk;
  readonly tell: Tell;
}

function disagrees(index: number): GatewayError {
  return new GatewayError(
    'NOTARY_DISAGREES',
    `roll-call ${index} kept here is not anchor ${index} of the ledger: data directory and ledger do not belong together; restore the right one, or begin with an empty one`,
  );
}
