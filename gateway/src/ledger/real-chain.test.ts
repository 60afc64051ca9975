import { findChainProfile, toHex, verifyLedgerState, verifyQbftSeals } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeTimers } from '../timers-fake.ts';
import { startEvm } from './evm-fixture.ts';
import type { EvmLedgerParts } from './evm-ledger.ts';
import type { JsonRpc } from './json-rpc.ts';
import type { Ledger } from './ledger.ts';
import { reached, settled } from './ledger-contract.ts';
import { LedgerError } from './ledger-error.ts';
import { qbftNode } from './qbft-node-fixture.ts';
import { rollRootOf } from './roll-root-fixture.ts';

const GWEI = 10n ** 9n;
let evm: Awaited<ReturnType<typeof startEvm>>;
let ledger: Ledger;
beforeEach(async () => {
  evm = await startEvm();
});
afterEach(async () => {
  await ledger.close();
  await evm.close();
});

/** The node with other answers where `answer` gives one. */
function answering(answer: (method: string, params: readonly unknown[]) => unknown): JsonRpc {
  return {
    async call<Result>(method: string, ...params: readonly unknown[]) {
      const other = await answer(method, params);
      return other === undefined ? evm.rpc.call<Result>(method, ...params) : (other as Result);
    },
  };
}

const alarm = () => ledger.status().alarm?.code ?? null;
const told = () => evm.events.map(({ what }) => what);

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(setImmediate);
}

async function pool(): Promise<Record<string, string>[]> {
  const { pending } = await evm.anvil.call<{
    pending: Record<string, Record<string, Record<string, string>>>;
  }>('txpool_content');
  return Object.values(pending).flatMap((of) => Object.values(of));
}

describe('fees', () => {
  it('are raised up to the cap and never above; at the cap there is an alarm until a block takes the anchor', async () => {
    const feeCap = 4n * GWEI;
    ledger = await evm.openLedger(evm.newDirectory(), { feeCap, bumpAfterMs: 300 });
    await ledger.anchor(rollRootOf(1), 1);
    const [first] = await pool();
    await until(() => alarm() === 'LEDGER_FEE_CAP');
    const [last] = await pool();
    expect([last?.nonce, last?.input]).toEqual([first?.nonce, first?.input]);
    expect(BigInt(last?.maxFeePerGas ?? 0)).toBeLessThanOrEqual(feeCap);
    expect(BigInt(last?.maxFeePerGas ?? 0) * 1000n).toBeGreaterThanOrEqual(
      BigInt(first?.maxFeePerGas ?? 0) * 1125n,
    );
    await evm.mineUntilSettled(ledger);
    expect(ledger.status()).toMatchObject({ final: 1, alarm: null });
  });

  it('are one price on a chain without base fees, raised the same way', async () => {
    // This node's chain has base fees; it takes such transactions all the same.
    const rpc = answering(async (method, [block]) => {
      if (method !== 'eth_getBlockByNumber' || block !== 'latest') return undefined;
      const { baseFeePerGas: _, ...rest } = await evm.rpc.call<Record<string, string>>(
        method,
        block,
        false,
      );
      return rest;
    });
    const endpoints = [{ name: 'legacy', rpc }];
    ledger = await evm.openLedger(evm.newDirectory(), { endpoints, bumpAfterMs: 40 });
    await ledger.anchor(rollRootOf(1), 1);
    const [first] = await pool();
    expect(first?.type).toBe('0x0');
    await until(async () => (await pool())[0]?.hash !== first?.hash);
    const [second] = await pool();
    expect(BigInt(second!.gasPrice!) * 100n).toBeGreaterThanOrEqual(
      BigInt(first!.gasPrice!) * 125n,
    );
    await evm.mineUntilSettled(ledger);
    expect((await ledger.head()).size).toBe(1);
  });

  it('stay zero where gas is free: nothing is raised, and nobody is alarmed', async () => {
    await evm.anvil.call('anvil_setNextBlockBaseFeePerGas', '0x0');
    await evm.mine();
    await evm.anvil.call('anvil_setNextBlockBaseFeePerGas', '0x0');
    const rpc = answering((method) => (method === 'eth_maxPriorityFeePerGas' ? '0x0' : undefined));
    const endpoints = [{ name: 'free', rpc }];
    ledger = await evm.openLedger(evm.newDirectory(), { endpoints, bumpAfterMs: 1 });
    await ledger.anchor(rollRootOf(1), 1);
    const [first] = await pool();
    expect(BigInt(first?.maxFeePerGas ?? 1)).toBe(0n);
    await ledger.anchor(rollRootOf(1), 1).catch(() => {}); // steps once more
    expect((await pool()).map(({ hash }) => hash)).toEqual([first?.hash]);
    expect(alarm()).toBeNull();
    await evm.mineUntilSettled(ledger);
    expect((await ledger.head()).size).toBe(1);
  });
});

describe('several nodes', () => {
  it('must agree about a final block: else anchors go on, evidence stops, and there is an alarm', async () => {
    let lying = true;
    const liar = answering(async (method, [block, full]) => {
      if (!lying || method !== 'eth_getBlockByNumber' || block === 'finalized') return undefined;
      const told = await evm.rpc.call<Record<string, string>>(method, block, full);
      return { ...told, hash: `0x${'11'.repeat(32)}` };
    });
    const endpoints = [
      { name: 'a', rpc: evm.rpc },
      { name: 'b', rpc: liar },
    ];
    ledger = await evm.openLedger(evm.newDirectory(), { endpoints });
    await ledger.anchor(rollRootOf(1), 1);
    await evm.mine(3);
    await until(() => alarm() === 'LEDGER_FINAL_CONTRADICTED');
    await ledger.anchor(rollRootOf(2), 2);
    await evm.mine(3);
    await reached(ledger, 'mined');
    expect(ledger.status()).toMatchObject({ final: 0, pending: [{}, {}] });
    expect(ledger.provenState()).toBeNull();
    lying = false;
    await settled(ledger);
    await until(() => alarm() === null);
    expect(told()).toEqual(['LEDGER_FINAL_CONTRADICTED', 'ledger-well']);
  });

  it('go on without one that is away, and wait with evidence when too few are left', async () => {
    const away = new Set<string>();
    const node = (name: string) => ({
      name,
      rpc: answering(() => {
        if (away.has(name))
          throw new LedgerError('LEDGER_UNREACHABLE', 'no answer', { retryable: true });
      }),
    });
    ledger = await evm.openLedger(evm.newDirectory(), { endpoints: ['a', 'b', 'c'].map(node) });
    away.add('a');
    await ledger.anchor(rollRootOf(1), 1);
    await evm.mine(3);
    await settled(ledger);
    away.add('b');
    await ledger.anchor(rollRootOf(2), 2);
    await evm.mine(3);
    await until(() => told().includes('LEDGER_UNCONFIRMED'));
    expect(ledger.status()).toMatchObject({ final: 1, pending: [{ state: 'mined' }], alarm: null });
    away.clear();
    await settled(ledger);
  });

  it('are too few for two intervals: then it is an alarm', async () => {
    const timers = createFakeTimers();
    const dead = answering(() => {
      throw new LedgerError('LEDGER_UNREACHABLE', 'no answer', { retryable: true });
    });
    const endpoints = [
      { name: 'a', rpc: evm.rpc },
      { name: 'b', rpc: dead },
    ];
    ledger = await evm.openLedger(evm.newDirectory(), { endpoints, timers, intervalMs: 10_000 });
    for (let n = 1; alarm() === null; n++) {
      await ledger.anchor(rollRootOf(n), n).catch(() => {});
      await evm.mine();
      timers.advance(await timers.nextWait());
    }
    expect(alarm()).toBe('LEDGER_UNCONFIRMED');
    expect(evm.events.filter(({ level }) => level === 'alarm')).toHaveLength(1);
  });
});

describe('finality', () => {
  it('that a node does not tell is said, and the anchor stays provisional', async () => {
    const rpc = answering((method, [block]) => {
      if (method === 'eth_getBlockByNumber' && block === 'finalized')
        throw new LedgerError('LEDGER_REFUSED', 'unknown block tag', { retryable: true });
    });
    const directory = evm.newDirectory();
    const endpoints = [{ name: 'old', rpc }];
    ledger = await evm.openLedger(directory, { endpoints });
    await ledger.anchor(rollRootOf(1), 1);
    await evm.mine(9);
    await until(() => told().includes('LEDGER_NO_FINALITY'));
    expect(ledger.status()).toMatchObject({ final: 0, pending: [{ state: 'mined' }] });
    await ledger.close();
    const finality = { kind: 'depth', blocks: 8 } as const;
    ledger = await evm.openLedger(directory, { endpoints, finality });
    await settled(ledger);
    expect(ledger.provenState()?.state.size).toBe(1);
  });

  it('is immediate where validators seal, and rests on the seals of those that are pinned', async () => {
    const node = qbftNode(evm.rpc);
    const { seals } = findChainProfile('besu-qbft')!;
    const qbft: Partial<EvmLedgerParts> = {
      ...{ endpoints: [{ name: 'besu', rpc: node.rpc }], profile: { seals } },
      ...{ finality: { kind: 'immediate' } },
      validators: [{ from: 0, validators: node.validators }],
    };
    ledger = await evm.openLedger(evm.newDirectory(), qbft);
    await ledger.anchor(rollRootOf(1), 1);
    await evm.mine();
    await settled(ledger);
    const { proof, state } = ledger.provenState()!;
    expect(verifyLedgerState(proof, evm.contract, { seals })).toEqual(state);
    expect(verifyQbftSeals(proof.header, node.validators)).toHaveLength(4);
    const number = `0x${state.blockNumber.toString(16)}`;
    const block = await node.rpc.call<{ hash: string }>('eth_getBlockByNumber', number, false);
    expect(`0x${toHex(state.blockHash)}`).toBe(block.hash);

    node.sealers = 2;
    await ledger.anchor(rollRootOf(2), 2);
    await evm.mine();
    await until(() => alarm() === 'LEDGER_UNSEALED');
    expect(ledger.status()).toMatchObject({ final: 1, pending: [{ state: 'mined' }] });
    node.sealers = 3;
    await settled(ledger);
  });
});

describe('a ledger that is away for three days', () => {
  it('loses nothing, raises one alarm, asks ever less often, and catches up by itself', async () => {
    const timers = createFakeTimers();
    ledger = await evm.openLedger(evm.newDirectory(), { timers, pollMs: 4_000 });
    await ledger.anchor(rollRootOf(1), 1);
    evm.setAway(true);
    await evm.anvil.call('anvil_dropAllTransactions');
    const end = timers.now() + 3 * 86_400_000;
    let looks = 0;
    while (timers.now() < end) {
      timers.advance(await timers.nextWait());
      looks += 1;
    }
    expect(looks).toBeLessThan((3 * 86_400) / 29); // a minute apart at the most, half of that on average
    expect(told()).toEqual(['LEDGER_UNREACHABLE', 'ANCHOR_OVERDUE']);
    expect(ledger.status()).toMatchObject({ reachable: false, alarm: { code: 'ANCHOR_OVERDUE' } });
    expect(ledger.status().pending).toHaveLength(1);
    evm.setAway(false);
    while (ledger.status().pending.length > 0) {
      await evm.mine();
      timers.advance(await timers.nextWait());
    }
    expect((await ledger.finalAnchors(0, 9)).map(({ slots }) => slots)).toEqual([1]);
    expect(ledger.status().alarm).toBeNull();
    expect(told().slice(2).toSorted()).toEqual(['anchored-again', 'ledger-well']);
  });
});
