import type { BackOffLimits } from '@sigill/firmware-bridge';
import type { Agent } from '../agent.ts';
import { EdgeError } from '../errors.ts';
import { holdReasonOf, INHERITED } from '../hold-reason.ts';
import type { Log } from '../log.ts';
import type { SealedBatch } from '../sealer.ts';
import type { Timers } from '../timers.ts';
import { createReceiptCheck, type SiteLogName } from './receipt-check.ts';
import { startSender } from './sender.ts';
import type { BatchReceipt, OfferBatch, Uplink } from './uplink.ts';

export interface InProcessUplinkOptions {
  readonly agent: Pick<
    Agent,
    'batches' | 'hold' | 'publicKey' | 'receipted' | 'status' | 'subscribe'
  >;
  readonly offer: OfferBatch;
  /** Whose receipts count. */
  readonly siteLog: SiteLogName;
  readonly timers: Timers;
  /** A number from 0 up to 1, for the jitter. */
  readonly random: () => number;
  /** Batches on their way at once: the receiver makes many durable with one sync. */
  readonly window?: number;
  readonly backOff?: BackOffLimits;
  /** The journal cannot be read where the next batch stands, however often it is tried. */
  readonly onDamaged?: (reason: string) => void;
  readonly log?: Log;
}

const DEFAULT_WINDOW = 16;

/** For an agent on the gateway's own box: the batch is handed over, the journal shared. */
export function startInProcessUplink({
  window,
  siteLog,
  ...options
}: InProcessUplinkOptions): Uplink {
  const { agent } = options;
  const check = createReceiptCheck(siteLog, agent.publicKey);

  /** Whose key is out seals no more, until it is let in again. Null: settled without a receipt. */
  async function take(batch: SealedBatch): Promise<BatchReceipt | null> {
    try {
      const receipt = await options.offer(batch);
      if (agent.status().held !== null) agent.hold(null);
      return receipt;
    } catch (error) {
      const { code, message } = error as { code?: unknown; message?: unknown };
      if (code === INHERITED) return null;
      const out = holdReasonOf(String(code), String(message));
      if (out !== null) agent.hold(out);
      throw error;
    }
  }

  return startSender({
    ...options,
    // Nothing is copied: what is on its way costs no memory of its own.
    window: { batches: window ?? DEFAULT_WINDOW, bytes: Number.POSITIVE_INFINITY },
    async offer(batch) {
      const receipt = await take(batch);
      if (receipt === null) return 'inherited';
      if (receipt.batch !== batch.number) {
        throw new EdgeError(
          'RECEIPT_MISMATCH',
          `receipt for batch ${batch.number} expected, got one for ${receipt.batch}`,
        );
      }
      check(batch, receipt);
      return 'receipted';
    },
  });
}
