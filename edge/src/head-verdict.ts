import { type ChainHead, equalBytes, headerHash } from '@sigill/evidence';
import type { AgentState } from './agent-state.ts';
import { EdgeError } from './errors.ts';
import type { HeldBatches } from './held-batches.ts';

/** The log that takes what an agent seals. */
export interface SealedFor {
  /** SHA-256 of its origin. */
  readonly log: Uint8Array;
  /** Those of the closed logs that it continues. */
  readonly earlierLogs: readonly Uint8Array[];
}

/**
 * What the gateway's head means for an agent:
 * - `known`: the journal contains it, or is held no longer so far back;
 * - `foreign`: the gateway holds batches that the journal does not know;
 * - `short`: the log continues a closed one, and lacks batches that had their receipt there; the journal has them;
 * - `lost`: as `short`, and the journal has them no more.
 */
export type HeadVerdict =
  | { readonly kind: 'known' | 'foreign' }
  | { readonly kind: 'short'; readonly fromBatch: number }
  | { readonly kind: 'lost'; readonly fromBatch: number; readonly toBatch: number };

export async function judgeHead(
  head: ChainHead | null,
  state: AgentState,
  held: HeldBatches,
  sealedFor: SealedFor,
): Promise<HeadVerdict> {
  if (!(await isOurs(head, state, held))) return { kind: 'foreign' };
  const fromBatch = head === null ? 0 : head.batch + 1;
  const { receiptedBefore } = state;
  // Within one log nothing of this: whoever watches it finds that it became shorter.
  if (fromBatch >= receiptedBefore || receiptedBefore > earlierBefore(state, sealedFor))
    return { kind: 'known' };
  const first = await held.first();
  return first <= fromBatch
    ? { kind: 'short', fromBatch }
    : { kind: 'lost', fromBatch, toBatch: first - 1 };
}

async function isOurs(
  head: ChainHead | null,
  state: AgentState,
  held: HeldBatches,
): Promise<boolean> {
  if (head === null) return true;
  if (head.batch >= state.nextBatch) return false;
  if (head.batch === state.nextBatch - 1) return equalBytes(head.headerHash, state.headHash);
  if (head.batch < (await held.first())) return true;
  for await (const known of held.read(head.batch)) {
    return equalBytes(headerHash(known.headerBytes), head.headerHash);
  }
  throw new EdgeError('JOURNAL_CORRUPT', `batch ${head.batch} has no header`);
}

/** Batches below were sealed for logs that are closed. A journal of an earlier version does not say for which. */
function earlierBefore(state: AgentState, { log, earlierLogs }: SealedFor): number {
  const last = state.log;
  if (earlierLogs.length === 0) return 0;
  if (last === null) return state.nextBatch;
  if (equalBytes(last, log)) return state.logSince;
  return earlierLogs.some((earlier) => equalBytes(earlier, last)) ? state.nextBatch : 0;
}
