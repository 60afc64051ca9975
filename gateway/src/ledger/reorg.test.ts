import { type AnchorLeaf, toHex } from '@sigill/evidence';
import { afterEach, describe, expect, it } from 'vitest';
import { readAnchors } from './chain-reader.ts';
import { profile, startEvm } from './evm-fixture.ts';
import type { AnchorStatus, Ledger } from './ledger.ts';
import { reached, settled } from './ledger-contract.ts';
import { rollRootOf } from './roll-root-fixture.ts';

let evm: Awaited<ReturnType<typeof startEvm>>;
let ledger: Ledger;
afterEach(async () => {
  await ledger.close();
  await evm.close();
});

/** Anchors as many as given, each in a block of its own with so many blocks from one to the next. */
async function anchorAndMine(count: number, apart: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    await ledger.anchor(rollRootOf(n), n);
    await evm.mine();
    await reached(ledger, 'mined');
    await evm.mine(apart - 1);
  }
}

async function assertEachOnce(count: number, told: readonly AnchorStatus[]): Promise<void> {
  const leaves = await ledger.finalAnchors(0, 99);
  const expected = Array.from({ length: count }, (_, at) => toHex(rollRootOf(at + 1)));
  expect(leaves.map(({ rollRoot }) => toHex(rollRoot))).toEqual(expected);
  expect((await ledger.head()).size).toBe(count);
  const latest = Number(await evm.anvil.call('eth_blockNumber'));
  const { chainId, contract } = ledger;
  const onChain = await readAnchors({ rpc: evm.anvil, profile, chainId, contract }, 0, latest);
  expect(onChain.map(({ leaf }) => leaf)).toEqual(leaves);
  // Final is told of each once, and of the leaf that stands in the chain to the end.
  const final = told.filter(({ state }) => state === 'final');
  expect(final.map(({ leaf }) => leaf)).toEqual(leaves);
}

describe.each([
  [1, 1],
  [3, 3],
  [12, 3],
])('a reorg of depth %i, over %i anchors', (depth, anchors) => {
  it.each([
    ['the tag', { kind: 'tag' }],
    ['a depth of 16', { kind: 'depth', blocks: 16 }],
  ] as const)(
    'is followed, finality by %s: each is appended once, and none was called final',
    async (_name, finality) => {
      evm = await startEvm(8); // final under 16 blocks
      const told: AnchorStatus[] = [];
      ledger = await evm.openLedger(evm.newDirectory(), { finality });
      ledger.watch((status) => told.push(status));
      await anchorAndMine(anchors, depth / anchors);
      const before = ledger.status().pending.map(({ leaf }) => leaf);
      await evm.reorganise(depth);
      await reached(ledger, 'sent');
      expect(told.filter(({ state }) => state === 'final')).toEqual([]);
      expect(ledger.provenState()).toBeNull();
      await evm.mineUntilSettled(ledger);
      await assertEachOnce(anchors, told);
      expect(await ledger.finalAnchors(0, 99)).not.toEqual(before);
    },
  );
});

describe('a reorg below what was final', () => {
  /** One final anchor, and all blocks from `from` on replaced, seen from the block that holds it. */
  async function contradict(from: number): Promise<readonly AnchorLeaf[]> {
    evm = await startEvm();
    ledger = await evm.openLedger(evm.newDirectory());
    await ledger.anchor(rollRootOf(1), 1);
    evm.setAway(true); // so that the block that proves it is some blocks above it
    await evm.mine(6);
    evm.setAway(false);
    await settled(ledger);
    const leaves = await ledger.finalAnchors(0, 9);
    const latest = Number(await evm.anvil.call('eth_blockNumber'));
    await evm.reorganise(latest - (leaves[0]!.blockNumber + from) + 1);
    return leaves;
  }

  async function assertAlarm(leaves: readonly AnchorLeaf[]): Promise<void> {
    while (ledger.status().alarm === null) await new Promise(setImmediate);
    expect(ledger.status()).toMatchObject({
      ...{ final: 1, alarm: { code: 'LEDGER_FINAL_CONTRADICTED' } },
    });
    expect(await ledger.finalAnchors(0, 9)).toEqual(leaves);
  }

  it('is an alarm when it takes a final anchor away: what was kept is kept, and no more is taken', async () => {
    const leaves = await contradict(0);
    await assertAlarm(leaves);
    await expect(ledger.anchor(rollRootOf(2), 2)).rejects.toMatchObject({
      code: 'LEDGER_FINAL_CONTRADICTED',
    });
  });

  it('is an alarm when it leaves the anchor and takes the block that proves it: no more is called final', async () => {
    const leaves = await contradict(1);
    await ledger.anchor(rollRootOf(2), 2);
    await evm.mine();
    await reached(ledger, 'mined');
    await evm.mine(9);
    await assertAlarm(leaves);
  });
});

describe('two anchors that a reorg leaves in other blocks', () => {
  it('are both appended, although the second was signed for a log that never came to be', async () => {
    evm = await startEvm(8);
    const told: AnchorStatus[] = [];
    ledger = await evm.openLedger(evm.newDirectory());
    ledger.watch((status) => told.push(status));
    await anchorAndMine(2, 1);
    await evm.anvil.call('anvil_rollback', 2); // their transactions wait in the pool again
    await evm.mineUntilSettled(ledger);
    await assertEachOnce(2, told);
  });
});
