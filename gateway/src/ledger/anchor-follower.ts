/**
 * Brings anchors from signed to final. Each step looks at the chain and does what is missing; nothing is remembered
 * about a transaction but its bytes, so a restart, a reorg and a lost answer are all the same case.
 * @module
 */
import {
  anchorLeafHash,
  createCompactRange,
  equalBytes,
  verifyLedgerState,
} from '@sigill/evidence';
import { hexlify } from 'ethers';
import type { AnchorJournal, PendingAnchor } from './anchor-journal.ts';
import { type Account, raiseFees, signAnchor, transactionHash } from './anchor-transaction.ts';
import { bytes, type ChainAnchor, quantity, readHeader, readStateProof } from './chain-reader.ts';
import { type ChainView, readView } from './chain-view.ts';
import type { AnchorStatus, ProvenState } from './ledger.ts';
import { LedgerError } from './ledger-error.ts';
import { resume } from './resume.ts';

export interface AnchorFollower {
  /** Looks, and does what is missing. One call at a time. */
  step(): Promise<void>;
  /** Signs an anchor and keeps it. After a `step`, and only when all before it are mined. */
  add(rollRoot: Uint8Array, slots: number): Promise<void>;
  statuses(): readonly AnchorStatus[];
  provenState(): ProvenState | null;
}

export interface FollowerParts {
  readonly account: Account;
  readonly journal: AnchorJournal;
  readonly now: () => number;
  /** How long a transaction may wait in the pool before its fees are raised. */
  readonly bumpAfterMs: number;
  /** The block that created the contract, or any before it. */
  readonly fromBlock: number;
  readonly changed: (status: AnchorStatus) => void;
}

export async function createAnchorFollower(parts: FollowerParts): Promise<AnchorFollower> {
  const { account, journal, now } = parts;
  const { rpc, contract } = account;
  const { tree, ...known } = await resume(journal, contract);
  let fromBlock = known.lastBlock ?? parts.fromBlock;
  let proven = known.proven;
  let view: ChainView | null = null;
  const sent = new Set<string>(); // transactions a node has taken, in this process's life
  let refused: string | null = null; // the transaction a node would not take last
  let told: AnchorStatus[] = statuses();

  function statuses(): AnchorStatus[] {
    return journal.pending.map((pending) => {
      const leaf = minedAs(pending, view)?.leaf ?? null;
      const state = leaf !== null ? 'mined' : sent.has(newest(pending)) ? 'sent' : 'signed';
      return { rollRoot: bytes(pending.rollRoot), slots: pending.slots, state, leaf };
    });
  }

  /** Pending anchors keep their order, and final ones leave at the front, so positions tell which is which. */
  function tellChanges(gone = 0): void {
    const next = statuses();
    for (const [at, status] of next.entries()) {
      const before = told[at + gone];
      const same = before?.state === status.state && sameLeaf(before, status);
      if (!same) parts.changed(status);
    }
    told = next;
  }

  async function look(): Promise<ChainView> {
    const before = view;
    view = await readView(account, { tree, fromBlock }, before);
    // What a reorg has thrown out must be given to the node again: it may have forgotten it.
    for (const one of journal.pending)
      if (minedAs(one, before) !== undefined && minedAs(one, view) === undefined)
        sent.delete(newest(one));
    tellChanges();
    return view;
  }

  /** What lies in final blocks, with the proof of it, is kept; only then it is called final. */
  async function keepFinal(current: ChainView): Promise<void> {
    const { finalBlock, anchors } = current;
    if (finalBlock === null || !anchors.some(({ leaf }) => leaf.blockNumber <= finalBlock)) return;
    const number = quantity(finalBlock);
    const header = await readHeader(rpc, number);
    const proof = { header: header.encoded, ...(await readStateProof(rpc, contract, number)) };
    const state = verifyLedgerState(proof, contract);
    const news = anchors.filter(({ leaf }) => leaf.index < state.size);
    const grown = createCompactRange(tree.size, tree.peaks);
    for (const { leaf } of news) grown.append(anchorLeafHash(leaf));
    if (grown.size !== state.size || !equalBytes(grown.root(), state.root))
      throw new LedgerError(
        'LEDGER_DISAGREES',
        'the proven state has another root than its anchors',
        { retryable: true },
      );

    const settled = journal.pending.filter((one) => minedAs(one, { anchors: news }) !== undefined);
    const finals = statuses().slice(0, settled.length);
    const open = journal.pending.filter((one) => !settled.includes(one));
    await journal.settle(
      news.map(({ leaf }) => leaf),
      proof,
      open,
    );
    for (const { leaf } of news) tree.append(anchorLeafHash(leaf));
    fromBlock = news.at(-1)?.leaf.blockNumber ?? fromBlock;
    proven = { proof, state };
    view = { ...current, anchors: anchors.slice(news.length) };
    for (const status of finals) parts.changed({ ...status, state: 'final' });
    tellChanges(settled.length);
  }

  /** Sees to the oldest anchor that is not mined; those after it were signed for a log that holds it. */
  async function push(current: ChainView): Promise<void> {
    const pending = journal.pending.find((one) => minedAs(one, current) === undefined);
    if (pending === undefined) return;
    if (await isSpent(pending, current)) await replace(pending, await signAgain(pending, current));
    else if (now() - pending.signedAt >= parts.bumpAfterMs)
      await replace(pending, {
        ...pending,
        transactions: [...pending.transactions, await raiseFees(account, newest(pending))],
        signedAt: now(),
      });
    for (const one of journal.pending) if (minedAs(one, current) === undefined) await send(one);
  }

  /** Whether a final block has used the nonce otherwise: then none of its transactions can ever append it. */
  async function isSpent(pending: PendingAnchor, current: ChainView): Promise<boolean> {
    if (current.finalBlock === null) return false;
    const used = await rpc.call<string>(
      'eth_getTransactionCount',
      account.wallet.address,
      quantity(current.finalBlock),
    );
    return Number(used) > pending.nonce;
  }

  async function signAgain(pending: PendingAnchor, current: ChainView): Promise<PendingAnchor> {
    return sign(bytes(pending.rollRoot), pending.slots, current);
  }

  async function sign(
    rollRoot: Uint8Array,
    slots: number,
    current: ChainView,
  ): Promise<PendingAnchor> {
    const nonce = Number(
      await rpc.call<string>('eth_getTransactionCount', account.wallet.address, 'latest'),
    );
    const transaction = await signAnchor(account, { rollRoot, slots, peaks: current.peaks }, nonce);
    const index = current.head.size;
    return {
      rollRoot: hexlify(rollRoot),
      slots,
      index,
      nonce,
      transactions: [transaction],
      signedAt: now(),
    };
  }

  async function replace(old: PendingAnchor, next: PendingAnchor): Promise<void> {
    await journal.setPending(journal.pending.map((one) => (one === old ? next : one)));
  }

  async function send(pending: PendingAnchor): Promise<void> {
    const transaction = newest(pending);
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
    tellChanges();
  }

  return {
    async step() {
      await keepFinal(await look());
      if (view !== null) await push(view);
    },
    async add(rollRoot, slots) {
      if (view === null || journal.pending.some((one) => minedAs(one, view) === undefined))
        throw new LedgerError('ANCHOR_IN_FLIGHT', 'an earlier anchor is not in a block yet', {
          retryable: true,
        });
      const pending = await sign(rollRoot, slots, view);
      await journal.setPending([...journal.pending, pending]);
      tellChanges();
    },
    statuses,
    provenState: () => proven,
  };
}

function newest(pending: PendingAnchor): string {
  return pending.transactions.at(-1) ?? '';
}

/** The anchor as the chain has it: recognised by its place and content, never by a transaction's hash. */
function minedAs(
  pending: PendingAnchor,
  view: Pick<ChainView, 'anchors'> | null,
): ChainAnchor | undefined {
  return view?.anchors.find(
    ({ leaf }) =>
      leaf.index === pending.index &&
      leaf.slots === pending.slots &&
      equalBytes(leaf.rollRoot, bytes(pending.rollRoot)),
  );
}

function sameLeaf({ leaf: left }: AnchorStatus, { leaf: right }: AnchorStatus): boolean {
  if (left === null || right === null) return left === right;
  return equalBytes(anchorLeafHash(left), anchorLeafHash(right));
}
