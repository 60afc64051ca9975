import { createConfigSection } from '@sigill/edge';
import { describe, expect, it } from 'vitest';
import { type LedgerConfig, readLedger } from './ledger-config.ts';

const CONTRACT = `0x${'ab'.repeat(20)}`;
const NODE = 'http://127.0.0.1:8545';
const plain = { rpc: NODE, contract: CONTRACT, keystore: 'keys/anchor.json' };

function read(ledger: unknown): LedgerConfig {
  const root = createConfigSection('gateway.yaml', '', { ledger }, ['ledger']);
  return readLedger(root, (file) => `/g/${file}`);
}

describe('the ledger in gateway.yaml', () => {
  it('is a node, a contract and a keystore; all else has its default', () => {
    expect(read(plain)).toEqual({
      ...{ kind: 'evm', rpc: [NODE], contract: CONTRACT },
      account: { kind: 'keystore', path: '/g/keys/anchor.json' },
      ...{ finality: null, agree: null, maxFeeGwei: 300, bumpAfterMs: 120_000 },
    });
  });

  it('may name several nodes, a signer elsewhere, finality and fees', () => {
    const { keystore: _, ...rest } = plain;
    const signer = { url: 'http://127.0.0.1:9000', address: `0x${'AB'.repeat(20)}` };
    const rpc = [NODE, 'https://node.example/key', 'http://10.0.0.9:8545'];
    const chosen = { finality: { depth: 96 }, agree: 3, maxFeeGwei: 50, bumpAfterMs: 60_000 };
    expect(read({ ...rest, rpc, signer, ...chosen })).toEqual({
      ...{ kind: 'evm', rpc, contract: CONTRACT },
      account: { kind: 'signer', url: signer.url, address: CONTRACT },
      ...{ ...chosen, finality: { kind: 'depth', blocks: 96 } },
    });
    expect(read({ ...plain, finality: 'finalized' })).toMatchObject({ finality: { kind: 'tag' } });
    expect(read({ ...plain, finality: 'immediate' })).toMatchObject({
      finality: { kind: 'immediate' },
    });
  });

  it.each<[string, object, string]>([
    [
      'an address of another kind',
      { rpc: 'ftp://x' },
      'ledger.rpc: found ftp://x; write the address',
    ],
    ['a list without nodes', { rpc: [] }, 'ledger.rpc: found []; write the address of a node'],
    ['a node twice', { rpc: [NODE, NODE] }, 'write each node once'],
    ['more agreement than nodes', { agree: 2 }, 'ledger.agree: found 2; write at most 1'],
    ['a finality nobody has', { finality: 'safe' }, 'write finalized, immediate, or { depth: 96 }'],
    ['a depth of nothing', { finality: {} }, 'write finalized, immediate, or { depth: 96 }'],
    ['a depth of zero', { finality: { depth: 0 } }, 'ledger.finality.depth: found 0'],
    ['no account', { keystore: undefined }, 'ledger.keystore: found nothing'],
    ['two accounts', { signer: { url: NODE, address: CONTRACT } }, 'either a keystore or a signer'],
    ['a key in the file', { privateKey: '0x42' }, 'ledger.privateKey: no such key'],
    ['a cap that is no number', { maxFeeGwei: 'much' }, 'ledger.maxFeeGwei: found much'],
  ])('refuses %s, and says what to write', (_name, change, message) => {
    expect(() => read({ ...plain, ...change })).toThrow(message);
  });
});
