/**
 * The ledger on an EVM chain: AnchorLog through a node's JSON-RPC.
 * @module
 */
import { backOffMs } from '@sigill/firmware-bridge';
import type { Tell } from '../events.ts';
import type { Timers } from '../timers.ts';
import type { AnchorChain } from './anchor-chain.ts';
import { createAnchorFollower } from './anchor-follower.ts';
import { openAnchorJournal } from './anchor-journal.ts';
import { readHead } from './chain-reader.ts';
import { createEndpoints, type Endpoint } from './endpoints.ts';
import type { AnchorStatus, Ledger, LedgerStatus } from './ledger.ts';
import { LedgerError } from './ledger-error.ts';
import { createLedgerWatch } from './ledger-watch.ts';
import type { Signer } from './signer.ts';

export interface EvmLedgerParts extends Omit<AnchorChain, 'rpc'> {
  /** Nodes of the chain, one or more; the first that is well is asked, and all about what is final. */
  readonly endpoints: readonly Endpoint[];
  /** How many of them must know a block before it is final; more than half, if nobody says. */
  readonly agree?: number;
  /** keccak-256 of the contract's code as 0x…; absent, any code is taken. */
  readonly codeHash?: string;
  /** For the operator's account. */
  readonly signer: Signer;
  /** The most an anchor may offer, in wei per gas. */
  readonly feeCap?: bigint;
  /** An existing directory of its own. */
  readonly directory: string;
  readonly timers: Timers;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly tell: Tell;
  /** How often anchors are promised; an alarm after two intervals without one. */
  readonly intervalMs: number;
  /** How often the chain is looked at. */
  readonly pollMs: number;
  readonly bumpAfterMs?: number;
  readonly fromBlock?: number;
}

const DEFAULT_BUMP_AFTER_MS = 120_000; // ten blocks of Ethereum
const MAX_WAIT_MS = 60_000;
const DEFAULT_FEE_CAP = 300n * 10n ** 9n; // 300 gwei: an anchor of 50,000 gas then costs 0.015 ether at the most

/** Opens without asking the chain, so that a gateway starts while the ledger is away. */
export async function openEvmLedger(parts: EvmLedgerParts): Promise<Ledger> {
  const { chainId, contract, timers, endpoints } = parts;
  const rpc = createEndpoints({
    ...{ endpoints, chainId, contract, now: timers.now, tell: parts.tell },
    agree: parts.agree ?? Math.floor(endpoints.length / 2) + 1,
    codeHash: parts.codeHash ?? null,
  });
  const journal = await openAnchorJournal(parts.directory, { chainId, contract });
  const listeners = new Set<(status: AnchorStatus) => void>();
  const closing = new AbortController();
  const watch = createLedgerWatch({ ...parts, now: timers.now });

  const follower = await createAnchorFollower({
    account: { ...parts, rpc, feeCap: parts.feeCap ?? DEFAULT_FEE_CAP },
    journal,
    now: timers.now,
    bumpAfterMs: parts.bumpAfterMs ?? DEFAULT_BUMP_AFTER_MS,
    fromBlock: parts.fromBlock ?? 0,
    changed(status) {
      if (status.state === 'mined') watch.mined();
      for (const listener of listeners) listener(status);
    },
  });

  // One thing at a time: what a step decides rests on what it read.
  let turn: Promise<unknown> = Promise.resolve();
  function exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  }

  /** Whether all is well. @throws LedgerError when the chain cannot be followed */
  async function step(): Promise<boolean> {
    try {
      await rpc.check();
      const doubt = await follower.step();
      if (doubt === null) watch.heal();
      else watch.note(doubt);
      return doubt === null;
    } catch (error) {
      rpc.rotate();
      throw watch.note(error);
    }
  }

  async function follow(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      failures = await exclusively(step).then(
        (well) => (well ? 0 : failures + 1),
        () => failures + 1,
      );
      watch.look();
      const backOff = { firstMs: parts.pollMs, maxMs: MAX_WAIT_MS };
      const waitMs = failures === 0 ? parts.pollMs : backOffMs(failures, backOff, parts.random);
      await timers.wait(waitMs, closing.signal);
    }
  }
  const following = follow();

  return {
    chainId,
    contract,
    async head() {
      await rpc.check();
      return readHead(rpc, contract, 'latest');
    },
    anchor: (rollRoot, slots) =>
      exclusively(async () => {
        await step();
        await follower.add(rollRoot, slots).catch((error: unknown) => {
          throw error instanceof LedgerError && error.code === 'ANCHOR_IN_FLIGHT'
            ? error
            : watch.note(error);
        });
        // The anchor is durable; the node is given it now, and again by every step if this fails.
        await step().catch(() => {});
      }),
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    finalAnchors: (from, limit) => journal.read(from, limit),
    provenState: follower.provenState,
    status(): LedgerStatus {
      return { ...watch.status(), final: journal.count, pending: follower.statuses() };
    },
    async close() {
      closing.abort();
      await following;
      await turn;
      await journal.close();
    },
  };
}
