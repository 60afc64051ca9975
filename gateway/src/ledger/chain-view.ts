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
import { type AnchorChain, type FinalBlock, readFinality } from './anchor-chain.ts';
import { type ChainAnchor, quantity, readAnchors, readHead } from './chain-reader.ts';
import type { LedgerHead } from './ledger.ts';
import { LedgerError } from './ledger-error.ts';

export interface ChainView {
  readonly head: LedgerHead;
  /** The newest block, which `head` and `anchors` are of. */
  readonly latest: number;
  readonly final: FinalBlock;
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

// Public nodes limit the blocks of one log query, often to ten thousand and some to less.
const BLOCKS_PER_QUERY = 2000;

/** @throws LedgerError LEDGER_DISAGREES when head and anchors do not fit: between two requests the chain may have moved */
export async function readView(
  chain: AnchorChain,
  final: FinalPart,
  previous: ChainView | null,
): Promise<ChainView> {
  // The final block is asked for first: what it holds is then in the head too, and never looks as if it were lost.
  const findFinal = await readFinality(chain);
  const latest = Number(await chain.rpc.call<string>('eth_blockNumber'));
  const head = await readHead(chain.rpc, chain.contract, quantity(latest));
  if (head.size < final.tree.size)
    throw disagrees(`it has ${head.size} anchors, of which ${final.tree.size} were final already`);
  // The root commits to every leaf, and a leaf to its block: the same root is the same anchors in the same blocks.
  const anchors =
    previous !== null && equalBytes(previous.head.root, head.root)
      ? previous.anchors.filter(({ leaf }) => leaf.index >= final.tree.size)
      : await readNewAnchors(chain, final, head);
  const peaks = peaksOf(final, anchors, head);
  return { head, latest, final: findFinal(latest), anchors, peaks };
}

async function readNewAnchors(
  chain: AnchorChain,
  final: FinalPart,
  head: LedgerHead,
): Promise<ChainAnchor[]> {
  const anchors: ChainAnchor[] = [];
  if (head.size === final.tree.size) return anchors;
  for (let from = final.fromBlock, blocks = BLOCKS_PER_QUERY; from <= head.lastBlock; ) {
    const to = Math.min(head.lastBlock, from + blocks - 1);
    try {
      anchors.push(...(await readAnchors(chain, from, to)));
      from = to + 1;
    } catch (error) {
      const tooMany = error instanceof LedgerError && error.code === 'LEDGER_REFUSED';
      if (!tooMany || blocks === 1) throw error;
      blocks = Math.ceil(blocks / 8);
    }
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
