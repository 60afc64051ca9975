import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddress } from '@sigill/evidence';
import { Wallet } from 'ethers';
import { expect, it } from 'vitest';
import { systemTimers } from '../timers.ts';
import { startAnvil } from './anvil.ts';
import { readAnchors } from './chain-reader.ts';
import { deployAnchorLog } from './deploy-anchor-log.ts';
import { profile } from './development-node.ts';
import { openEvmLedger } from './evm-ledger.ts';

const POINTS = [
  ...['built', 'signed', 'kept', 'sent', 'mined', 'proven', 'final'],
  ...['raised, signed', 'raised, kept', 'raised, sent'],
];

it('loses and doubles no anchor, killed at each point from building to final, and while fees are raised', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'crash-points-'));
  const anvil = await startAnvil([
    ...['--chain-id', String(profile.chainId), '--hardfork', 'prague'],
    ...['--slots-in-an-epoch', '1'],
  ]);
  const wallet = new Wallet(`0x${'42'.repeat(32)}`);
  const account = parseAddress(wallet.address.toLowerCase());
  await anvil.call('anvil_setBalance', wallet.address, '0xde0b6b3a7640000');
  const { contract } = await deployAnchorLog({
    ...{ rpc: anvil, chainId: profile.chainId, profile, signer: wallet, timers: systemTimers },
    ...{ roles: { operator: account, guardian: account } },
    ...{ feeCap: 10n ** 12n, pollMs: 5, patienceMs: 20_000 },
  });
  await anvil.call('evm_setAutomine', false);

  let given = 0;
  for (const point of POINTS) {
    const { said, signal } = await runUntilKilled(anvil.url, directory, point);
    expect(signal, `never passed: ${point}`).toBe('SIGKILL');
    const counts = [...said.matchAll(/^given (\d+)$/gm)].map(([, count]) => Number(count));
    given = Math.max(given, ...counts);
    // What the node has not mined yet, it may also forget.
    if (point === 'sent') await anvil.call('anvil_dropAllTransactions');
  }
  expect(given).toBeGreaterThanOrEqual(3); // the first points are passed before an anchor is durable

  const ledger = await openEvmLedger({
    ...{ profile, finality: profile.final, endpoints: [{ name: 'node', rpc: anvil }] },
    ...{ chainId: profile.chainId, contract, signer: wallet, directory, timers: systemTimers },
    ...{ random: Math.random, tell: () => {}, intervalMs: 60_000, pollMs: 3 },
  });
  const last = ledger.status().final + ledger.status().pending.length;
  expect(last).toBeGreaterThanOrEqual(given);
  while (ledger.status().pending.length > 0) await anvil.call('evm_mine');
  const leaves = await ledger.finalAnchors(0, 10_000);
  expect(leaves.map(({ slots }) => slots)).toEqual(leaves.map((_, at) => at + 1));
  expect(leaves).toHaveLength(last);
  const latest = Number(await anvil.call('eth_blockNumber'));
  const chain = { rpc: anvil, profile, chainId: profile.chainId, contract };
  const onChain = await readAnchors(chain, 0, latest);
  expect(onChain.map(({ leaf }) => leaf)).toEqual(leaves);
  await ledger.close();
  await anvil.kill();
  rmSync(directory, { recursive: true });
}, 120_000);

async function runUntilKilled(url: string, directory: string, point: string) {
  const fixture = join(import.meta.dirname, 'crash-point-fixture.ts');
  const child = spawn(process.execPath, [fixture, url, directory, point], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const signal = await new Promise<string | null>((resolve) =>
    child.once('close', (_code, by) => resolve(by)),
  );
  return { said, signal };
}
