import { describe, expect, it } from 'vitest';
import { fetchBlock, parseBlock } from './ledger-block.ts';

const hash = `0x${'ab'.repeat(32)}`;
const rpc = 'http://127.0.0.1:7446';

describe('asking the ledger for a block', () => {
  it('asks by number, as JSON-RPC wants it, and takes the hash', async () => {
    let asked: unknown;
    const block = await fetchBlock(
      async (_, init) => {
        asked = JSON.parse(String(init?.body));
        return Response.json({ jsonrpc: '2.0', id: 1, result: { number: '0x8c', hash } });
      },
      rpc,
      140,
    );
    expect(asked).toMatchObject({ method: 'eth_getBlockByNumber', params: ['0x8c', false] });
    expect(block).toEqual({ number: 140, hash, source: rpc });
  });

  it('says null for a block the ledger does not know', () => {
    expect(parseBlock({ result: null }, 140, rpc)).toBeNull();
  });

  it.each([
    ['an error', { error: { code: -32601 } }],
    ['a short hash', { result: { number: '0x8c', hash: '0xab' } }],
    ['another block', { result: { number: '0x8d', hash } }],
    ['nothing', null],
  ])('takes %s for no answer', (_, json) => {
    expect(() => parseBlock(json, 140, rpc)).toThrow('expected');
  });

  it('takes a dead line for no answer', async () => {
    const dead = () => Promise.reject(new TypeError('failed to fetch'));
    await expect(fetchBlock(dead, rpc, 140)).rejects.toMatchObject({ code: 'LEDGER_UNREACHABLE' });
  });
});
