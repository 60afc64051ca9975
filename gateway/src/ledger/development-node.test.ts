import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddress, verifyLedgerState } from '@sigill/evidence';
import { Wallet } from 'ethers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemTimers } from '../timers.ts';
import { readHead, readHeader } from './chain-reader.ts';
import {
  type DevelopmentNode,
  type DevelopmentNodeOptions,
  profile,
  startDevelopmentNode,
} from './development-node.ts';
import { openEvmLedger } from './evm-ledger.ts';
import { createJsonRpc } from './json-rpc.ts';
import { settled } from './ledger-contract.ts';
import { rollRootOf } from './roll-root-fixture.ts';

const wallet = new Wallet(`0x${'42'.repeat(32)}`);
const roles = {
  operator: parseAddress(wallet.address.toLowerCase()),
  guardian: new Uint8Array(20).fill(7),
};

describe('the development ledger', () => {
  let directory: string;
  let node: DevelopmentNode;
  const start = async (change: Partial<DevelopmentNodeOptions> = {}) => {
    node = await startDevelopmentNode({
      directory,
      port: 0,
      roles,
      timers: systemTimers,
      blockMs: 20,
      ...change,
    });
    return createJsonRpc(node.url, 5000);
  };
  const open = (rpc: ReturnType<typeof createJsonRpc>) =>
    openEvmLedger({
      ...{ profile, finality: profile.final, endpoints: [{ name: 'development', rpc }] },
      ...{ chainId: node.chainId, contract: node.contract, signer: wallet, timers: systemTimers },
      ...{
        directory: ledgerDirectory,
        random: Math.random,
        tell: () => {},
        intervalMs: 60_000,
        pollMs: 10,
      },
    });
  let ledgerDirectory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'chain-'));
    ledgerDirectory = mkdtempSync(join(tmpdir(), 'ledger-'));
  });
  afterEach(async () => {
    await node.close();
    rmSync(directory, { recursive: true });
    rmSync(ledgerDirectory, { recursive: true });
  });

  it('gives the operator an empty anchor log and money at its first start', async () => {
    const rpc = await start();
    expect(Number(await rpc.call('eth_chainId'))).toBe(node.chainId);
    expect((await readHead(rpc, node.contract, 'finalized')).size).toBe(0);
    expect(BigInt(await rpc.call<string>('eth_getBalance', wallet.address, 'latest'))).toBe(
      10n ** 21n,
    );
  });

  it('makes a block for an anchor, and later those that make it final', async () => {
    const ledger = await open(await start());
    const told: string[] = [];
    ledger.watch(({ state }) => told.push(state));
    await ledger.anchor(rollRootOf(1), 1);
    await settled(ledger);
    expect(told).toEqual(['signed', 'sent', 'mined', 'final']);
    await ledger.close();
  });

  it('goes on with the same chain at every further start, and can prove its newest final block at once', async () => {
    let rpc = await start();
    const first = await open(rpc);
    for (const n of [1, 2, 3]) {
      await first.anchor(rollRootOf(n), n);
      await settled(first);
    }
    const proven = first.provenState()!;
    const hash = (await readHeader(rpc, '0x1')).hash;
    await first.close();
    await node.close();

    rpc = await start();
    expect((await readHeader(rpc, '0x1')).hash).toBe(hash);
    const number = `0x${proven.state.blockNumber.toString(16)}`;
    expect((await readHeader(rpc, number)).encoded).toEqual(proven.proof.header);
    const second = await open(rpc);
    await second.anchor(rollRootOf(4), 4);
    await settled(second);
    const { proof, state } = second.provenState()!;
    expect(state.size).toBe(4);
    expect(verifyLedgerState(proof, node.contract)).toEqual(state);
    await second.close();
  });

  it('lives on when anvil is killed', async () => {
    const rpc = await start();
    const ledger = await open(rpc);
    for (const n of [1, 2, 3, 4, 5]) {
      await ledger.anchor(rollRootOf(n), n);
      for (const pid of anvilProcesses()) process.kill(pid, 'SIGKILL');
      await settled(ledger);
    }
    expect((await ledger.finalAnchors(0, 9)).map(({ slots }) => slots)).toEqual([1, 2, 3, 4, 5]);
    await ledger.close();
  });

  it('starts anvil afresh now and then, so that it never holds more than so many blocks; no caller notices', async () => {
    const rpc = await start({ blocksPerState: 10, blockMs: 0 });
    const ledger = await open(rpc);
    for (let n = 0; n < 12; n++) {
      await ledger.anchor(rollRootOf(n), n);
      await settled(ledger);
    }
    const names = readdirSync(directory);
    expect(names).toHaveLength(2);
    const blocks = names.find((name) => name.startsWith('blocks-'))!;
    expect(readFileSync(join(directory, blocks), 'utf8').split('\n').length).toBeLessThanOrEqual(
      12,
    );
    expect(ledger.status()).toMatchObject({ final: 12, reachable: true, alarm: null });
    expect((await readHead(rpc, node.contract, 'latest')).size).toBe(12);
    await ledger.close();
  });

  it('says so when its port is in use', async () => {
    await start();
    const port = Number(new URL(node.url).port);
    const second = startDevelopmentNode({ directory, port, roles, timers: systemTimers });
    await expect(second).rejects.toMatchObject({
      code: 'DEVELOPMENT_LEDGER_PORT_IN_USE',
      message: expect.stringContaining(`${port + 1}`),
    });
  });

  it('lets pages of other origins read, and nobody rewrite', async () => {
    const rpc = await start();
    const preflight = await fetch(node.url, {
      method: 'OPTIONS',
      headers: { origin: 'http://127.0.0.1:7445' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_getBlockByNumber',
      params: ['latest', false],
    };
    const answer = await post(call);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toMatchObject({
      id: 1,
      result: { hash: expect.stringMatching(/^0x/) },
    });
    for (const method of [
      'anvil_setStorageAt',
      'evm_mine',
      'eth_sendTransaction',
      'anvil_reset',
      'eth_accounts',
    ])
      await expect(rpc.call(method)).rejects.toMatchObject({ code: 'LEDGER_REFUSED' });
  });

  it('answers batches in order, and nonsense with an error', async () => {
    await start();
    const calls = [1, 2, 3].map((id) => ({
      jsonrpc: '2.0',
      id,
      method: 'eth_chainId',
      params: [],
    }));
    expect(((await (await post(calls)).json()) as { id: number }[]).map(({ id }) => id)).toEqual([
      1, 2, 3,
    ]);
    for (const nonsense of [null, 7, 'x', {}, { method: 'eth_chainId', params: 1 }])
      expect(await (await post(nonsense)).json()).toMatchObject({ error: { code: -32600 } });
    const broken = await fetch(node.url, { method: 'POST', body: '{' });
    expect(await broken.json()).toMatchObject({ error: { code: -32700 } });
    expect((await fetch(node.url)).status).toBe(405);
    const huge = await fetch(node.url, { method: 'POST', body: 'x'.repeat(2 << 20) }).catch(() => ({
      status: 413,
    }));
    expect(huge.status).toBe(413);
  });

  it('refuses a stored block that does not come out as it was', async () => {
    await start();
    const copy = join(directory, 'copy');
    copyFiles(directory, copy);
    const name = readdirSync(copy).find((one) => one.startsWith('blocks-')) ?? '';
    const blocks = readFileSync(join(copy, name), 'utf8');
    writeFileSync(
      join(copy, name),
      blocks.replace(/"time":(\d+)/, (_, time) => `"time":${Number(time) - 1}`),
    );
    const damaged = startDevelopmentNode({ directory: copy, port: 0, roles, timers: systemTimers });
    await expect(damaged).rejects.toMatchObject({ code: 'DEVELOPMENT_LEDGER_DAMAGED' });
  });

  it('cuts a torn tail: a block that was never whole never was', async () => {
    const rpc = await start();
    const copy = join(directory, 'copy');
    copyFiles(directory, copy);
    const name = readdirSync(copy).find((one) => one.startsWith('blocks-')) ?? '';
    appendFileSync(join(copy, name), '{"number":99,"time":17');
    const before = (await readHeader(rpc, 'finalized')).hash;
    await node.close();
    node = await startDevelopmentNode({ directory: copy, port: 0, roles, timers: systemTimers });
    const again = createJsonRpc(node.url, 5000);
    const number = await again.call<string>('eth_blockNumber');
    const hashes = await Promise.all(
      Array.from({ length: Number(number) }, (_, n) => readHeader(again, `0x${n.toString(16)}`)),
    );
    expect(hashes.map(({ hash }) => hash)).toContain(before);
  });

  function post(body: unknown): Promise<Response> {
    return fetch(node.url, { method: 'POST', body: JSON.stringify(body) });
  }
});

function copyFiles(from: string, to: string): void {
  const names = readdirSync(from);
  mkdirSync(to);
  for (const name of names) copyFileSync(join(from, name), join(to, name));
}

/** Processes called anvil whose parent is a child of this process. */
function anvilProcesses(): number[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, pid, command, parent] =
          /^(\d+) \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'latin1')) ?? [];
        return [{ pid: Number(pid), command, parent: Number(parent) }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
  const children = new Set(
    processes.filter(({ parent }) => parent === process.pid).map(({ pid }) => pid),
  );
  return processes
    .filter(({ command, parent }) => command === 'anvil' && children.has(parent))
    .map(({ pid }) => pid);
}
