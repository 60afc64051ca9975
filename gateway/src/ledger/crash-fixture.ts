/**
 * For tests, run as a process of its own until it is killed: a development ledger and a gateway's ledger on it, which
 * anchors as fast as it can. Argument: a directory. Prints `given <count>` when an anchor is durable, `final <count>`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddress } from '@sigill/evidence';
import { Wallet } from 'ethers';
import { systemTimers } from '../timers.ts';
import { profile, startDevelopmentNode } from './development-node.ts';
import { openEvmLedger } from './evm-ledger.ts';
import { createJsonRpc } from './json-rpc.ts';
import { rollRootOf } from './roll-root-fixture.ts';

const directory = process.argv[2] as string;
const wallet = new Wallet(`0x${'42'.repeat(32)}`);
const account = parseAddress(wallet.address.toLowerCase());
for (const name of ['chain', 'ledger']) mkdirSync(join(directory, name), { recursive: true });

const node = await startDevelopmentNode({
  directory: join(directory, 'chain'),
  port: 0,
  roles: { operator: account, guardian: account },
  timers: systemTimers,
  blockMs: 5,
  blocksPerState: 40,
});
const ledger = await openEvmLedger({
  endpoints: [{ name: 'development', rpc: createJsonRpc(node.url, 2000) }],
  ...{ profile, finality: profile.final },
  chainId: node.chainId,
  contract: node.contract,
  signer: wallet,
  directory: join(directory, 'ledger'),
  timers: systemTimers,
  random: Math.random,
  tell: () => {},
  intervalMs: 1000,
  pollMs: 3,
});
ledger.watch(({ state }) => {
  if (state === 'final') setImmediate(() => console.log(`final ${ledger.status().final}`));
});
console.log(`final ${ledger.status().final}`);

// The number of an anchor is how many were given before it: what the ledger has forgotten would be given again,
// and what it has doubled would be missing at the end.
for (let failed = 0; failed < 10_000; ) {
  const { final, pending } = ledger.status();
  const given = final + pending.length;
  const done = await ledger.anchor(rollRootOf(given), given + 1).then(
    () => true,
    () => false,
  );
  if (done) console.log(`given ${given + 1}`);
  else {
    failed += 1;
    await systemTimers.wait(3, AbortSignal.timeout(60_000));
  }
}
