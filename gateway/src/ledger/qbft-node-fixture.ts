/** For tests: a node whose blocks carry seals as Besu's QBFT puts them there; all else is as the node below answers. */
import { encodeRlp, getBytes, hexlify, keccak256, SigningKey, toBeArray } from 'ethers';
import { encodeHeader, type RpcBlock } from './block-header.ts';
import type { JsonRpc } from './json-rpc.ts';

export interface QbftNode {
  readonly rpc: JsonRpc;
  /** 20 bytes each, ascending. */
  readonly validators: readonly Uint8Array[];
  /** How many of them seal. */
  sealers: number;
}

export function qbftNode(below: JsonRpc, count = 4, round = 2): QbftNode {
  const keys = Array.from({ length: count }, (_, n) => new SigningKey(keccak256(toBeArray(n + 1))));
  const signers = keys
    .map((key) => ({ key, address: `0x${keccak256(`0x${key.publicKey.slice(4)}`).slice(26)}` }))
    .toSorted((left, right) => (left.address < right.address ? -1 : 1));
  const addresses = signers.map(({ address }) => address);
  const node: QbftNode = {
    validators: addresses.map((address) => getBytes(address)),
    sealers: count,
    rpc: {
      async call<Result>(method: string, ...params: readonly unknown[]) {
        const answer = await below.call<unknown>(method, ...params);
        const isBlock = method.startsWith('eth_getBlockBy') && answer !== null;
        return (isBlock ? seal(answer as RpcBlock) : answer) as Result;
      },
    },
  };

  function seal(block: RpcBlock): RpcBlock {
    const sealed = hashWith(block, round, []);
    const seals = signers.slice(0, node.sealers).map(({ key }) => {
      const { r, s, yParity } = key.sign(sealed);
      return `${r}${s.slice(2)}0${yParity}`;
    });
    return { ...block, extraData: extraData(round, seals), hash: hashWith(block, 0, []) };
  }

  function hashWith(block: RpcBlock, inRound: number, seals: readonly string[]): string {
    return keccak256(encodeHeader({ ...block, extraData: extraData(inRound, seals) }));
  }

  function extraData(inRound: number, seals: readonly string[]): string {
    const vanity = `0x${'00'.repeat(32)}`;
    return encodeRlp([vanity, addresses, [], hexlify(toBeArray(inRound)), [...seals]]);
  }

  return node;
}
