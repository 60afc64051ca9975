import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equalBytes, parseAddress } from '@sigill/evidence';
import { Wallet } from 'ethers';
import { expect, it } from 'vitest';
import { systemTimers } from '../timers.ts';
import { readAnchors } from './chain-reader.ts';
import { profile, startDevelopmentNode } from './development-node.ts';
import { openEvmLedger } from './evm-ledger.ts';
import { createJsonRpc } from './json-rpc.ts';
import { settled } from './ledger-contract.ts';
import { rollRootOf } from './roll-root-fixture.ts';

const KILLS = 14;

it('loses and doubles no anchor, and no final block, when ledger and chain are killed at any moment', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'crash-'));
  let given = 0;
  let final = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    // Every second time at any moment, else while anchors are under way.
    const word = kill % 2 === 0 ? 'final' : 'given';
    const last = await runAndKill(directory, word, 40 + Math.random() * 500);
    // What was called final stays final; what was given stays given.
    expect(last.firstFinal, `after kill ${kill}`).toBeGreaterThanOrEqual(final);
    given = Math.max(given, last.given);
    final = Math.max(final, last.final);
  }
  expect(given).toBeGreaterThanOrEqual(KILLS / 2);

  const wallet = new Wallet(`0x${'42'.repeat(32)}`);
  const account = parseAddress(wallet.address.toLowerCase());
  const node = await startDevelopmentNode({
    ...{ directory: join(directory, 'chain'), port: 0, timers: systemTimers, blockMs: 5 },
    roles: { operator: account, guardian: account },
  });
  const rpc = createJsonRpc(node.url, 5000);
  const ledger = await openEvmLedger({
    ...{ profile, finality: profile.final, endpoints: [{ name: 'development', rpc }] },
    ...{ chainId: node.chainId, contract: node.contract, signer: wallet, timers: systemTimers },
    ...{
      directory: join(directory, 'ledger'),
      random: Math.random,
      tell: () => {},
      intervalMs: 1000,
      pollMs: 3,
    },
  });
  await settled(ledger);
  const leaves = await ledger.finalAnchors(0, 10_000);
  expect(leaves.length).toBeGreaterThanOrEqual(given);
  for (const [index, leaf] of leaves.entries()) {
    expect([leaf.index, leaf.slots]).toEqual([index, index + 1]);
    expect(equalBytes(leaf.rollRoot, rollRootOf(index))).toBe(true);
  }
  expect((await ledger.head()).size).toBe(leaves.length);
  // And the chain itself, as a stranger reads it, has the same anchors in the same blocks.
  const onChain = await readAnchors(
    { rpc, profile, chainId: node.chainId, contract: node.contract },
    0,
    Number(await rpc.call('eth_blockNumber')),
  );
  expect(onChain.map(({ leaf }) => leaf)).toEqual(leaves.slice(-onChain.length));
  await ledger.close();
  await node.close();
  rmSync(directory, { recursive: true });
}, 120_000);

/** Lets the process work for so long after it has first said this, then kills it with all it holds in memory. */
async function runAndKill(directory: string, word: string, ms: number) {
  mkdirSync(directory, { recursive: true });
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'crash-fixture.ts'), directory],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  let complained = '';
  child.stderr.on('data', (chunk) => {
    complained += chunk;
  });
  const started = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.includes(word)) resolve();
    });
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await Promise.race([started, ended]);
  if (!said.includes(word)) throw new Error(`the process ended by itself: ${complained}`);
  await new Promise((resolve) => setTimeout(resolve, ms));
  child.kill('SIGKILL');
  await ended;
  const numbers = (word: string) =>
    [...said.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].map(([, n]) => Number(n));
  return {
    given: Math.max(0, ...numbers('given')),
    final: Math.max(0, ...numbers('final')),
    firstFinal: numbers('final')[0] ?? 0,
  };
}
