import { toHex } from '@sigill/evidence';
import { expect, it } from 'vitest';
import { startEvm } from './evm-fixture.ts';
import type { AnchorStatus } from './ledger.ts';
import { rollRootOf } from './roll-root-fixture.ts';

const TURNS = 250;
const FINAL_DEPTH = 8;
const SEED = Number(process.env.SEED ?? Date.now() % 1e9);

it(`appends what was given once and in its order, whatever happens meanwhile (seed ${SEED})`, async () => {
  const random = mulberry(SEED);
  const below = (bound: number) => Math.floor(random() * bound);
  const evm = await startEvm(32);
  const directory = evm.newDirectory();
  const told: AnchorStatus[] = [];
  const open = async () => {
    const finality = { kind: 'depth', blocks: FINAL_DEPTH } as const;
    const opened = await evm.openLedger(directory, { finality, pollMs: 1, bumpAfterMs: 200 });
    opened.watch((status) => told.push(status));
    return opened;
  };
  let ledger = await open();
  let given = 0;
  let foreign = 0;
  const done: Record<string, number> = {};

  const events: Record<string, () => Promise<unknown>> = {
    async anchor() {
      await ledger.anchor(rollRootOf(given), given + 1).then(
        () => {
          given += 1;
        },
        () => {}, // one is in flight, or the node is away
      );
    },
    mine: () => evm.mine(1 + below(3)),
    reorganise: async () => evm.reorganise(1 + below(FINAL_DEPTH - 3)),
    // Transactions come back into the pool, with or without the ledger looking.
    async rollBack() {
      const depth = 1 + below(FINAL_DEPTH - 3);
      await evm.anvil.call('anvil_rollback', depth);
      await evm.mine(depth); // no chain gets shorter, or what was final could go
    },
    forget: () => evm.anvil.call('anvil_dropAllTransactions'),
    async away() {
      evm.setAway(true);
      await evm.mine(below(2));
      evm.setAway(false);
    },
    async restart() {
      await ledger.close();
      ledger = await open();
    },
    async spendNonce() {
      const nonce = Number(
        await evm.anvil.call('eth_getTransactionCount', evm.wallet.address, 'latest'),
      );
      const spent = await evm.wallet.signTransaction({
        ...{ type: 2, chainId: ledger.chainId, nonce, to: evm.rich, gasLimit: 21_000 },
        ...{ maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 11n },
      });
      await evm.anvil.call('eth_sendRawTransaction', spent);
      foreign += 1;
    },
  };
  const weighted = [
    ...['anchor', 'anchor', 'anchor', 'mine', 'mine', 'mine', 'mine'],
    ...Object.keys(events),
  ];
  await evm.mine(FINAL_DEPTH); // the contract’s own block is never taken away
  for (let turn = 0; turn < TURNS; turn++) {
    const name = weighted[below(weighted.length)] as string;
    await events[name]?.().catch(() => {}); // a node refuses what makes no sense at the time
    done[name] = (done[name] ?? 0) + 1;
  }
  await evm.mineUntilSettled(ledger);

  const leaves = await ledger.finalAnchors(0, 1000);
  const expected = Array.from({ length: given }, (_, n) => toHex(rollRootOf(n)));
  expect(leaves.map(({ rollRoot }) => toHex(rollRoot))).toEqual(expected);
  expect((await ledger.head()).size).toBe(given);
  const final = told.filter(({ state }) => state === 'final');
  expect(final.map(({ leaf }) => leaf)).toEqual(leaves);
  console.log(
    `seed ${SEED}: ${given} anchors, ${foreign} foreign transactions, ${JSON.stringify(done)}`,
  );
  await ledger.close();
  await evm.close();
}, 120_000);

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
