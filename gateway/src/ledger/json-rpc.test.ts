import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createJsonRpc } from './json-rpc.ts';

describe('json-rpc', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function serve(
    answer: (body: string) => { status?: number; body: string } | null,
  ): Promise<string> {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const given = answer(Buffer.concat(chunks).toString());
      if (given !== null) response.writeHead(given.status ?? 200).end(given.body);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3/secret-access-key`;
  }

  it('gives a null result as null', async () => {
    const url = await serve(() => ({ body: '{"result":null}' }));
    expect(await createJsonRpc(url, 1000).call('eth_getTransactionByHash', '0x0')).toBeNull();
  });

  it('sends one call and gives its result', async () => {
    const url = await serve((body) => ({ body: JSON.stringify({ result: JSON.parse(body) }) }));
    const rpc = createJsonRpc(url, 1000);
    expect(await rpc.call('eth_call', { to: '0x1' }, 'latest')).toEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_call',
      params: [{ to: '0x1' }, 'latest'],
    });
  });

  it("gives the node's own error as the cause of a refusal", async () => {
    const url = await serve(() => ({
      status: 400,
      body: '{"error":{"code":3,"message":"execution reverted","data":"0x01"}}',
    }));
    await expect(createJsonRpc(url, 1000).call('eth_call')).rejects.toMatchObject({
      code: 'LEDGER_REFUSED',
      message: 'eth_call: execution reverted (3)',
      cause: { data: '0x01' },
    });
  });

  it.each([
    ['a page instead of an answer', () => ({ status: 502, body: '<html>' })],
    ['JSON that is no answer', () => ({ body: '[]' })],
    ['no answer in time', () => null],
  ])(
    'takes %s as an outage, which may pass, and keeps the address out of the message',
    async (_name, answer) => {
      const error: unknown = await createJsonRpc(await serve(answer), 100)
        .call('eth_chainId')
        .catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'LEDGER_UNREACHABLE', retryable: true });
      expect((error as Error).message).not.toContain('secret');
    },
  );

  it('takes an answer without end as an outage, at the bound', async () => {
    const url = await serve(() => ({ body: JSON.stringify({ result: 'x'.repeat(5000) }) }));
    expect(await createJsonRpc(url, 1000, 6000).call('eth_call')).toHaveLength(5000);
    await expect(createJsonRpc(url, 1000, 4000).call('eth_call')).rejects.toMatchObject({
      code: 'LEDGER_UNREACHABLE',
      message: expect.stringContaining('more than 4000 bytes'),
    });
  });

  it('takes a closed port as an outage', async () => {
    const error: unknown = await createJsonRpc('http://127.0.0.1:1', 1000)
      .call('eth_chainId')
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'LEDGER_UNREACHABLE' });
  });
});
