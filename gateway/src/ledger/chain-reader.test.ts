import { describe, expect, it } from 'vitest';
import { startAnvil } from './anvil.ts';
import { readHead, readHeader, readStateProof } from './chain-reader.ts';
import type { JsonRpc } from './json-rpc.ts';

describe('readHeader', () => {
  it.each([
    ['london', 16],
    ['shanghai', 17],
    ['cancun', 20],
    ['prague', 21],
    ['osaka', 21],
  ])('rebuilds the header of %s, whose hash is the block hash', async (fork) => {
    const anvil = await startAnvil(['--hardfork', fork]);
    await anvil.call('evm_mine', { timestamp: 4_000_000_000 });
    const { hash } = await anvil.call<{ hash: string }>('eth_getBlockByNumber', 'latest', false);
    expect(await readHeader(anvil, 'latest')).toMatchObject({
      hash,
      number: 1,
      time: 4_000_000_000,
    });
    await anvil.kill();
  });

  it('refuses a header with a field it does not know, and one that a node made up', async () => {
    const anvil = await startAnvil(['--hardfork', 'prague']);
    const block = await anvil.call<Record<string, string>>('eth_getBlockByNumber', 'latest', false);
    await anvil.kill();
    for (const change of [
      { hash: `0x${'11'.repeat(32)}` },
      { timestamp: '0x1' },
      { stateRoot: block.parentHash },
    ])
      await expect(readHeader(answering({ ...block, ...change }), 'latest')).rejects.toMatchObject({
        code: 'LEDGER_UNKNOWN_HEADER',
      });
  });

  it('says when there is no such block', async () => {
    await expect(readHeader(answering(null), '0x9')).rejects.toMatchObject({
      code: 'LEDGER_REFUSED',
      retryable: true,
    });
  });
});

describe('readHead', () => {
  it('says when there is no contract', async () => {
    await expect(readHead(answering('0x'), new Uint8Array(20), 'latest')).rejects.toMatchObject({
      code: 'LEDGER_NO_CONTRACT',
    });
  });
});

describe('readStateProof', () => {
  it('leaves out what some servers list and no proof has: nodes inside their parents, and the empty node', async () => {
    const [long, short] = [`0x${'ab'.repeat(40)}`, '0xc20102'];
    const answer = {
      accountProof: [long, short, long],
      storageProof: [{ proof: ['0x80'] }, { proof: [short, short] }],
    };
    const { account, storage } = await readStateProof(
      answering(answer),
      new Uint8Array(20),
      'latest',
    );
    expect(account.map((node) => node.length)).toEqual([40, 40]);
    // A trie's root is hashed however short it is.
    expect(storage.map((nodes) => nodes.map((node) => node.length))).toEqual([[], [3]]);
  });
});

function answering(answer: unknown): JsonRpc {
  return { call: async <Result>() => answer as Result };
}
