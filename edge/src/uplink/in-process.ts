import type { Agent } from '../agent.ts';
import { type BackOffLimits, backOffMs } from '../back-off.ts';
import { EdgeError } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import type { SealedBatch } from '../sealer.ts';
import type { Timers } from '../timers.ts';
import type { OfferBatch, Uplink, UplinkStatus } from './uplink.ts';

export interface InProcessUplinkOptions {
  readonly agent: Pick<Agent, 'batches' | 'receipted' | 'status' | 'subscribe'>;
  readonly offer: OfferBatch;
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
  let state: UplinkStatus['state'] = 'idle';
  let reason: string | null = null;
  let failures = 0;
  let attempt = 0;
  let stopped = false;
  let sending: Promise<void> | null = null;
  let cancelTimer: (() => void) | null = null;
  const unsubscribe = agent.subscribe(() => wake());

  wake();

  /** Sends what there is; while it waits after a failure, new batches wait too. */
  function wake(): void {
    if (stopped || sending !== null || cancelTimer !== null) return;
    state = 'sending';
    sending = send().then(succeeded, failed);
  }

  async function send(): Promise<void> {
    const onTheWay: Promise<void>[] = [];
    try {
      for await (const batch of agent.batches(nextBatch())) {
        if (stopped) break;
        const offered = offerOne(batch, onTheWay.at(-1));
        // It is heard of when its turn comes.
        offered.catch(() => undefined);
        onTheWay.push(offered);
        // The window slides by the oldest; those behind it have failed with it if it fails.
        if (onTheWay.length >= window) await onTheWay.shift();
      }
      await Promise.all(onTheWay);
    } finally {
      await Promise.allSettled(onTheWay);
    }
  }

  /** Receipts count in order: a later batch's is worth nothing while an earlier one may be lost. */
  async function offerOne(batch: SealedBatch, before: Promise<void> | undefined): Promise<void> {
    const [taken, earlier] = await Promise.allSettled([offer(batch), before]);
    if (earlier.status === 'rejected') throw earlier.reason;
    if (taken.status === 'rejected') throw taken.reason;
    const { batch: number } = taken.value;
    if (number !== batch.number) {
      throw new EdgeError(
        'RECEIPT_MISMATCH',
        `receipt for batch ${batch.number} expected, got one for ${number}`,
      );
    }
    agent.receipted(number + 1);
    attempt = 0;
  }

  function nextBatch(): number {
    return agent.status().position?.receiptedBefore ?? 0;
  }

  function succeeded(): void {
    sending = null;
    reason = null;
    state = stopped ? 'stopped' : 'idle';
    // A batch may have been sealed between the last look and here.
    const { position } = agent.status();
    if (position !== null && position.sealedBefore > position.receiptedBefore) wake();
  }

  function failed(error: unknown): void {
    sending = null;
    failures++;
    if (stopped) {
      state = 'stopped';
      return;
    }
    state = 'waiting';
    reason = String(error);
    const delayMs = backOffMs(attempt++, backOff, options.random);
    log.warn({ reason, attempt, delayMs }, 'batches wait for their receipt');
    cancelTimer = timers.after(delayMs, () => {
      cancelTimer = null;
      wake();
    });
  }

  return {
    status: () => ({ state, reason, failures }),
    async stop() {
      stopped = true;
      unsubscribe();
      cancelTimer?.();
      await sending;
      state = 'stopped';
    },
  };
}
