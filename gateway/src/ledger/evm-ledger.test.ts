import { formatAddress, toHex, verifyLedgerState } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeTimers } from '../timers-fake.ts';
import { anchorLogInterface } from './chain-reader.ts';
import { startEvm } from './evm-fixture.ts';
import { reached, settled, testLedger } from './ledger-contract.ts';
import { rollRootOf } from './roll-root-fixture.ts';

testLedger('the ledger on an EVM chain', async () => {
  const evm = await startEvm();
  const ledger = await evm.openLedger(evm.newDirectory());
  return {
    ledger,
    mine: () => evm.mine(),
    makeFinal: () => evm.mine(2),
    async reorganise() {
      // Out of sight of the ledger, which would else see the gap and fill it.
      evm.setAway(true);
      await evm.anvil.call('anvil_rollback', 1);
      await evm.anvil.call('anvil_dropAllTransactions');
      await evm.mine();
      evm.setAway(false);
    },
    setAway: async (away) => evm.setAway(away),
    async close() {
      await ledger.close();
      await evm.close();
    },
  };
});

describe('the ledger on an EVM chain', () => {
  let evm: Awaited<ReturnType<typeof startEvm>>;
  let directory: string;
  beforeEach(async () => {
    evm = await startEvm();
    directory = evm.newDirectory();
  });
  afterEach(() => evm.close());

  it('keeps a proof that the verifier of evidence accepts, over all final anchors', async () => {
    const ledger = await evm.openLedger(directory);
    for (const n of [1, 2]) {
      await ledger.anchor(rollRootOf(n), n);
      await evm.mine(3);
      await settled(ledger);
    }
    const { proof, state } = ledger.provenState()!;
    expect(verifyLedgerState(proof, evm.contract)).toEqual(state);
    expect(state.size).toBe(2);
    expect(toHex(state.root)).toBe(toHex((await ledger.head()).root));
    await ledger.close();
  });

  it('takes up after a restart whatever was pending, and knows what was final', async () => {
    const first = await evm.openLedger(directory);
    await first.anchor(rollRootOf(1), 1);
    await evm.mine(3);
    await settled(first);
    const leaves = await first.finalAnchors(0, 9);
    await first.anchor(rollRootOf(2), 2);
    await first.close();
    await evm.anvil.call('anvil_dropAllTransactions');

    const second = await evm.openLedger(directory);
    expect(await second.finalAnchors(0, 9)).toEqual(leaves);
    expect(second.provenState()?.state.size).toBe(1);
    await reached(second, 'sent');
    await evm.mine(3);
    await settled(second);
    expect((await second.finalAnchors(0, 9)).map(({ slots }) => slots)).toEqual([1, 2]);
    await second.close();
  });

  it('opens while the ledger is away, says so, and goes on when it is back', async () => {
    const first = await evm.openLedger(directory);
    await first.anchor(rollRootOf(1), 1);
    await first.close();
    evm.setAway(true);
    const second = await evm.openLedger(directory);
    await expect(second.head()).rejects.toMatchObject({ code: 'LEDGER_UNREACHABLE' });
    expect(second.status().pending).toHaveLength(1);
    evm.setAway(false);
    await evm.mine(3);
    await settled(second);
    expect(evm.events.map(({ what }) => what)).toEqual(['LEDGER_UNREACHABLE', 'ledger-well']);
    await second.close();
  });

  it('raises the fees of a transaction that waits, with the same nonce and calldata', async () => {
    const ledger = await evm.openLedger(directory, { bumpAfterMs: 60 });
    await ledger.anchor(rollRootOf(1), 1);
    const [before] = await pool(evm);
    let after = before;
    while (after?.hash === before?.hash) [after] = await pool(evm);
    expect([after?.nonce, after?.input]).toEqual([before?.nonce, before?.input]);
    expect(BigInt(after!.maxFeePerGas) * 100n).toBeGreaterThanOrEqual(
      BigInt(before!.maxFeePerGas) * 125n,
    );
    await evm.mine(3);
    await settled(ledger);
    expect((await ledger.head()).size).toBe(1);
    await ledger.close();
  });

  it('signs again when its nonce was spent on something else, and tells who may have done it', async () => {
    const ledger = await evm.openLedger(directory);
    await ledger.anchor(rollRootOf(1), 1);
    await evm.anvil.call('anvil_dropAllTransactions');
    const elsewhere = await evm.wallet.signTransaction({
      ...{ type: 2, chainId: ledger.chainId, nonce: 0, to: evm.rich, gasLimit: 21_000 },
      ...{ maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 11n },
    });
    await evm.anvil.call('eth_sendRawTransaction', elsewhere);
    await evm.mine();
    while (evm.events.length === 0) await new Promise(setImmediate);
    while ((await pool(evm)).length === 0);
    expect(evm.events).toMatchObject([{ level: 'alarm', what: 'LEDGER_NONCE_TAKEN' }]);
    await evm.mine(3);
    await settled(ledger);
    expect((await ledger.finalAnchors(0, 9)).map(({ slots }) => slots)).toEqual([1]);
    expect((await ledger.head()).size).toBe(1);
    await ledger.close();
  });

  it('reads the whole log from the chain when its directory is new', async () => {
    const first = await evm.openLedger(directory);
    for (const n of [1, 2, 3]) {
      await first.anchor(rollRootOf(n), n);
      await evm.mine(3);
      await settled(first);
    }
    const leaves = await first.finalAnchors(0, 9);
    await first.close();
    const second = await evm.openLedger(evm.newDirectory());
    while (second.status().final < 3) await new Promise(setImmediate);
    expect(await second.finalAnchors(0, 9)).toEqual(leaves);
    await second.close();
  });

  it('refuses another chain, and a chain without the contract', async () => {
    const wrong = await evm.openLedger(directory, { chainId: 1 });
    await expect(wrong.anchor(rollRootOf(1), 1)).rejects.toMatchObject({
      code: 'LEDGER_WRONG_CHAIN',
    });
    expect(wrong.status().alarm?.code).toBe('LEDGER_WRONG_CHAIN');
    await wrong.close();
    const nowhere = await evm.openLedger(evm.newDirectory(), {
      contract: new Uint8Array(20).fill(1),
    });
    await expect(nowhere.anchor(rollRootOf(1), 1)).rejects.toMatchObject({
      code: 'LEDGER_NO_CONTRACT',
    });
    await nowhere.close();
  });

  it('says plainly that the log is frozen, and sends nothing', async () => {
    const to = formatAddress(evm.contract);
    await evm.anvil.call('eth_sendTransaction', {
      from: evm.guardian,
      to,
      data: anchorLogInterface.encodeFunctionData('freeze'),
    });
    await evm.mine();
    const ledger = await evm.openLedger(directory);
    await expect(ledger.anchor(rollRootOf(1), 1)).rejects.toMatchObject({
      code: 'LEDGER_NOT_OPERATOR',
      retryable: false,
    });
    expect(ledger.status().pending).toEqual([]);
    await ledger.close();
  });

  it('raises an alarm when two intervals pass without an anchor', async () => {
    const timers = createFakeTimers();
    const ledger = await evm.openLedger(directory, { timers, intervalMs: 10_000 });
    await timers.nextWait();
    timers.advance(19_999);
    await timers.nextWait();
    expect(ledger.status().alarm).toBeNull();
    timers.advance(10);
    await timers.nextWait();
    expect(ledger.status().alarm?.code).toBe('ANCHOR_OVERDUE');
    expect(evm.events).toMatchObject([{ level: 'alarm', what: 'ANCHOR_OVERDUE' }]);
    await ledger.close();
  });
});

interface PooledTransaction {
  readonly hash: string;
  readonly nonce: string;
  readonly input: string;
  readonly maxFeePerGas: string;
}

async function pool(evm: Awaited<ReturnType<typeof startEvm>>): Promise<PooledTransaction[]> {
  const { pending } = await evm.anvil.call<{
    pending: Record<string, Record<string, PooledTransaction>>;
  }>('txpool_content');
  return Object.values(pending).flatMap((of) => Object.values(of));
}
