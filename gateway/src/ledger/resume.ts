/**
 * What a gateway knows of its ledger when it starts, from its journal alone.
 * @module
 */
import {
  anchorLeafHash,
  type CompactRange,
  createCompactRange,
  verifyLedgerState,
} from '@sigill/evidence';
import { hexlify } from 'ethers';
import type { AnchorChain } from './anchor-chain.ts';
import type { AnchorJournal, PendingAnchor } from './anchor-journal.ts';
import type { ProvenState } from './ledger.ts';

export interface Known {
  /** Of the final anchors. */
  readonly tree: CompactRange;
  /** The block of the last of them. */
  readonly lastBlock: number | null;
  readonly proven: ProvenState | null;
}

export async function resume(
  journal: AnchorJournal,
  { contract, profile }: Pick<AnchorChain, 'contract' | 'profile'>,
): Promise<Known> {
  await dropSettled(journal);
  const tree = createCompactRange();
  let lastBlock: number | null = null;
  while (tree.size < journal.count)
    for (const leaf of await journal.read(tree.size, 1000)) {
      tree.append(anchorLeafHash(leaf));
      lastBlock = leaf.blockNumber;
    }
  const { proof } = journal;
  const proven =
    proof === null ? null : { proof, state: verifyLedgerState(proof, contract, profile) };
  return { tree, lastBlock, proven };
}

/** A process may have ended after it kept an anchor as final and before it took it off the pending ones. */
async function dropSettled(journal: AnchorJournal): Promise<void> {
  const open: PendingAnchor[] = [];
  for (const pending of journal.pending) {
    const [leaf] = await journal.read(pending.index, 1);
    const settled = leaf?.slots === pending.slots && hexlify(leaf.rollRoot) === pending.rollRoot;
    if (!settled) open.push(pending);
  }
  if (open.length < journal.pending.length) await journal.setPending(open);
}
