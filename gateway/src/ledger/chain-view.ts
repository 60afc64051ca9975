/**
 * One look at the anchor log: its head, and the anchors not yet known to be final, checked against the head's root.
 * @module
 */
import {
  anchorLeafHash,
  type CompactRange,
  createCompactRange,
  equalBytes,
} from '@sigill/evidence';
import { type ChainAnchor, quantity, readAnchors, readHead } from './chain-reader.ts';
import type { JsonRpc } from './json-rpc.ts';
import type { LedgerHead } from './ledger.ts';
import { LedgerError } from './ledger-error.ts';

export interface ChainView {
  readonly head: LedgerHead;
  /** Number of the newest final block, null before there is one. */
  readonly finalBlock: number | null;
  /** The anchors after those known as final, as the newest block has them. */
  readonly anchors: readonly ChainAnchor[];
  /** The whole log's tree. */
  readonly peaks: readonly Uint8Array[];
}

/** The final part of the log, as kept here. */
export interface FinalPart {
  readonly tree: CompactRange;
  /** A block before which no anchor lies that is not in `tree`. */
  readonly fromBlock: number;
}

export interface AnchorLogOnChain {
  readonly rpc: JsonRpc;
  readonly chainId: number;
  readonly contract: Uint8Array;
}

// Public nodes limit the blocks of one log query, often to ten thousand and some to less.
const BLOCKS_PER_QUERY = 2000;

/** @throws LedgerError LEDGER_DISAGREES when head and anchors do not fit: between two requests the chain may have moved */
export async function readView(
  log: AnchorLogOnChain,
  final: FinalPart,
  previous: ChainView | null,
): Promise<ChainView> {
  // The final block is asked for first: what it holds is then in the head too, and never looks as if it were lost.
  const block = await log.rpc.call<{ number: string } | null>(
    'eth_getBlockByNumber',
    'finalized',
    false,
  );
  const latest = Number(await log.rpc.call<string>('eth_blockNumber'));
  const finalBlock = block === null ? null : Math.min(Number(block.number), latest);
  const head = await readHead(log.rpc, log.contract, quantity(latest));
  if (head.size < final.tree.size)
    throw disagrees(`it has ${head.size} anchors, of which ${final.tree.size} were final already`);
  // The root commits to every leaf, and a leaf to its block: the same root is the same anchors in the same blocks.
  const anchors =
    previous !== null && equalBytes(previous.head.root, head.root)
      ? previous.anchors.filter(({ leaf }) => leaf.index >= final.tree.size)
      : await readNewAnchors(log, final, head);
  return { head, finalBlock, anchors, peaks: peaksOf(final, anchors, head) };
}

async function readNewAnchors(
  log: AnchorLogOnChain,
  final: FinalPart,
  head: LedgerHead,
): Promise<ChainAnchor[]> {
  const anchors: ChainAnchor[] = [];
  if (head.size === final.tree.size) return anchors;
  for (let from = final.fromBlock; from <= head.lastBlock; from += BLOCKS_PER_QUERY) {
    const to = Math.min(head.lastBlock, from + BLOCKS_PER_QUERY - 1);
    anchors.push(...(await readAnchors(log.rpc, log.chainId, log.contract, from, to)));
  }
  return anchors.filter(({ leaf }) => leaf.index >= final.tree.size);
}

function peaksOf(
  final: FinalPart,
  anchors: readonly ChainAnchor[],
  head: LedgerHead,
): Uint8Array[] {
  const tree = createCompactRange(final.tree.size, final.tree.peaks);
  for (const { leaf, root } of anchors) {
    if (leaf.index !== tree.size)
      throw disagrees(`anchor ${tree.size} expected, it tells of ${leaf.index}`);
    tree.append(anchorLeafHash(leaf));
    if (!equalBytes(tree.root(), root))
      throw disagrees(`anchor ${leaf.index} gives another root than it says`);
  }
  if (tree.size !== head.size || !equalBytes(tree.root(), head.root))
    throw disagrees(`its ${head.size} anchors do not give its root; it tells of ${tree.size}`);
  return [...tree.peaks];
}

function disagrees(what: string): LedgerError {
  return new LedgerError(
    'LEDGER_DISAGREES',
    `the ledger contradicts itself or what was final: ${what}`,
    {
      retryable: true,
    },
  );
}
