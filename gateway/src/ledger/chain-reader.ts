/**
 * What a gateway reads from an EVM node: the anchor log's head, its anchors, and the proofs of its state.
 * The node is believed in nothing that can be recomputed.
 * @module
 */
import {
  type AnchorLeaf,
  blockHashOf,
  decodeBlockHeader,
  equalBytes,
  formatAddress,
  fromHex,
  type LedgerProof,
  toHex,
} from '@sigill/evidence';
import { Interface } from 'ethers';
import artifact from '../../contracts/AnchorLog.json' with { type: 'json' };
import type { AnchorChain } from './anchor-chain.ts';
import { encodeHeader, type RpcBlock } from './block-header.ts';
import type { JsonRpc } from './json-rpc.ts';
import type { LedgerHead } from './ledger.ts';
import { LedgerError } from './ledger-error.ts';

export const anchorLogInterface = new Interface(artifact.abi);

export interface Header {
  readonly number: number;
  readonly hash: string;
  readonly time: number;
  readonly parentHash: Uint8Array;
  /** RLP. */
  readonly encoded: Uint8Array;
}

/** An anchor as a block holds it; `root` is that of the log after it. */
export interface ChainAnchor {
  readonly leaf: AnchorLeaf;
  readonly root: Uint8Array;
  readonly blockHash: string;
}

/** `block` is a number as 0x… or a tag. @throws LedgerError LEDGER_UNKNOWN_HEADER */
export async function readHeader(
  rpc: JsonRpc,
  block: string,
  profile: AnchorChain['profile'] = { seals: null },
): Promise<Header> {
  const answer = await rpc.call<RpcBlock | null>('eth_getBlockByNumber', block, false);
  return toHeader(answer, profile, block);
}

export async function readHead(
  rpc: JsonRpc,
  contract: Uint8Array,
  block: string,
): Promise<LedgerHead> {
  const data = anchorLogInterface.encodeFunctionData('head');
  const answer = await rpc.call<string>('eth_call', { to: formatAddress(contract), data }, block);
  if (answer === '0x')
    throw new LedgerError(
      'LEDGER_NO_CONTRACT',
      `no anchor log at ${formatAddress(contract)} on this chain`,
    );
  const head = anchorLogInterface.decodeFunctionResult('head', answer);
  return {
    root: bytes(head.currentRoot),
    size: Number(head.currentSize),
    operator: bytes(head.currentOperator.toLowerCase()),
    lastBlock: Number(head.newestBlock),
  };
}

/** The anchors in blocks `from` to `to`, in order. */
export async function readAnchors(
  chain: Pick<AnchorChain, 'rpc' | 'profile' | 'chainId' | 'contract'>,
  from: number,
  to: number,
): Promise<ChainAnchor[]> {
  const { rpc, chainId, contract, profile } = chain;
  const logs = await rpc.call<RpcLog[]>('eth_getLogs', {
    address: formatAddress(contract),
    topics: [anchorLogInterface.getEvent('Anchored')?.topicHash],
    fromBlock: quantity(from),
    toBlock: quantity(to),
  });
  const headers = new Map<string, Header>();
  const anchors: ChainAnchor[] = [];
  for (const log of logs) {
    let header = headers.get(log.blockHash);
    if (header === undefined) {
      header = toHeader(
        await rpc.call('eth_getBlockByHash', log.blockHash, false),
        profile,
        log.blockHash,
      );
      headers.set(log.blockHash, header);
    }
    anchors.push(toAnchor(log, header, chainId, contract));
  }
  return anchors;
}

export async function readStateProof(
  rpc: JsonRpc,
  contract: Uint8Array,
  block: string,
): Promise<Pick<LedgerProof, 'account' | 'storage'>> {
  // Some nodes refuse storage keys that are not written with all their 32 bytes.
  const slots = [0, 1].map((slot) => `0x${slot.toString().padStart(64, '0')}`);
  const proof = await rpc.call<RpcProof>('eth_getProof', formatAddress(contract), slots, block);
  const [slot0, slot1] = proof.storageProof;
  return {
    account: hashedNodes(proof.accountProof),
    storage: [hashedNodes(slot0?.proof ?? []), hashedNodes(slot1?.proof ?? [])],
  };
}

export function quantity(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

export function bytes(hex: string): Uint8Array {
  return fromHex(hex.slice(2).toLowerCase());
}

interface RpcLog {
  readonly topics: string[];
  readonly data: string;
  readonly blockHash: string;
}

interface RpcProof {
  readonly accountProof: readonly string[];
  readonly storageProof: readonly { readonly proof: readonly string[] }[];
}

function toHeader(block: RpcBlock | null, profile: AnchorChain['profile'], wanted: string): Header {
  if (block === null)
    throw new LedgerError('LEDGER_REFUSED', `the node has no block ${wanted}`, { retryable: true });
  const encoded = encodeHeader(block);
  const hash = `0x${toHex(blockHashOf(encoded, profile))}`;
  if (hash !== block.hash)
    throw new LedgerError(
      'LEDGER_UNKNOWN_HEADER',
      `block ${Number(block.number)}: its header hashes to ${hash}, its chain says ${block.hash}`,
    );
  const { number, timestamp, parentHash } = decodeBlockHeader(encoded);
  return { number, hash, time: timestamp, parentHash, encoded };
}

function toAnchor(log: RpcLog, header: Header, chainId: number, contract: Uint8Array): ChainAnchor {
  const event = anchorLogInterface.parseLog(log);
  if (event === null) throw new LedgerError('LEDGER_DISAGREES', 'a log that is no Anchored event');
  const leaf: AnchorLeaf = {
    chainId,
    contract,
    index: Number(event.args.index),
    rollRoot: bytes(event.args.rollRoot),
    slots: Number(event.args.slots),
    blockNumber: header.number,
    blockTime: header.time,
    parentHash: header.parentHash,
  };
  return { leaf, root: bytes(event.args.root), blockHash: header.hash };
}

/** Nodes under 32 bytes lie inside their parents, and an empty trie has none; some servers list both all the same. */
function hashedNodes(proof: readonly string[]): Uint8Array[] {
  const nodes = proof.map(bytes);
  const [root] = nodes;
  if (root !== undefined && equalBytes(root, Uint8Array.of(0x80))) return [];
  return nodes.filter((node, index) => index === 0 || node.length >= 32);
}
