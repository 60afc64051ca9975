import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transaction, Wallet } from 'ethers';
import { afterEach, describe, expect, it } from 'vitest';
import { startAnvil } from './anvil.ts';
import { createRpcSigner } from './rpc-signer.ts';
import { type Signer, signExactly, type TransactionFields } from './signer.ts';

const wallet = new Wallet(`0x${'42'.repeat(32)}`);
const market: TransactionFields = {
  ...{ type: 2, maxFeePerGas: 30n, maxPriorityFeePerGas: 2n },
  ...{ chainId: 2026, nonce: 5, to: `0x${'ab'.repeat(20)}`, data: '0x0102', gasLimit: 60_000n },
};
const { maxFeePerGas: _, maxPriorityFeePerGas: __, ...rest } = market as Record<string, unknown>;
const legacy = { ...rest, type: 0, gasPrice: 30n } as TransactionFields;

const signing = (change: object, key = wallet): Signer => ({
  address: wallet.address,
  signTransaction: (fields) => key.signTransaction({ ...fields, ...change }),
});

describe('signExactly', () => {
  it.each([
    ['by EIP-1559', market],
    ['with one price', legacy],
  ])('gives what was signed %s', async (_name, fields) => {
    const signed = Transaction.from(await signExactly(signing({}), fields));
    expect(signed.from).toBe(wallet.address);
    expect(signed.nonce).toBe(5);
  });

  it.each<[string, TransactionFields, object]>([
    ['another nonce', market, { nonce: 6 }],
    ['another chain', market, { chainId: 1 }],
    ['another receiver', market, { to: `0x${'ac'.repeat(20)}` }],
    ['other calldata', market, { data: '0x0103' }],
    ['money with it', market, { value: 1n }],
    ['more gas', market, { gasLimit: 60_001n }],
    ['a higher fee', market, { maxFeePerGas: 31n }],
    ['another tip', market, { maxPriorityFeePerGas: 3n }],
    [
      'an access list',
      market,
      { accessList: [{ address: `0x${'01'.repeat(20)}`, storageKeys: [] }] },
    ],
    ['a higher price', legacy, { gasPrice: 31n }],
    ['another kind', { ...legacy }, { type: 1 }],
  ])('refuses %s', async (_name, fields, change) => {
    await expect(signExactly(signing(change), fields)).rejects.toMatchObject({
      code: 'SIGNER_DISAGREES',
      retryable: false,
    });
  });

  it('refuses what another account has signed, and what is no signed transaction', async () => {
    const other = new Wallet(`0x${'43'.repeat(32)}`);
    await expect(signExactly(signing({}, other), market)).rejects.toThrow('from 0x');
    const unsigned = Transaction.from({ type: 2, chainId: 2026 }).unsignedSerialized;
    for (const answer of ['0x', 'null', '0xzz', unsigned]) {
      const lazy = { address: wallet.address, signTransaction: async () => answer };
      await expect(signExactly(lazy, market)).rejects.toMatchObject({ code: 'SIGNER_DISAGREES' });
    }
  });
});

describe('a signer elsewhere', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function serve(
    answer: (request: Record<string, string>) => Promise<object>,
  ): Promise<string> {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method, params } = JSON.parse(Buffer.concat(chunks).toString());
      response.end(JSON.stringify(await answer({ method, ...params[0] })));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('signs as a real node does that holds the key', async () => {
    const anvil = await startAnvil(['--chain-id', '2026']);
    const [address = ''] = await anvil.call<string[]>('eth_accounts');
    for (const fields of [market, legacy]) {
      const signed = await signExactly(createRpcSigner(anvil.url, address), fields);
      expect(Transaction.from(signed).from?.toLowerCase()).toBe(address);
    }
    await anvil.kill();
  });

  it('is asked with every field, and may answer with the transaction or with an object around it', async () => {
    for (const wrap of [(raw: string) => raw, (raw: string) => ({ raw, tx: {} })]) {
      const asked: Record<string, string>[] = [];
      const url = await serve(async (request) => {
        asked.push(request);
        return { result: wrap(await wallet.signTransaction(market)) };
      });
      await signExactly(createRpcSigner(url, wallet.address), market);
      expect(asked).toEqual([
        {
          ...{ method: 'eth_signTransaction', from: wallet.address, to: `0x${'ab'.repeat(20)}` },
          ...{ data: '0x0102', chainId: '0x7ea', nonce: '0x5', gas: '0xea60', value: '0x0' },
          ...{ maxFeePerGas: '0x1e', maxPriorityFeePerGas: '0x2' },
        },
      ]);
      server?.close();
    }
  });

  it('tells a refusal from silence; after both it may be asked again', async () => {
    const url = await serve(async () => ({ error: { code: -32000, message: 'account locked' } }));
    await expect(
      createRpcSigner(url, wallet.address).signTransaction(market),
    ).rejects.toMatchObject({
      ...{ code: 'SIGNER_REFUSED', retryable: true },
      message: expect.stringContaining('account locked'),
    });
    const nobody = createRpcSigner('http://127.0.0.1:1', wallet.address);
    await expect(nobody.signTransaction(market)).rejects.toMatchObject({
      ...{ code: 'SIGNER_UNREACHABLE', retryable: true },
    });
  });
});
