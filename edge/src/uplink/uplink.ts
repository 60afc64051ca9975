import type { SealedBatch } from '../sealer.ts';

/** "Your batch is durable here": what lets a sender forget. */
export interface BatchReceipt {
  readonly batch: number;
  /** C2SP tlog-proof of its seal in the site log. */
  readonly proof: string;
  /** The seal as it stands in the log; left out where it is the one offered, byte for byte. */
  readonly seal?: Uint8Array;
}

/**
 * Takes one batch and resolves with its receipt once the batch is durable at the other side. It may be offered the same
 * batch again, and later ones before earlier ones have their receipt.
 */
export type OfferBatch = (batch: SealedBatch) => Promise<BatchReceipt>;

/** Carries an agent's batches, in order, again and again, until each has its receipt. */
export interface Uplink {
  status(): UplinkStatus;
  /** Takes up no more batches; resolves when none is on its way. */
  stop(): Promise<void>;
}

export interface UplinkStatus {
  readonly state: 'idle' | 'sending' | 'waiting' | 'stopped';
  /** Why it waits; null otherwise. */
  readonly reason: string | null;
  readonly failures: number;
}
