import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes/bytes.ts';
import {
  type AnchorLeaf,
  anchorLeafHash,
  anchorLogAddress,
  contractAddress,
  encodeAnchorLeaf,
  formatAddress,
  parseAddress,
} from './anchor-log.ts';
import vectors from './anchor-log.vectors.json' with { type: 'json' };

describe('anchorLeafHash', () => {
  it('is what the contract computed', () => {
    for (const { leaf, hash } of vectors.leaves)
      expect(`0x${toHex(anchorLeafHash(leafOf(leaf)))}`).toBe(hash);
    expect(vectors.leaves[0]?.rootAfter).toBe(vectors.leaves[0]?.hash);
  });

  it('changes with every field', () => {
    const leaf = leafOf(vectors.leaves[0]!.leaf);
    const changed: Partial<AnchorLeaf>[] = [
      { chainId: 1 },
      { contract: new Uint8Array(20) },
      { index: 1 },
      { rollRoot: new Uint8Array(32) },
      { slots: 9 },
      { blockNumber: 9 },
      { blockTime: 9 },
      { parentHash: new Uint8Array(32) },
    ];
    const hashes = [{}, ...changed].map((change) => toHex(anchorLeafHash({ ...leaf, ...change })));
    expect(new Set(hashes).size).toBe(changed.length + 1);
  });
});

describe('encodeAnchorLeaf', () => {
  const leaf = leafOf(vectors.leaves[0]!.leaf);

  it('gives 124 bytes, integers in eight of them', () => {
    const bytes = encodeAnchorLeaf({ ...leaf, chainId: Number.MAX_SAFE_INTEGER });
    expect(bytes).toHaveLength(124);
    expect(toHex(bytes.subarray(0, 8))).toBe('001fffffffffffff');
  });

  it('refuses numbers and lengths that no anchor has', () => {
    for (const change of [
      { index: -1 },
      { slots: 1.5 },
      { blockTime: 2 ** 53 },
      { chainId: Number.NaN },
      { contract: new Uint8Array(21) },
      { rollRoot: new Uint8Array(31) },
      { parentHash: new Uint8Array(0) },
    ])
      expect(() => encodeAnchorLeaf({ ...leaf, ...change })).toThrow('expected');
  });
});

describe('contract addresses', () => {
  it('commit to factory, salt and code (EIP-1014, its fourth and sixth examples)', () => {
    const examples = [
      {
        factory: '00000000000000000000000000000000deadbeef',
        salt: '00000000000000000000000000000000000000000000000000000000cafebabe',
        initCodeHash: 'd4fd4e189132273036449fc9e11198c739161b4c0116a9a2dccdfa1c492006f1', // of deadbeef
        address: '60f3f640a8508fc6a86d45df051962668e1e8ac7',
      },
      {
        factory: '0000000000000000000000000000000000000000',
        salt: '00'.repeat(32),
        initCodeHash: 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470', // of nothing
        address: 'e33c0c7f7df4809055c3eba6c09cfe4baf1bd9e0',
      },
    ];
    for (const { factory, salt, initCodeHash, address } of examples) {
      const creation = {
        factory: fromHex(factory),
        salt: fromHex(salt),
        initCodeHash: fromHex(initCodeHash),
      };
      expect(toHex(contractAddress(creation))).toBe(address);
    }
  });

  it('of an anchor log are where the factory put it', () => {
    const { factory, operator, guardian } = vectors.creation;
    const roles = { operator: parseAddress(operator), guardian: parseAddress(guardian) };
    expect(formatAddress(anchorLogAddress(parseAddress(factory), roles))).toBe(vectors.contract);
    const exchanged = { operator: roles.guardian, guardian: roles.operator };
    expect(formatAddress(anchorLogAddress(parseAddress(factory), exchanged))).not.toBe(
      vectors.contract,
    );
  });

  it('have one text form', () => {
    const text = '0x4e59b44847b379578588920ca78fbf26c0b4956c';
    expect(formatAddress(parseAddress(text))).toBe(text);
    for (const other of [
      text.toUpperCase(),
      text.replace('ca', 'CA'),
      text.slice(2),
      `${text}00`,
      '0x',
      ` ${text}`,
    ])
      expect(() => parseAddress(other)).toThrow('lower-case digits expected');
    expect(() => formatAddress(new Uint8Array(19))).toThrow('20 bytes expected');
  });
});

function leafOf(leaf: (typeof vectors.leaves)[number]['leaf']): AnchorLeaf {
  const { contract, rollRoot, parentHash } = leaf;
  return {
    ...leaf,
    contract: parseAddress(contract),
    rollRoot: fromHex(rollRoot.slice(2)),
    parentHash: fromHex(parentHash.slice(2)),
  };
}
