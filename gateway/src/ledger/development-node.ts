/**
 * The ledger of a development machine: one process plays the chain, so it proves nothing to anybody else.
 * It answers on 127.0.0.1 as a node does, to this machine's programs and to pages in its browsers; what would let a page
 * rewrite the chain stays behind it. A block is made when there is something to put in, then as many as make it final.
 * @module
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AnchorLogRoles,
  anchorLogAddress,
  anchorLogInitCode,
  type ChainProfile,
  findChainProfile,
  formatAddress,
  parseAddress,
  toHex,
} from '@sigill/evidence';
import type { Timers } from '../timers.ts';
import { quantity } from './chain-reader.ts';
import {
  BLOCKS_TO_FINAL,
  type DevelopmentChain,
  openDevelopmentChain,
} from './development-chain.ts';
import { answerRpc } from './development-rpc.ts';
import { LedgerError } from './ledger-error.ts';

export interface DevelopmentNode {
  readonly url: string;
  readonly chainId: number;
  /** The anchor log with the given roles. */
  readonly contract: Uint8Array;
  close(): Promise<void>;
}

export interface DevelopmentNodeOptions {
  /** An existing directory of its own. */
  readonly directory: string;
  /** 0 for any. */
  readonly port: number;
  readonly roles: AnchorLogRoles;
  readonly timers: Timers;
  /** The least time between two blocks. */
  readonly blockMs?: number;
  readonly blocksPerState?: number;
}

export const profile = findChainProfile('development') as ChainProfile & { chainId: number };
const DEFAULT_BLOCK_MS = 1000;
const ALLOWANCE = 10n ** 21n; // an anchor costs 60,000 gas: enough for ever

/** Starts the chain, or goes on with it; then the operator has money and the anchor log is there. */
export async function startDevelopmentNode(
  options: DevelopmentNodeOptions,
): Promise<DevelopmentNode> {
  const { directory, port, roles, timers, blockMs = DEFAULT_BLOCK_MS, blocksPerState } = options;
  const closing = new AbortController();
  let chain: Promise<DevelopmentChain>;
  let blocksToMake = 0;
  let wake = () => {};

  const server = createServer((request, response) =>
    answerRpc(request, response, async (method, params) => {
      const result = await (await chain).call<unknown>(method, ...params);
      if (method === 'eth_sendRawTransaction') makeBlocks();
      return result;
    }),
  );
  await listen(server, port);
  chain = openDevelopmentChain({
    directory,
    chainId: profile.chainId,
    now: timers.now,
    ...(blocksPerState === undefined ? {} : { blocksPerState }),
  });
  try {
    await prepare(await chain, roles);
  } catch (error) {
    await stop(server);
    await chain.then((opened) => opened.close()).catch(() => {});
    throw error;
  }

  /** One block for what waits, and those that make it final. */
  function makeBlocks(): void {
    blocksToMake = 1 + BLOCKS_TO_FINAL;
    wake();
  }

  async function produce(opened: DevelopmentChain): Promise<void> {
    while (!closing.signal.aborted) {
      if (blocksToMake === 0) await somethingToMake();
      else await makeNext(opened);
      await timers.wait(blockMs, closing.signal);
    }
  }

  function somethingToMake(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve;
    });
  }

  async function makeNext(opened: DevelopmentChain): Promise<void> {
    const wanted = blocksToMake;
    // Counted before it is made: what arrives meanwhile may miss it, and asks for all its blocks anew.
    blocksToMake -= 1;
    try {
      await opened.makeBlock();
    } catch {
      blocksToMake = Math.max(blocksToMake, wanted); // anvil has died, and is being started again
    }
  }
  const producing = produce(await chain);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    chainId: profile.chainId,
    contract: anchorLogAddress(parseAddress(profile.factory), roles),
    async close() {
      closing.abort();
      wake();
      await producing;
      await stop(server);
      await (await chain).close();
    },
  };
}

/** Idempotent: a start that was cut short is made good by the next. */
async function prepare(chain: DevelopmentChain, roles: AnchorLogRoles): Promise<void> {
  const [rich] = await chain.call<string[]>('eth_accounts');
  const operator = formatAddress(roles.operator);
  const contract = formatAddress(anchorLogAddress(parseAddress(profile.factory), roles));
  if (BigInt(await chain.call<string>('eth_getBalance', operator, 'latest')) < ALLOWANCE / 2n)
    await chain.call('eth_sendTransaction', {
      from: rich,
      to: operator,
      value: quantity(ALLOWANCE),
    });
  if ((await chain.call<string>('eth_getCode', contract, 'latest')) === '0x') {
    const data = `0x${'00'.repeat(32)}${toHex(anchorLogInitCode(roles))}`; // salt 0, then the code
    await chain.call('eth_sendTransaction', { from: rich, to: profile.factory, data });
  }
  if (await chain.hasWaiting())
    for (let made = 0; made <= BLOCKS_TO_FINAL; made++) await chain.makeBlock();
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code !== 'EADDRINUSE'
          ? cause
          : new LedgerError(
              'DEVELOPMENT_LEDGER_PORT_IN_USE',
              `127.0.0.1:${port} is in use: another development ledger? Stop it, or choose a port: ledger: { development: { port: ${port + 1} } }`,
              { cause },
            ),
      ),
    );
    server.listen(port, '127.0.0.1');
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
