import { describe, expect, it } from 'vitest';
import { type Fees, raiseFees, readFees } from './fees.ts';
import type { JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';

const GWEI = 10n ** 9n;
const CAP = 100n * GWEI;

/** A node with these answers; it refuses what it does not know. */
function node(answers: Record<string, unknown>): JsonRpc {
  return {
    async call<Result>(method: string) {
      if (method in answers) return answers[method] as Result;
      throw new LedgerError('LEDGER_REFUSED', `${method}: no such method`, { retryable: true });
    },
  };
}

const block = (base: bigint) => ({ baseFeePerGas: hex(base) });
const hex = (value: bigint) => `0x${value.toString(16)}`;
const market = (maxFeePerGas: bigint, maxPriorityFeePerGas: bigint): Fees => ({
  ...{ type: 2, maxFeePerGas, maxPriorityFeePerGas },
});

describe('readFees', () => {
  it('offers twice the base fee and the tip', async () => {
    const answers = {
      eth_getBlockByNumber: block(10n * GWEI),
      eth_maxPriorityFeePerGas: hex(GWEI),
    };
    expect(await readFees(node(answers), CAP)).toEqual({
      fees: market(21n * GWEI, GWEI),
      beyondCap: null,
    });
  });

  it('offers one price on a chain without base fees, which may be zero', async () => {
    const answers = { eth_getBlockByNumber: {}, eth_gasPrice: hex(7n) };
    expect((await readFees(node(answers), CAP)).fees).toEqual({ type: 0, gasPrice: 7n });
    const free = { ...answers, eth_gasPrice: '0x0' };
    expect((await readFees(node(free), CAP)).fees).toEqual({ type: 0, gasPrice: 0n });
    const zeroBase = { eth_getBlockByNumber: block(0n), eth_maxPriorityFeePerGas: '0x0' };
    expect((await readFees(node(zeroBase), CAP)).fees).toEqual(market(0n, 0n));
  });

  it('takes the tip out of the price where a node knows no tips', async () => {
    const answers = { eth_getBlockByNumber: block(10n), eth_gasPrice: hex(12n) };
    expect((await readFees(node(answers), CAP)).fees).toEqual(market(22n, 2n));
    const low = { ...answers, eth_gasPrice: hex(9n) };
    expect((await readFees(node(low), CAP)).fees).toEqual(market(20n, 0n));
  });

  it('never offers more than the cap, and says what the chain asks beyond it', async () => {
    const answers = {
      eth_getBlockByNumber: block(99n * GWEI),
      eth_maxPriorityFeePerGas: hex(2n * GWEI),
    };
    expect(await readFees(node(answers), CAP)).toEqual({
      fees: market(CAP, 2n * GWEI),
      beyondCap: 101n * GWEI,
    });
    const legacy = { eth_getBlockByNumber: {}, eth_gasPrice: hex(200n * GWEI) };
    expect(await readFees(node(legacy), CAP)).toEqual({
      fees: { type: 0, gasPrice: CAP },
      beyondCap: 200n * GWEI,
    });
  });
});

describe('raiseFees', () => {
  it('raises both fees by a quarter, or to what the chain asks now', () => {
    expect(raiseFees(market(20n * GWEI, GWEI), market(1n, 1n), CAP)).toEqual(
      market(25n * GWEI, (GWEI * 125n) / 100n),
    );
    expect(raiseFees(market(20n * GWEI, GWEI), market(40n * GWEI, 9n * GWEI), CAP)).toEqual(
      market(40n * GWEI, 9n * GWEI),
    );
  });

  it('raises an eighth at least, and to the cap where a quarter is beyond it', () => {
    const old = market(85n * GWEI, GWEI);
    expect(raiseFees(old, old, CAP)).toEqual(market(CAP, (GWEI * 125n) / 100n));
    for (const least of [1n, 3n, 7n, 1001n]) {
      const raised = raiseFees(market(least, least), market(0n, 0n), CAP);
      expect(raised).toMatchObject({ type: 2 });
      if (raised?.type !== 2) return;
      expect(raised.maxFeePerGas * 1000n).toBeGreaterThanOrEqual(least * 1125n);
      expect(raised.maxPriorityFeePerGas * 1000n).toBeGreaterThanOrEqual(least * 1125n);
    }
  });

  it('gives none where the cap leaves less than an eighth', () => {
    expect(raiseFees(market(89n * GWEI, GWEI), market(CAP, GWEI), CAP)).toBeNull();
    expect(raiseFees({ type: 0, gasPrice: CAP }, { type: 0, gasPrice: CAP }, CAP)).toBeNull();
  });

  it('keeps the tip within the whole, and gives none when it cannot be raised there', () => {
    expect(raiseFees(market(80n, 80n), market(0n, 0n), 100n)).toEqual(market(100n, 100n));
    expect(raiseFees(market(80n, 20n), market(80n, 500n), 100n)).toEqual(market(100n, 100n));
  });

  it('has nothing to raise where gas is free', () => {
    expect(raiseFees({ type: 0, gasPrice: 0n }, { type: 0, gasPrice: 0n }, CAP)).toBeNull();
    expect(raiseFees(market(0n, 0n), market(0n, 0n), CAP)).toBeNull();
  });

  it('keeps the kind of the transaction when the chain has gone over to the other', () => {
    expect(raiseFees({ type: 0, gasPrice: 80n }, market(90n, 1n), 200n)).toEqual({
      ...{ type: 0, gasPrice: 100n },
    });
    expect(raiseFees(market(80n, 1n), { type: 0, gasPrice: 150n }, 200n)).toEqual(market(150n, 2n));
  });
});
