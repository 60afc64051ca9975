import { type BackOffLimits, backOffMs } from '@sigill/firmware-bridge';
import type { Agent } from '../agent.ts';
import { EdgeError } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import type { SealedBatch } from '../sealer.ts';
import type { Timers } from '../timers.ts';
import type { Uplink, UplinkStatus } from './uplink.ts';

export interface SenderOptions {
  readonly agent: Pick<Agent, 'batches' | 'receipted' | 'status' | 'subscribe'>;
  /** Resolves when the batch is durable at the other side and that is proven, or is settled without. */
  readonly offer: (batch: SealedBatch) => Promise<Settled>;
  /** Makes durable what proves it, before the agent counts the receipt. */
  readonly keepProof?: () => Promise<void>;
  /** Called once, when the journal could not be read time after time. */
  readonly onDamaged?: (reason: string) => void;
  /** Batches below count as receipted, and the last of them has its receipt. */
  readonly onReceipted?: (beforeBatch: number) => void;
  readonly window: SendWindow;
  readonly timers: Timers;
  /** A number from 0 up to 1, for the jitter. */
  readonly random: () => number;
  readonly backOff?: BackOffLimits;
  readonly log?: Log;
}

/**
 * How the other side is done with a batch. `inherited`: a log that is closed by now had it, and gives no receipt any more;
 * its bytes are kept until a later batch has one.
 */
export type Settled = 'receipted' | 'inherited';

/** What may be on its way without a receipt; one batch always may. */
export interface SendWindow {
  readonly batches: number;
  readonly bytes: number;
}

// A cable or a bus may fail once; a card that gives the same damage again and again has lost it.
const DAMAGE_TRIES = 5;
const DEFAULT_BACK_OFF: BackOffLimits = { firstMs: 500, maxMs: 60_000 };

/** Offers an agent's batches from the first without a receipt, in order, again and again, until each has its own. */
export function startSender(options: SenderOptions): Uplink {
  const { agent, offer, window, timers, log = silentLog } = options;
  const backOff = options.backOff ?? DEFAULT_BACK_OFF;
  let onTheWay = 0;
  let bytesOnTheWay = 0;
  let attempt = 0;
  let failures = 0;
  let damages = 0;
  let reason: string | null = null;
  let stopped = false;
  let changes = 0;
  let wake: () => void = () => undefined;
  const unsubscribe = agent.subscribe(changed);
  const working = work();

  /** Something was sealed, receipted, refused or stopped. */
  function changed(): void {
    changes++;
    wake();
  }

  async function changeSince(seen: number): Promise<void> {
    if (changes !== seen) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }

  async function work(): Promise<void> {
    while (!stopped) {
      try {
        await send();
      } catch (error) {
        if (stopped) return;
        failures++;
        reason = describe(error);
        const isDamage = error instanceof EdgeError && error.code === 'JOURNAL_CORRUPT';
        damages = isDamage ? damages + 1 : 0;
        if (damages === DAMAGE_TRIES) options.onDamaged?.(reason);
        await pause();
      }
    }
  }

  async function send(): Promise<void> {
    let next = agent.status().position?.receiptedBefore ?? 0;
    let last: Promise<void> = Promise.resolve();
    let failure: { readonly error: unknown } | null = null as { readonly error: unknown } | null;
    try {
      while (!stopped && failure === null) {
        const seen = changes;
        for await (const batch of agent.batches(next)) {
          while (!hasRoomFor(batch) && failure === null && !stopped) await changeSince(changes);
          if (stopped || failure !== null) break;
          next = batch.number + 1;
          last = offerOne(batch, last).catch((error) => {
            failure ??= { error };
            changed();
          });
        }
        if (failure === null) await changeSince(seen);
      }
    } finally {
      await last;
    }
    if (failure !== null) throw failure.error;
  }

  function hasRoomFor({ bytes }: SealedBatch): boolean {
    if (onTheWay === 0) return true;
    return onTheWay < window.batches && bytesOnTheWay + bytes.length <= window.bytes;
  }

  /** Receipts count in order: a later batch's is worth nothing while an earlier one may be lost. */
  async function offerOne(batch: SealedBatch, before: Promise<void>): Promise<void> {
    onTheWay++;
    bytesOnTheWay += batch.bytes.length;
    try {
      const [taken] = await Promise.allSettled([offer(batch), before]);
      if (taken.status === 'rejected') throw taken.reason;
      if (taken.value === 'receipted') await options.keepProof?.();
      count(batch.number, taken.value);
    } finally {
      onTheWay--;
      bytesOnTheWay -= batch.bytes.length;
      changed();
    }
  }

  function count(number: number, settled: Settled): void {
    const receiptedBefore = agent.status().position?.receiptedBefore ?? -1;
    if (receiptedBefore < number) {
      throw new EdgeError('RECEIPT_MISMATCH', `batch ${number} cannot have its receipt yet`, {
        retryable: true,
      });
    }
    if (receiptedBefore > number) return;
    agent.receipted(number + 1);
    attempt = 0;
    reason = null;
    if (settled === 'receipted') options.onReceipted?.(number + 1);
  }

  /** After a failure; what is sealed meanwhile waits too. */
  async function pause(): Promise<void> {
    const delayMs = backOffMs(attempt++, backOff, options.random);
    log.warn({ reason, attempt, delayMs }, 'batches wait for their receipt');
    let due = false;
    const cancel = timers.after(delayMs, () => {
      due = true;
      changed();
    });
    while (!due && !stopped) await changeSince(changes);
    cancel();
  }

  function status(): UplinkStatus {
    const state = stopped
      ? 'stopped'
      : onTheWay > 0
        ? 'sending'
        : reason === null
          ? 'idle'
          : 'waiting';
    return { state, reason, failures };
  }

  return {
    status,
    async stop() {
      stopped = true;
      unsubscribe();
      changed();
      await working;
    },
  };
}

function describe(error: unknown): string {
  return error instanceof EdgeError ? `${error.code}: ${error.message}` : String(error);
}
