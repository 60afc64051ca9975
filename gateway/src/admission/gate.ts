/**
 * Whether the site log may grow. At a start it waits for the cloud's word that this disk is not an older copy, but not
 * for long: a box without a cloud in reach must run. Held, it takes nothing until the cloud was asked.
 * @module
 */
import { GatewayError } from '../errors.ts';
import type { Timers } from '../timers.ts';

export interface Gate {
  /** Null: it may grow. */
  closedFor(): string | null;
  /** Resolves when it may grow, or when the gateway stops. */
  opened(): Promise<void>;
  open(): void;
  /** Until it is opened again. */
  hold(reason: string): void;
  /** Held: not only waiting as at each start. */
  isHeld(): boolean;
}

/** @param waitMs null: there is no cloud to ask */
export function createGate(timers: Timers, waitMs: number | null, signal: AbortSignal): Gate {
  const first =
    waitMs !== null
      ? 'the gateway has just started and first asks its cloud whether this disk is up to date'
      : null;
  let reason: string | null = first;
  const waiting: (() => void)[] = [];
  const gate: Gate = {
    closedFor: () => reason,
    opened() {
      if (reason === null || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
    open() {
      reason = null;
      for (const resolve of waiting.splice(0)) resolve();
    },
    hold(why) {
      reason = why;
    },
    isHeld: () => reason !== null && reason !== first,
  };
  const begun = waitMs === null ? Promise.resolve() : timers.wait(waitMs, signal);
  void begun.then(() => {
    if (reason === first && !signal.aborted) gate.open();
  });
  signal.addEventListener('abort', () => {
    for (const resolve of waiting.splice(0)) resolve();
  });
  return gate;
}

export function assertOpen(gate: Gate): void {
  const reason = gate.closedFor();
  if (reason === null) return;
  throw new GatewayError('GATEWAY_STARTING', `nothing is taken yet: ${reason}`, {
    retryable: true,
  });
}
