/**
 * The ledger as a gateway sees it.
 * @module
 */
import type { AnchorLeaf, LedgerProof, LedgerState } from '@sigill/evidence';
import type { LedgerErrorCode } from './ledger-error.ts';

/**
 * signed: durable here, with its transaction · sent: a node has taken it · mined: it is in a block ·
 * final: its block is final, and the state that proves it was fetched, verified and kept.
 * A reorg takes a mined anchor back to signed, or changes its leaf; nothing takes back a final one.
 */
export type AnchorState = 'signed' | 'sent' | 'mined' | 'final';

export interface AnchorStatus {
  readonly rollRoot: Uint8Array;
  readonly slots: number;
  readonly state: AnchorState;
  /** As the chain holds it: null before `mined`. */
  readonly leaf: AnchorLeaf | null;
}

export interface LedgerHead {
  readonly root: Uint8Array;
  readonly size: number;
  /** The account that may append; twenty zeros once the log is frozen. */
  readonly operator: Uint8Array;
  readonly lastBlock: number;
}

/** The log's state in a final block, and what proves it. */
export interface ProvenState {
  readonly proof: LedgerProof;
  readonly state: LedgerState;
}

export interface LedgerStatus {
  readonly reachable: boolean;
  /** How many anchors the log has in final blocks, as kept here. With those pending it counts each anchor once. */
  readonly final: number;
  /** Anchors given and not yet final, oldest first. */
  readonly pending: readonly AnchorStatus[];
  /** Why somebody should look; null when all is well. */
  readonly alarm: {
    readonly code: LedgerErrorCode | 'ANCHOR_OVERDUE';
    readonly text: string;
  } | null;
}

/**
 * A log of anchors, in which each is appended once, in the order they were given. Finality is told.
 * One process at a time. Everything below survives the end of this process at any moment.
 */
export interface Ledger {
  readonly chainId: number;
  readonly contract: Uint8Array;
  /** The log in the newest block. @throws LedgerError */
  head(): Promise<LedgerHead>;
  /**
   * When it resolves, the anchor is durable here and will be appended, however long the ledger is away.
   * When it rejects, nothing was recorded: give the newest roll-call at the next interval.
   * @throws LedgerError ANCHOR_IN_FLIGHT while an earlier anchor is not mined; LEDGER_UNREACHABLE and others, see `retryable`
   */
  anchor(rollRoot: Uint8Array, slots: number): Promise<void>;
  /** Each change of each pending anchor, until the returned function is called. What is pending now: `status()`. */
  watch(listener: (status: AnchorStatus) => void): () => void;
  /** Final anchors from index `from` on, oldest first, at most `limit`. Indexes are dense from 0, whoever anchored. */
  finalAnchors(from: number, limit: number): Promise<readonly AnchorLeaf[]>;
  /** The newest proven state; it covers the final anchors below `state.size`. Null before the first. */
  provenState(): ProvenState | null;
  status(): LedgerStatus;
  /** Stops; a pending anchor is taken up again by whoever opens this ledger next. */
  close(): Promise<void>;
}
