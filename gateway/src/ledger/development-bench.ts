/**
 * How the development ledger grows: `node gateway/src/ledger/development-bench.ts 8640` makes the anchors of a day
 * (one each 10 s, three blocks each) as fast as it can and tells, eight times, what disk and memory they take.
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddress } from '@sigill/evidence';
import { Wallet } from 'ethers';
import { systemTimers } from '../timers.ts';
import { profile, startDevelopmentNode } from './development-node.ts';
import { openEvmLedger } from './evm-ledger.ts';
import { createJsonRpc } from './json-rpc.ts';
import { rollRootOf } from './roll-root-fixture.ts';

const anchors = Number(process.argv[2] ?? 360);
const directory = mkdtempSync(join(tmpdir(), 'development-bench-'));
const ledgerDirectory = mkdtempSync(join(tmpdir(), 'development-bench-'));
const wallet = new Wallet(`0x${'42'.repeat(32)}`);
const account = parseAddress(wallet.address.toLowerCase());

const node = await startDevelopmentNode({
  ...{ directory, port: 0, roles: { operator: account, guardian: account } },
  ...{ timers: systemTimers, blockMs: 0 },
});
const rpc = createJsonRpc(node.url, 10_000);
const ledger = await openEvmLedger({
  ...{ profile, finality: profile.final, endpoints: [{ name: 'development', rpc }] },
  ...{ chainId: node.chainId, contract: node.contract, signer: wallet },
  directory: ledgerDirectory,
  ...{ timers: systemTimers, random: Math.random, tell: () => {}, intervalMs: 60_000, pollMs: 1 },
});

let slowestMs = 0;
for (let n = 0; n < anchors; n++) {
  const startedAt = performance.now();
  while (!(await given(n))) await systemTimers.wait(1, AbortSignal.timeout(1000));
  slowestMs = Math.max(slowestMs, performance.now() - startedAt);
  if ((n + 1) % Math.ceil(anchors / 8) === 0 || n + 1 === anchors) await tell(n + 1);
}
await ledger.close();
const closingAt = performance.now();
await node.close();
console.log(`closed in ${Math.round(performance.now() - closingAt)} ms`);
for (const one of [directory, ledgerDirectory]) rmSync(one, { recursive: true });

async function given(n: number): Promise<boolean> {
  return ledger.anchor(rollRootOf(n), 1).then(
    () => true,
    () => false,
  );
}

async function tell(count: number): Promise<void> {
  const block = Number(await rpc.call('eth_blockNumber'));
  const kB = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
  const sizes = readdirSync(directory).map(
    (name) => `${name} ${kB(statSync(join(directory, name)).size)}`,
  );
  const memory = anvilMemory().map((size) => `${size} MB`);
  console.log(
    `${count} anchors, block ${block}: ${sizes.join(', ')}; anvil ${memory}; slowest anchor ${Math.round(slowestMs)} ms`,
  );
  slowestMs = 0;
}

/** Resident memory of the processes called anvil that this user runs, in MB. */
function anvilMemory(): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${Number(pid)}/status`, 'latin1');
      if (!status.startsWith('Name:\tanvil\n')) return [];
      const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(status) ?? [];
      return kilobytes === undefined ? [] : [Math.round(Number(kilobytes) / 1000)];
    } catch {
      return [];
    }
  });
}
