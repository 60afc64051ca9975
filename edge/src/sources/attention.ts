import type { Transport } from '@sigill/firmware-bridge';
import type { Timers } from '../timers.ts';
import { createByteBudget } from './limits.ts';

/**
 * Looks away for a while from what says more than there is time for. Where the way can hold its bytes back it does; else
 * they are missed.
 */
export interface Attention {
  /** Whether these bytes are looked at; those that are not are missed. */
  has(bytes: number): boolean;
  /** So many were looked at. */
  spend(bytes: number, isNoise: boolean, atMs: number): void;
  stop(): void;
}

export interface AttentionParts {
  readonly transport: Pick<Transport, 'pause' | 'resume'> | null;
  readonly timers: Timers;
  /** It looks again, and bytes were missed. */
  readonly missed: () => void;
}

export function createAttention({ transport, timers, missed }: AttentionParts): Attention {
  const budget = createByteBudget();
  /** While it looks away: ends that. */
  let lookAgain: (() => void) | null = null;
  let missedBytes = 0;

  return {
    has(bytes) {
      if (lookAgain === null) return true;
      missedBytes += bytes;
      return false;
    },
    spend(bytes, isNoise, atMs) {
      const awayMs = budget.spend(bytes, isNoise, atMs);
      if (awayMs <= 0) return;
      transport?.pause?.();
      lookAgain = timers.after(awayMs, () => {
        lookAgain = null;
        if (missedBytes > 0) missed();
        missedBytes = 0;
        transport?.resume?.();
      });
    },
    stop: () => lookAgain?.(),
  };
}
