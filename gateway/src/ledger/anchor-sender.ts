/**
 * Sees an anchor into a block: signs, gives it to the node, raises its fees while it waits, signs again when its nonce
 * is gone. Whether it was appended is for the chain to say, never for a transaction's hash.
 * @module
 */
import { hexlify } from 'ethers';
import type { AnchorJournal, PendingAnchor } from './anchor-journal.ts';
import {
  type Account,
  feesOf,
  raiseTransaction,
  signAnchor,
  transactionHash,
} from './anchor-transaction.ts';
import { bytes, quantity } from './chain-reader.ts';
import type { ChainView } from './chain-view.ts';
import { formatGwei, priceOf } from './fees.ts';
import { LedgerError } from './ledger-error.ts';

export interface AnchorSender {
  /** Signs an anchor for the log as it is in this view. */
  sign(anchor: { rollRoot: Uint8Array; slots: number }, view: ChainView): Promise<PendingAnchor>;
  /**
   * Does what is missing for the oldest anchor that waits for a block, and gives the node all that wait, oldest first.
   * Gives what keeps it out of a block, if anything is known to.
   */
  push(view: ChainView, waits: (pending: PendingAnchor) => boolean): Promise<LedgerError | null>;
  /** Whether a node has taken it, in this process's life. */
  isSent(pending: PendingAnchor): boolean;
  /** A node may have forgotten it. */
  forget(pending: PendingAnchor): void;
}

export interface SenderParts {
  readonly account: Account;
  readonly journal: Pick<AnchorJournal, 'pending' | 'setPending'>;
  readonly now: () => number;
  /** How long a transaction may wait in the pool before its fees are raised. */
  readonly bumpAfterMs: number;
  readonly changed: () => void;
}

export function createAnchorSender(parts: SenderParts): AnchorSender {
  const { account, journal, now } = parts;
  const { rpc, signer } = account;
  const sent = new Set<string>();
  let refused: string | null = null; // the transaction a node would not take last

  async function sign(
    { rollRoot, slots }: { rollRoot: Uint8Array; slots: number },
    view: ChainView,
  ): Promise<PendingAnchor> {
    const nonce = await usedNonces('latest');
    const transaction = await signAnchor(account, { rollRoot, slots, peaks: view.peaks }, nonce);
    return {
      ...{ rollRoot: hexlify(rollRoot), slots, index: view.head.size, nonce },
      ...{ transactions: [transaction], signedAt: now() },
    };
  }

  async function usedNonces(block: string): Promise<number> {
    return Number(await rpc.call<string>('eth_getTransactionCount', signer.address, block));
  }

  /**
   * At the same place in the log it is the same anchor, whichever transaction appends it, and the contract takes only
   * one of them. At another place an old transaction could append it a second time, until a final block has used its
   * nonce otherwise.
   */
  async function maySignAgain({ index, nonce }: PendingAnchor, view: ChainView): Promise<boolean> {
    if (view.head.size === index) return true;
    const { number } = view.final;
    return number !== null && (await usedNonces(quantity(number))) > nonce;
  }

  async function replace(old: PendingAnchor, next: PendingAnchor): Promise<void> {
    await journal.setPending(journal.pending.map((one) => (one === old ? next : one)));
  }

  /** Our own may have been mined without effect, after a reorg; any other was signed elsewhere with our key. */
  async function whoTookNonce({ nonce, transactions }: PendingAnchor): Promise<LedgerError | null> {
    for (const signed of transactions)
      if ((await rpc.call('eth_getTransactionReceipt', transactionHash(signed))) !== null)
        return null;
    return new LedgerError(
      'LEDGER_NONCE_TAKEN',
      `nonce ${nonce} of ${signer.address} was used by a transaction that was not signed here: another program uses this account; the anchor is signed again`,
    );
  }

  /** Gives what is wrong with the offer, if anything. */
  async function raise(pending: PendingAnchor): Promise<LedgerError | null> {
    const newest = newestOf(pending);
    const { signed, offer } = await raiseTransaction(account, newest);
    if (signed !== null) {
      const transactions = [...pending.transactions, signed];
      const raised = { ...pending, transactions, signedAt: now() };
      await replace(pending, raised);
      await send(raised);
    } else if (priceOf(feesOf(newest)) === 0n) return null; // where gas is free, nothing gets ahead by offering more
    if (signed !== null && offer.beyondCap === null) return null;
    const asked =
      offer.beyondCap === null ? '' : `, and the chain asks ${formatGwei(offer.beyondCap)}`;
    return new LedgerError(
      'LEDGER_FEE_CAP',
      `the anchor waits with an offer of ${formatGwei(priceOf(feesOf(signed ?? newest)))}, as high as ledger.maxFeeGwei allows${asked}`,
    );
  }

  async function send(pending: PendingAnchor): Promise<void> {
    const transaction = newestOf(pending);
    if ((await rpc.call('eth_getTransactionByHash', transactionHash(transaction))) === null)
      try {
        await rpc.call('eth_sendRawTransaction', transaction);
      } catch (error) {
        // A node also refuses what was mined a moment ago, and the next look shows that. Twice is no such moment.
        if (refused === transaction) throw error;
        refused = transaction;
        return;
      }
    refused = null;
    sent.add(transaction);
    parts.changed();
  }

  let atCap: LedgerError | null = null;
  return {
    sign,
    async push(view, waits) {
      const oldest = journal.pending.find(waits);
      if (oldest === undefined) {
        atCap = null;
        return null;
      }
      const used = await usedNonces(quantity(view.latest));
      if (used !== oldest.nonce) {
        const taken = used > oldest.nonce ? await whoTookNonce(oldest) : null;
        if (!(await maySignAgain(oldest, view))) return taken;
        const { rollRoot, slots } = oldest;
        const again = await sign({ rollRoot: bytes(rollRoot), slots }, view);
        await replace(oldest, again);
        await send(again);
        return taken;
      }
      const isDue = now() - oldest.signedAt >= parts.bumpAfterMs;
      try {
        for (const one of journal.pending.filter(waits)) await send(one);
      } catch (error) {
        if (!isDue) throw error; // nodes refuse what offers less than they ask: then more is offered
      }
      if (isDue) atCap = await raise(oldest);
      return atCap;
    },
    isSent: (pending) => sent.has(newestOf(pending)),
    forget: (pending) => sent.delete(newestOf(pending)),
  };
}

function newestOf(pending: PendingAnchor): string {
  return pending.transactions.at(-1) ?? '';
}
