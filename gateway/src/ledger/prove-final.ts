/**
 * What may be called final: anchors in a block that is final by the chain's rule, is known to enough endpoints and to
 * none as another, carries the seals it should, and whose state proves these anchors and no others.
 * @module
 */
import {
  type AnchorLeaf,
  anchorLeafHash,
  type CompactRange,
  createCompactRange,
  equalBytes,
  verifyLedgerState,
} from '@sigill/evidence';
import { type AnchorChain, assertSealed } from './anchor-chain.ts';
import { quantity, readHeader, readStateProof } from './chain-reader.ts';
import type { ChainView } from './chain-view.ts';
import type { Endpoints } from './endpoints.ts';
import type { ProvenState } from './ledger.ts';
import { LedgerError } from './ledger-error.ts';

export interface FinalNews extends ProvenState {
  /** The final anchors after those in the tree. */
  readonly leaves: readonly AnchorLeaf[];
}

/** Null while nothing new is final. @throws LedgerError, EvidenceError when it should be and cannot be shown */
export async function proveFinal(
  chain: AnchorChain & { readonly rpc: Endpoints },
  tree: CompactRange,
  { anchors, final }: ChainView,
): Promise<FinalNews | null> {
  if (final.number === null) {
    if (final.refusal !== null && anchors.length > 0) throw final.refusal;
    return null;
  }
  const oldest = anchors[0]?.leaf.blockNumber;
  if (oldest === undefined || oldest > final.number) return null;
  // A single node could call a block final before it is.
  const blockNumber = Math.min(final.number, await chain.rpc.sharedFinal(chain.finality));
  if (oldest > blockNumber) return null;
  const block = quantity(blockNumber);
  const { encoded } = await readHeader(chain.rpc, block, chain.profile);
  assertSealed(chain, encoded);
  const proof = { header: encoded, ...(await readStateProof(chain.rpc, chain.contract, block)) };
  const state = verifyLedgerState(proof, chain.contract, chain.profile);
  await chain.rpc.confirm(state.blockNumber, state.blockHash);

  const leaves = anchors.flatMap(({ leaf }) => (leaf.index < state.size ? [leaf] : []));
  const grown = createCompactRange(tree.size, tree.peaks);
  for (const leaf of leaves) grown.append(anchorLeafHash(leaf));
  if (grown.size !== state.size || !equalBytes(grown.root(), state.root))
    throw new LedgerError(
      'LEDGER_DISAGREES',
      'the proven state has another root than its anchors',
      { retryable: true },
    );
  return { leaves, proof, state };
}

/** Whether the chain has left what was called final: then no second look helps. */
export async function findContradiction(
  rpc: Endpoints,
  proven: ProvenState | null,
): Promise<LedgerError | null> {
  if (proven === null) return null;
  const { blockNumber, blockHash } = proven.state;
  const error = await rpc.confirm(blockNumber, blockHash).catch((thrown: unknown) => thrown);
  const contradicted = error instanceof LedgerError && error.code === 'LEDGER_FINAL_CONTRADICTED';
  return contradicted ? error : null;
}
