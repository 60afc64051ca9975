/**
 * A ledger in memory, for units: its blocks are made by hand. It keeps every promise but durability and proof.
 * @module
 */
import { type AnchorLeaf, anchorLeafHash, createCompactRange, sha256 } from '@sigill/evidence';
import type { AnchorState, AnchorStatus, Ledger } from './ledger.ts';
import { LedgerError } from './ledger-error.ts';

export interface MemoryLedger {
  readonly ledger: Ledger;
  /** Makes a block with the anchors that wait. */
  mine(): void;
  /** Calls every block so far final. */
  makeFinal(): void;
  /** Makes the newest block never have been; its anchors wait again. */
  reorganise(): void;
  /** While away, nothing can be given to the ledger. */
  setAway(away: boolean): void;
}

interface Given {
  readonly rollRoot: Uint8Array;
  readonly slots: number;
  state: AnchorState;
  leaf: AnchorLeaf | null;
}

/** Block times advance by 12 s from `startTime`, in seconds. */
export function createMemoryLedger(startTime = 1_760_000_000): MemoryLedger {
  const chainId = 1337;
  const contract = new Uint8Array(20).fill(0xaa);
  const operator = new Uint8Array(20).fill(0xbb);
  const given: Given[] = [];
  const listeners = new Set<(status: AnchorStatus) => void>();
  let block = 0;
  let forks = 0;
  let away = false;

  const onChain = () => given.flatMap(({ leaf }) => leaf ?? []);
  const finals = () =>
    given.flatMap(({ state, leaf }) => (state === 'final' && leaf ? [leaf] : []));
  const statusOf = ({ rollRoot, slots, state, leaf }: Given): AnchorStatus => ({
    rollRoot,
    slots,
    state,
    leaf,
  });

  function change(one: Given, state: AnchorState, leaf: AnchorLeaf | null): void {
    one.state = state;
    one.leaf = leaf;
    for (const listener of listeners) listener(statusOf(one));
  }

  const ledger: Ledger = {
    chainId,
    contract,
    async head() {
      const tree = createCompactRange();
      for (const leaf of onChain()) tree.append(anchorLeafHash(leaf));
      return {
        root: tree.root(),
        size: tree.size,
        operator,
        lastBlock: onChain().at(-1)?.blockNumber ?? 0,
      };
    },
    async anchor(rollRoot, slots) {
      if (away)
        throw new LedgerError('LEDGER_UNREACHABLE', 'the ledger is away', { retryable: true });
      if (given.some(({ leaf }) => leaf === null))
        throw new LedgerError('ANCHOR_IN_FLIGHT', 'an earlier anchor is not in a block yet', {
          retryable: true,
        });
      const one: Given = { rollRoot, slots, state: 'signed', leaf: null };
      given.push(one);
      change(one, 'signed', null);
      change(one, 'sent', null);
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    finalAnchors: async (from, limit) => finals().slice(from, from + limit),
    provenState: () => null,
    status: () => ({
      reachable: !away,
      final: finals().length,
      pending: given.filter(({ state }) => state !== 'final').map(statusOf),
      alarm: null,
    }),
    async close() {},
  };

  return {
    ledger,
    mine() {
      block += 1;
      const parentHash = sha256(Uint8Array.of(block, forks));
      const blockTime = startTime + 12 * block;
      for (const one of given) {
        if (one.leaf !== null) continue;
        const { rollRoot, slots } = one;
        const index = onChain().length;
        change(one, 'mined', {
          chainId,
          contract,
          index,
          rollRoot,
          slots,
          blockNumber: block,
          blockTime,
          parentHash,
        });
      }
    },
    makeFinal() {
      for (const one of given) if (one.state === 'mined') change(one, 'final', one.leaf);
    },
    reorganise() {
      for (const one of given) {
        if (one.state !== 'mined' || one.leaf?.blockNumber !== block) continue;
        change(one, 'signed', null);
        change(one, 'sent', null);
      }
      block -= 1;
      forks += 1;
    },
    setAway(next) {
      away = next;
    },
  };
}
