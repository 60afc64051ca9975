/**
 * Brings anchors from signed to final. Each step looks at the chain and does what is missing; nothing is remembered
 * about a transaction but its bytes, so a restart, a reorg and a lost answer are all the same case.
 * @module
 */
import { anchorLeafHash, equalBytes } from '@sigill/evidence';
import type { AnchorJournal, PendingAnchor } from './anchor-journal.ts';
import { createAnchorSender } from './anchor-sender.ts';
import type { Account } from './anchor-transaction.ts';
import { bytes, type ChainAnchor } from './chain-reader.ts';
import { type ChainView, readView } from './chain-view.ts';
import type { Endpoints } from './endpoints.ts';
import type { AnchorStatus, ProvenState } from './ledger.ts';
import { LedgerError } from './ledger-error.ts';
import { findContradiction, proveFinal } from './prove-final.ts';
import { resume } from './resume.ts';

export interface AnchorFollower {
  /** Looks, and does what is missing; gives what is not as it should be, if it does not stop the rest. One call at a time. */
  step(): Promise<Error | null>;
  /** Signs an anchor and keeps it. After a `step`, and only when all before it are mined. */
  add(rollRoot: Uint8Array, slots: number): Promise<void>;
  statuses(): readonly AnchorStatus[];
  provenState(): ProvenState | null;
}

export interface FollowerParts {
  readonly account: Account & { readonly rpc: Endpoints };
  readonly journal: AnchorJournal;
  readonly now: () => number;
  /** How long a transaction may wait in the pool before its fees are raised. */
  readonly bumpAfterMs: number;
  /** The block that created the contract, or any before it. */
  readonly fromBlock: number;
  readonly changed: (status: AnchorStatus) => void;
}

export async function createAnchorFollower(parts: FollowerParts): Promise<AnchorFollower> {
  const { account, journal } = parts;
  const { rpc } = account;
  const { tree, ...known } = await resume(journal, account);
  let fromBlock = known.lastBlock ?? parts.fromBlock;
  let proven = known.proven;
  let view: ChainView | null = null;
  const sender = createAnchorSender({ ...parts, changed: () => tellChanges() });
  let told: AnchorStatus[] = statuses();

  function statuses(): AnchorStatus[] {
    return journal.pending.map((pending) => {
      const leaf = minedAs(pending, view)?.leaf ?? null;
      const state = leaf !== null ? 'mined' : sender.isSent(pending) ? 'sent' : 'signed';
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
    view = await readView(account, { tree, fromBlock }, before).catch(async (error: unknown) => {
      throw (await findContradiction(rpc, proven)) ?? error;
    });
    // What a reorg has thrown out must be given to the node again: it may have forgotten it.
    for (const one of journal.pending)
      if (minedAs(one, before) !== undefined && minedAs(one, view) === undefined)
        sender.forget(one);
    tellChanges();
    return view;
  }

  /** What is final is kept with the proof of it; only then it is called final. */
  async function keepFinal(current: ChainView): Promise<void> {
    const news = await proveFinal(account, tree, current);
    if (news === null) return;
    const contradiction = await findContradiction(rpc, proven);
    if (contradiction !== null) throw contradiction;
    const { leaves, proof, state } = news;
    const { anchors } = current;
    const settled = journal.pending.filter((one) =>
      minedAs(one, { anchors: anchors.slice(0, leaves.length) }),
    );
    const finals = statuses().slice(0, settled.length);
    const open = journal.pending.filter((one) => !settled.includes(one));
    await journal.settle(leaves, proof, open);
    for (const leaf of leaves) tree.append(anchorLeafHash(leaf));
    fromBlock = leaves.at(-1)?.blockNumber ?? fromBlock;
    proven = { proof, state };
    view = { ...current, anchors: anchors.slice(leaves.length) };
    for (const status of finals) parts.changed({ ...status, state: 'final' });
    tellChanges(settled.length);
  }

  return {
    async step() {
      const current = await look();
      // That nothing can be called final does not keep anchors from the chain.
      const doubt = await keepFinal(current).then(
        () => null,
        (error: Error) => error,
      );
      const waiting = (one: PendingAnchor) => minedAs(one, view) === undefined;
      return (await sender.push(view ?? current, waiting)) ?? doubt;
    },
    async add(rollRoot, slots) {
      if (view === null || journal.pending.some((one) => minedAs(one, view) === undefined))
        throw new LedgerError('ANCHOR_IN_FLIGHT', 'an earlier anchor is not in a block yet', {
          retryable: true,
        });
      const pending = await sender.sign({ rollRoot, slots }, view);
      await journal.setPending([...journal.pending, pending]);
      tellChanges();
    },
    statuses,
    provenState: () => proven,
  };
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
