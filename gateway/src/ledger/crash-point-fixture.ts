/**
 * For tests, run as a process of its own: a ledger that anchors without end, and kills itself at one point of the way.
 * Arguments: address of the node, directory, point. Prints `given <count>` when an anchor is durable.
 */
import { writeSync } from 'node:fs';
import { anchorLogAddress, parseAddress } from '@sigill/evidence';
import { Wallet } from 'ethers';
import { systemTimers } from '../timers.ts';
import { profile } from './development-node.ts';
import { openEvmLedger } from './evm-ledger.ts';
import { createJsonRpc, type JsonRpc } from './json-rpc.ts';
import { rollRootOf } from './roll-root-fixture.ts';

const [url = '', directory = '', point = ''] = process.argv.slice(2);
const wallet = new Wallet(`0x${'42'.repeat(32)}`);
const account = parseAddress(wallet.address.toLowerCase());
const raises = point.startsWith('raised');

let signed = 0;
let given = 0;
const passing = (here: string) => {
  if (here === point) process.kill(process.pid, 'SIGKILL');
};

const node = createJsonRpc(url, 5000);
const rpc: JsonRpc = {
  async call<Result>(method: string, ...params: readonly unknown[]) {
    const isSending = method === 'eth_sendRawTransaction';
    if (isSending) passing(signed > 1 ? 'raised, kept' : 'kept');
    const answer = await node.call<Result>(method, ...params);
    if (isSending) passing(signed > 1 ? 'raised, sent' : 'sent');
    if (method === 'eth_getProof') passing('proven');
    return answer;
  },
};

const ledger = await openEvmLedger({
  ...{ profile, finality: profile.final, endpoints: [{ name: 'node', rpc }] },
  chainId: profile.chainId,
  contract: anchorLogAddress(parseAddress(profile.factory), {
    operator: account,
    guardian: account,
  }),
  signer: {
    address: wallet.address,
    async signTransaction(fields) {
      passing('built');
      const transaction = await wallet.signTransaction(fields);
      signed += 1;
      passing(signed > 1 ? 'raised, signed' : 'signed');
      return transaction;
    },
  },
  ...{ directory, timers: systemTimers, random: Math.random, tell: () => {} },
  ...{ intervalMs: 60_000, pollMs: 2, bumpAfterMs: raises ? 1 : 60_000 },
});
ledger.watch(({ state }) => {
  passing(state);
});

// Ends after a while if the point is never passed, which the test then sees.
for (let turn = 0; turn < 500; turn++) {
  const { final, pending } = ledger.status();
  given = final + pending.length;
  const done = await ledger.anchor(rollRootOf(given), given + 1).then(
    () => true,
    () => false,
  );
  if (done) writeSync(1, `given ${given + 1}\n`);
  if (raises && signed > 0) await systemTimers.wait(3, AbortSignal.timeout(1000));
  else {
    await node.call('evm_mine');
    signed = 0;
  }
}
process.exit(1);
