/**
 * A chain of one process that survives the end of that process at any moment. anvil keeps its chain in memory; here
 * each block's content is synced before the next block is made, so at most the newest block is lost: never a final one.
 * @module
 */
import { type Anvil, startAnvil } from './anvil.ts';
import { dumpState } from './development-state.ts';
import { openDevelopmentStore } from './development-store.ts';
import type { JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';

export interface DevelopmentChain extends JsonRpc {
  /** Makes one block of the waiting transactions, durable when this resolves. */
  makeBlock(): Promise<void>;
  hasWaiting(): Promise<boolean>;
  /** Leaves a state behind, so that the next start is quick. */
  close(): Promise<void>;
}

export interface DevelopmentChainOptions {
  /** An existing directory of its own. */
  readonly directory: string;
  readonly chainId: number;
  /** ms since the Unix epoch. */
  readonly now: () => number;
  /** After so many blocks the state is written, old blocks are forgotten and anvil starts afresh. */
  readonly blocksPerState?: number;
}

/** The tag "finalized" follows the newest block at this distance. */
export const BLOCKS_TO_FINAL = 2;
// About an hour at three blocks per ten seconds. anvil takes some 20 kB of memory per block, and 2 ms to make one again.
const BLOCKS_PER_STATE = 1000;

/** @throws LedgerError DEVELOPMENT_LEDGER_DAMAGED, DEVELOPMENT_LEDGER_FAILED */
export async function openDevelopmentChain(
  options: DevelopmentChainOptions,
): Promise<DevelopmentChain> {
  const { directory, chainId, now, blocksPerState = BLOCKS_PER_STATE } = options;
  const store = await openDevelopmentStore(directory);
  const retired = new WeakSet<Anvil>();
  let newest: Anvil;

  // Blocks are made, and anvil is started, one at a time: the store has the blocks of one chain.
  let turn: Promise<unknown> = Promise.resolve();
  function exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  }

  async function start(): Promise<Anvil> {
    if (store.statePath === null) await makeGenesis();
    const anvil = await startAnvil([
      ...fixedOptions(chainId),
      '--load-state',
      `${store.statePath}`,
    ]);
    try {
      for (const block of store.blocks) await makeAgain(anvil, block);
      // A state brings no earlier states with it; after these blocks the newest final one can be proven again.
      for (let made = 0; made < BLOCKS_TO_FINAL; made++) await mine(anvil);
    } catch (error) {
      await anvil.kill();
      throw error;
    }
    void anvil.ended.then(() => {
      if (retired.has(anvil)) return;
      running = exclusively(start);
      running.catch(() => {}); // whoever calls next is told
    });
    newest = anvil;
    return anvil;
  }

  async function makeGenesis(): Promise<void> {
    const anvil = await startAnvil(fixedOptions(chainId));
    await store.replaceState(0, (await dumpState(anvil)).bytes);
    await anvil.kill();
  }

  async function mine(anvil: Anvil): Promise<void> {
    const previous = await newestBlock(anvil);
    // A clock may be set back; a chain's time may not.
    const time = Math.max(Math.floor(now() / 1000), Number(previous.timestamp));
    await anvil.call('evm_mine', { timestamp: time });
    const { number, hash, transactions } = await newestBlock(anvil);
    const raw: string[] = [];
    for (const one of transactions)
      raw.push(await anvil.call<string>('eth_getRawTransactionByHash', one));
    await store.append({ number: Number(number), time, hash, transactions: raw });
  }

  async function leaveState(anvil: Anvil): Promise<void> {
    const { bytes, number } = await dumpState(anvil);
    await store.replaceState(number, bytes);
    retired.add(anvil);
    await anvil.kill();
  }

  // Callers wait while anvil starts afresh. Those who hold the turn must not: the start may be waiting for it.
  let running = exclusively(start);
  try {
    await running;
  } catch (error) {
    await store.close();
    throw error;
  }

  return {
    call: async (method, ...params) => (await running).call(method, ...params),
    makeBlock: () =>
      exclusively(async () => {
        await mine(newest);
        if (store.blocks.length < blocksPerState || (await hasWaiting(newest))) return;
        running = leaveState(newest).then(start);
        await running;
      }),
    hasWaiting: async () => hasWaiting(await running),
    close: () =>
      exclusively(async () => {
        // Without a state the next start makes the blocks again.
        await leaveState(newest).catch(() => {});
        retired.add(newest);
        await newest.kill();
        await store.close();
      }),
  };
}

function fixedOptions(chainId: number): string[] {
  return [
    ...['--chain-id', `${chainId}`, '--hardfork', 'prague', '--accounts', '1'],
    // The order of arrival is the one thing a block is made again by; no block is made but on demand.
    ...['--order', 'fifo', '--no-mining', '--slots-in-an-epoch', '1'],
    ...['--prune-history', '16', '--transaction-block-keeper', '256'],
    // anvil takes no block older than its own start: let that be long ago.
    ...['--timestamp', '1'],
  ];
}

async function makeAgain(
  anvil: Anvil,
  block: { number: number; time: number; hash: string; transactions: readonly string[] },
): Promise<void> {
  for (const transaction of block.transactions)
    await anvil.call('eth_sendRawTransaction', transaction);
  await anvil.call('evm_mine', { timestamp: block.time });
  const { hash } = await newestBlock(anvil);
  if (hash !== block.hash)
    throw new LedgerError(
      'DEVELOPMENT_LEDGER_DAMAGED',
      `block ${block.number} was ${block.hash} and comes out as ${hash}: another version of anvil, or a changed file`,
    );
}

interface Block {
  readonly number: string;
  readonly hash: string;
  readonly timestamp: string;
  readonly transactions: readonly string[];
}

function newestBlock(anvil: Anvil): Promise<Block> {
  return anvil.call<Block>('eth_getBlockByNumber', 'latest', false);
}

async function hasWaiting(anvil: Anvil): Promise<boolean> {
  const { pending } = await anvil.call<{ pending: string }>('txpool_status');
  return Number(pending) > 0;
}
