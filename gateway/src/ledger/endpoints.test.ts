import { keccak256 } from 'ethers';
import { describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../events.ts';
import { createEndpoints, type EndpointsParts } from './endpoints.ts';
import type { JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';

const CODE = '0x6001';

interface FakeNode extends JsonRpc {
  chainId: number;
  code: string;
  height: number;
  finalized: number;
  away: boolean;
  /** Of blocks from this one on, another hash is told. */
  forkedAt: number;
  asked: string[];
}

function fakeNode(change: Partial<FakeNode> = {}): FakeNode {
  const node: FakeNode = {
    ...{
      chainId: 7,
      code: CODE,
      height: 100,
      finalized: 90,
      away: false,
      forkedAt: Infinity,
      asked: [],
    },
    async call<Result>(method: string, ...params: readonly unknown[]) {
      node.asked.push(method);
      if (node.away) throw new LedgerError('LEDGER_UNREACHABLE', 'no answer', { retryable: true });
      return answer(node, method, params) as Result;
    },
    ...change,
  };
  return node;
}

function answer(node: FakeNode, method: string, [first]: readonly unknown[]): unknown {
  if (method === 'eth_chainId') return `0x${node.chainId.toString(16)}`;
  if (method === 'eth_getCode') return node.code;
  if (method === 'eth_blockNumber') return `0x${node.height.toString(16)}`;
  if (method === 'eth_sendRawTransaction') return 'taken';
  const number = first === 'finalized' ? node.finalized : Number(first);
  return number > node.height ? null : { number, hash: hashOf(number, number >= node.forkedAt) };
}

function hashOf(number: number, forked = false): string {
  return `0x${(forked ? 'f' : '0') + number.toString(16).padStart(63, '0')}`;
}

const hashBytes = (number: number) => Uint8Array.from(Buffer.from(hashOf(number).slice(2), 'hex'));

function open(nodes: readonly FakeNode[], change: Partial<EndpointsParts> = {}) {
  const events: GatewayEvent[] = [];
  const clock = { now: 0 };
  const endpoints = createEndpoints({
    endpoints: nodes.map((rpc, at) => ({ name: `node-${'abc'[at]}`, rpc })),
    ...{ chainId: 7, contract: new Uint8Array(20), codeHash: null },
    agree: Math.floor(nodes.length / 2) + 1,
    now: () => clock.now,
    tell: (event) => events.push(event),
    ...change,
  });
  return { endpoints, clock, told: () => events.splice(0).map(({ what, text }) => [what, text]) };
}

describe('several nodes', () => {
  it('are asked as one: the first, and the next when it is away', async () => {
    const nodes = [fakeNode({ height: 101 }), fakeNode(), fakeNode()];
    const { endpoints, told } = open(nodes);
    await endpoints.check();
    expect(await endpoints.call('eth_blockNumber')).toBe('0x65');
    nodes[0]!.away = true;
    expect(await endpoints.call('eth_blockNumber')).toBe('0x64');
    expect(told()).toEqual([['LEDGER_UNREACHABLE', 'node-a is left out: no answer']]);
    await endpoints.call('eth_blockNumber');
    expect(told()).toEqual([]);
  });

  it('are looked at again after a minute, and whoever is well is asked again', async () => {
    const nodes = [fakeNode({ away: true }), fakeNode()];
    const { endpoints, clock, told } = open(nodes);
    await endpoints.check();
    expect(told()).toEqual([['LEDGER_UNREACHABLE', 'node-a is left out: no answer']]);
    nodes[0]!.away = false;
    clock.now = 59_999;
    await endpoints.check();
    expect(told()).toEqual([]);
    clock.now = 60_000;
    await endpoints.check();
    expect(told()).toEqual([['endpoint-well', 'node-a is asked again.']]);
  });

  it.each<[string, Partial<FakeNode>, string, string]>([
    [
      'of another chain',
      { chainId: 8 },
      'LEDGER_WRONG_CHAIN',
      'chain 7 expected, the node is of chain 8',
    ],
    ['without our contract', { code: '0x' }, 'LEDGER_NO_CONTRACT', 'no anchor log at 0x00'],
    [
      'with other code there',
      { code: '0x6002' },
      'LEDGER_OTHER_CODE',
      'lies code that is not ours',
    ],
    ['far behind', { height: 83 }, 'LEDGER_LAGS', 'at block 83, where others have 100'],
  ])('%s are told once and left out', async (_name, change, code, text) => {
    const codeHash = change.code === '0x6002' ? keccak256(CODE) : null;
    const odd = fakeNode(change);
    const { endpoints, clock, told } = open([odd, fakeNode(), fakeNode()], { codeHash });
    await endpoints.check();
    expect(told()).toEqual([[code, expect.stringContaining(text)]]);
    odd.asked.length = 0;
    await endpoints.call('eth_blockNumber');
    expect(odd.asked).toEqual([]);
    clock.now = 60_000;
    await endpoints.check();
    expect(told()).toEqual([]);
  });

  it('are not called slow because one of them boasts', async () => {
    const { endpoints, told } = open([fakeNode({ height: 10 ** 9 }), fakeNode(), fakeNode()]);
    await endpoints.check();
    expect(told()).toEqual([]);
  });

  it('give the reason when none of them can be used', async () => {
    const { endpoints } = open([fakeNode({ away: true }), fakeNode({ away: true })]);
    await expect(endpoints.check()).rejects.toMatchObject({ code: 'LEDGER_UNREACHABLE' });
    await expect(endpoints.call('eth_blockNumber')).rejects.toMatchObject({
      code: 'LEDGER_UNREACHABLE',
    });
  });

  it('are all given a transaction, and one that takes it is enough', async () => {
    const nodes = [fakeNode(), fakeNode(), fakeNode()];
    const { endpoints } = open(nodes);
    await endpoints.check();
    nodes[0]!.away = true;
    expect(await endpoints.call('eth_sendRawTransaction', '0x')).toBe('taken');
    for (const { asked } of nodes) expect(asked).toContain('eth_sendRawTransaction');
    for (const node of nodes) node.away = true;
    await expect(endpoints.call('eth_sendRawTransaction', '0x')).rejects.toMatchObject({
      code: 'LEDGER_UNREACHABLE',
    });
  });
});

describe('a final block', () => {
  it('is confirmed by more than half, also by one that is behind but has it', async () => {
    const nodes = [fakeNode(), fakeNode({ height: 50 }), fakeNode({ away: true })];
    const { endpoints } = open(nodes);
    await endpoints.check();
    await endpoints.confirm(50, hashBytes(50));
    await expect(endpoints.confirm(51, hashBytes(51))).rejects.toMatchObject({
      ...{ code: 'LEDGER_UNCONFIRMED', retryable: true },
      message: expect.stringContaining('1 of 3 endpoints, and 2 are needed'),
    });
    expect(await endpoints.sharedFinal({ kind: 'immediate' })).toBe(50);
    nodes[1]!.away = true;
    await expect(endpoints.sharedFinal({ kind: 'immediate' })).rejects.toMatchObject({
      code: 'LEDGER_UNCONFIRMED',
    });
  });

  it.each([
    ['the tag', { kind: 'tag' }, 90],
    ['depth', { kind: 'depth', blocks: 20 }, 80],
    ['making', { kind: 'immediate' }, 100],
  ] as const)(
    'by %s is one that more than half call so: one that boasts makes none final',
    async (_name, finality, expected) => {
      const boaster = fakeNode({ height: 1000, finalized: 995 });
      const { endpoints } = open([boaster, fakeNode(), fakeNode({ height: 99, finalized: 89 })]);
      await endpoints.check();
      expect(await endpoints.sharedFinal(finality)).toBe(expected);
    },
  );

  it('is contradicted by a single one that has another: whoever is right, nothing is called final', async () => {
    const { endpoints } = open([fakeNode(), fakeNode(), fakeNode({ forkedAt: 90 })]);
    await endpoints.check();
    await endpoints.confirm(89, hashBytes(89));
    await expect(endpoints.confirm(90, hashBytes(90))).rejects.toMatchObject({
      ...{ code: 'LEDGER_FINAL_CONTRADICTED', retryable: false },
      message: expect.stringContaining('node-c has 0xf'),
    });
  });

  it('is asked of another one first, once the first stands alone with what it says', async () => {
    const nodes = [fakeNode({ forkedAt: 90 }), fakeNode(), fakeNode()];
    const { endpoints } = open(nodes);
    await endpoints.check();
    const forked = Uint8Array.from(Buffer.from(hashOf(90, true).slice(2), 'hex'));
    await expect(endpoints.confirm(90, forked)).rejects.toMatchObject({
      code: 'LEDGER_FINAL_CONTRADICTED',
    });
    nodes[0]!.asked.length = 0;
    await endpoints.call('eth_blockNumber');
    expect(nodes[0]!.asked).toEqual([]);
  });

  it('is not contradicted by one of another chain, which is left out of everything', async () => {
    const { endpoints } = open([fakeNode(), fakeNode(), fakeNode({ chainId: 8, forkedAt: 0 })]);
    await endpoints.check();
    await endpoints.confirm(90, hashBytes(90));
  });
});
