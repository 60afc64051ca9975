import { type BackOffLimits, backOffMs } from '@sigill/firmware-bridge';
import type { Agent } from '../agent.ts';
import { EdgeError } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import type { SealedBatch } from '../sealer.ts';
import type { Timers } from '../timers.ts';
import { createReceiptCheck, type SiteLogName } from './receipt-check.ts';
import type { OfferBatch, Uplink, UplinkStatus } from './uplink.ts';

export interface InProcessUplinkOptions {
  readonly agent: Pick<Agent, 'batches' | 'receipted' | 'status' | 'subscribe'>;
  readonly offer: OfferBatch;
  /** Whose receipts count. */
  readonly siteLog: SiteLogName;
  readonly timers: Timers;
  /** A number from 0 up to 1, for the jitter. */
  readonly random: () => number;
  /** Batches on their way at once: the receiver makes many durable with one sync. */
  readonly window?: number;
  readonly backOff?: BackOffLimits;
  readonly log?: Log;
}

const DEFAULT_WINDOW = 16;
const DEFAULT_BACK_OFF: BackOffLimits = { firstMs: 500, maxMs: 60_000 };

/** For an agent on the gateway's own box: the batch is handed over, the journal shared. */
export function startInProcessUplink(options: InProcessUplinkOptions): Uplink {
  const { agent, offer, timers, log = silentLog } = options;
  const window = options.window ?? DEFAULT_WINDOW;
  const backOff = options.backOff ?? DEFAULT_BACK_OFF;
  const checkReceipt = createReceiptCheck(options.siteLog);
  let onTheWay = 0;
  let attempt = 0;
  let failures = 0;
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
        failures++;
        reason = String(error);
        await pause();
      }
    }
  }

  /** Offers batches from the first without a receipt, until one fails. */
  async function send(): Promise<void> {
    let next = agent.status().position?.receiptedBefore ?? 0;
    let last: Promise<void> = Promise.resolve();
    let failure: { readonly error: unknown } | null = null as { readonly error: unknown } | null;
    try {
      while (!stopped && failure === null) {
        const seen = changes;
        for await (const batch of agent.batches(next)) {
          while (onTheWay >= window && failure === null) await changeSince(changes);
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

  /** Receipts count in order: a later batch's is worth nothing while an earlier one may be lost. */
  async function offerOne(batch: SealedBatch, before: Promise<void>): Promise<void> {
    onTheWay++;
    try {
      const [taken] = await Promise.allSettled([offer(batch), before]);
      if (taken.status === 'rejected') throw taken.reason;
      const { batch: number, proof } = taken.value;
      if (number !== batch.number) {
        throw new EdgeError(
          'RECEIPT_MISMATCH',
          `receipt for batch ${batch.number} expected, got one for ${number}`,
        );
      }
      checkReceipt(batch, proof);
      const receiptedBefore = agent.status().position?.receiptedBefore ?? -1;
      if (receiptedBefore < number) {
        throw new EdgeError('RECEIPT_MISMATCH', `batch ${number} cannot have its receipt yet`, {
          retryable: true,
        });
      }
      if (receiptedBefore === number) {
        agent.receipted(number + 1);
        attempt = 0;
        reason = null;
      }
    } finally {
      onTheWay--;
      changed();
    }
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
