/**
 * What is known of a chain before it is asked anything: which one it is, where its anchor log lies, and how a block
 * is told that is not taken back.
 * @module
 */
import {
  type ChainProfile,
  decodeBlockHeader,
  EvidenceError,
  type Finality,
  type ValidatorSet,
  validatorsAt,
  verifyQbftSeals,
} from '@sigill/evidence';
import type { JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';

export interface AnchorChain {
  readonly rpc: JsonRpc;
  readonly chainId: number;
  readonly contract: Uint8Array;
  readonly profile: Pick<ChainProfile, 'seals'>;
  readonly finality: Finality;
  /** As the policy pins them; only where headers carry seals. */
  readonly validators?: readonly ValidatorSet[];
}

/** The newest final block; null while there is none, or when the node tells of none: then why. */
export interface FinalBlock {
  readonly number: number | null;
  readonly refusal: LedgerError | null;
}

/** Before the newest block is asked for, so that what is final is in the newest too. */
export type FindFinal = (latest: number) => FinalBlock;

export async function readFinality({ rpc, finality }: AnchorChain): Promise<FindFinal> {
  if (finality.kind === 'immediate') return (latest) => ({ number: latest, refusal: null });
  if (finality.kind === 'depth')
    return (latest) => ({
      number: latest < finality.blocks ? null : latest - finality.blocks,
      refusal: null,
    });
  try {
    const block = await rpc.call<{ number: string } | null>(
      'eth_getBlockByNumber',
      'finalized',
      false,
    );
    return (latest) => ({
      number: block === null ? null : Math.min(Number(block.number), latest),
      refusal: null,
    });
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'LEDGER_REFUSED') throw error;
    const refusal = new LedgerError(
      'LEDGER_NO_FINALITY',
      `the node does not say which block is final (${error.message}); ask another, or wait for a depth: ledger.finality`,
      { cause: error, retryable: true },
    );
    return () => ({ number: null, refusal });
  }
}

/** Where a header carries seals, a block is final by them and not by what a node says. @throws LedgerError LEDGER_UNSEALED */
export function assertSealed(chain: AnchorChain, header: Uint8Array): void {
  if (chain.profile.seals === null) return;
  const { number } = decodeBlockHeader(header);
  const pinned = validatorsAt(chain.validators ?? [], number);
  if (pinned === null) return; // the policy leaves these blocks to whoever compares hashes
  try {
    verifyQbftSeals(header, pinned);
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new LedgerError(
      'LEDGER_UNSEALED',
      `block ${number} is not sealed by the validators that the policy names: ${cause.message}`,
      { cause },
    );
  }
}
