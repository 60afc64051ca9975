import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKeyFile } from '@sigill/edge';
import { createP1Simulator } from '@sigill/firmware-bridge/simulators';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDisk } from '../disk/disk.ts';
import { nodeFileSystem } from '../disk/file-system.ts';
import { checkSiteLog } from '../site-log/fsck.ts';
import { gatewayInit } from './init.ts';
import { createFixtureIo, type FixtureIo, runCommand } from './io-fixture.ts';
import { gatewayRun } from './run.ts';

const commands = new URL('../commands.ts', import.meta.url).href;

let meter: Server;
let directory: string;
let file: string;

beforeAll(async () => {
  const simulator = createP1Simulator({ seed: 1, installedAt: Date.UTC(2026, 0, 1) });
  let second = Date.UTC(2026, 0, 1, 12);
  meter = createServer((socket) => {
    for (let count = 0; count < 5; count += 1) {
      second += 1_000;
      socket.write(simulator.telegram(second));
    }
    socket.on('error', () => {});
  });
  await once(meter.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => meter.close());

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'run-'));
  file = join(directory, 'gateway.yaml');
  const { port } = meter.address() as AddressInfo;
  const named = ['--name', 'house-17-gateway', '--origin', 'sigill.example/demo/house-17'];
  await runCommand(
    gatewayInit,
    directory,
    ...named,
    '--source',
    `house-17=dsmr-p1:127.0.0.1:${port}`,
  );
  edit('ageMs: 10000', 'ageMs: 100');
});

function edit(from: string, to: string): void {
  const text = readFileSync(file, 'utf8').replace(from, to);
  rmSync(file);
  appendFileSync(file, text);
}

function start(...args: string[]): { io: FixtureIo; code: Promise<number> } {
  const io = createFixtureIo();
  return { io, code: gatewayRun.run([file, ...args], io) };
}

async function untilTold(io: FixtureIo, text: string): Promise<void> {
  while (!io.text().out.includes(text)) await once(io.stdout, 'data');
}

/** A gateway in a process of its own, once it has logged this entry. */
async function startProcess(entry: number) {
  const script = `
    import { commands } from ${JSON.stringify(commands)};
    const stop = new AbortController();
    process.once('SIGTERM', () => stop.abort());
    const io = { ...process, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, signal: stop.signal };
    const run = commands.find(({ name }) => name === 'gateway run');
    process.exitCode = await run.run([${JSON.stringify(file)}], io);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  while (!out.includes(`is in the site log, entry ${entry}\n`)) await once(child.stdout, 'data');
  return child;
}

function entries(): number {
  const { publicKey } = readKeyFile(join(directory, 'keys/log.pem'));
  return checkSiteLog(createDisk(join(directory, 'data/site-log'), nodeFileSystem), publicKey).size;
}

test('tells in short sentences what it does, and stops cleanly', async () => {
  const { io, code } = start();
  await untilTold(io, 'is in the site log, entry 0');
  io.stop();
  expect(await code).toBe(0);
  const lines = io
    .text()
    .out.trimEnd()
    .split('\n')
    .map((line) => line.slice(11));
  expect(lines).toEqual(
    expect.arrayContaining([
      `house-17-gateway runs as process ${process.pid}; the site log of sigill.example/demo/house-17 has 0 entries`,
      'no cloud is configured: everything stays here',
      'not anchored: no ledger is configured',
      expect.stringMatching(/^batch 0 with \d+ readings is in the site log, entry 0$/),
      'stopped; the next start goes on from here',
    ]),
  );
  expect(entries()).toBeGreaterThan(0);
});

test('--json tells the same, one object a line', async () => {
  const { io, code } = start('--json');
  await untilTold(io, '"logged"');
  io.stop();
  await code;
  const events = io
    .text()
    .out.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const logged = events.find(({ what }) => what === 'logged');
  expect(logged).toMatchObject({ level: 30, batch: 0, index: 0, time: expect.any(String) });
});

test('killed, it goes on; stopped by SIGTERM it ends with 0', async () => {
  for (let life = 0; life < 3; life += 1) {
    const child = await startProcess(life);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(entries()).toBeGreaterThan(life);
  }
  const child = await startProcess(3);
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});

test('a second run on the same data names the first', async () => {
  const { io, code } = start();
  await untilTold(io, 'runs as process');
  const second = await runCommand(gatewayRun, file);
  expect([second.code, second.err]).toEqual([
    3,
    expect.stringContaining(
      `ALREADY_RUNNING: ${join(directory, 'data')}: already running as process ${process.pid}`,
    ),
  ]);
  io.stop();
  await code;
});

describe('refused at start', () => {
  const refusal = async () => {
    const { code, err } = await runCommand(gatewayRun, file);
    return `${code} ${err}`;
  };

  test('without a file, with two, or with an unknown option', async () => {
    for (const args of [[], [file, file], [file, '--nonsense']]) {
      expect((await runCommand(gatewayRun, ...args)).code).toBe(2);
    }
  });

  test('a file that is not there', async () => {
    rmSync(file);
    expect(await refusal()).toContain(
      `3 sigill gateway run: FILE_MISSING: ${file} cannot be read (ENOENT)`,
    );
  });

  test('a mistake in the file', async () => {
    edit('count: 500', 'count: many');
    expect(await refusal()).toContain('2 sigill gateway run: CONFIG_INVALID: ');
  });

  test('a key that others may use', async () => {
    chmodSync(join(directory, 'keys/log.pem'), 0o644);
    expect(await refusal()).toContain(`mend it with: chmod 600 ${join(directory, 'keys/log.pem')}`);
  });

  test('plain HTTP to another machine', async () => {
    edit('cloud: null', 'cloud: { url: http://cloud.example }');
    expect(await refusal()).toMatch(/^2 .*CLOUD_URL_INSECURE: .*give the cloud a certificate/);
  });

  test('a record of another gateway', async () => {
    edit('origin: sigill.example/demo/house-17', 'origin: sigill.example/demo/house-18');
    expect(await refusal()).toContain('3 sigill gateway run: RECORD_MISMATCH');
  });

  test('a driver that does not exist', async () => {
    edit('driver: dsmr-p1', 'driver: dsmr-p9');
    expect(await refusal()).toContain('found dsmr-p9; write a driver, one of dsmr-p1');
  });

  test('a ledger the policy does not name', async () => {
    edit('ledger: none', 'ledger: development');
    expect(await refusal()).toContain('CONFIG_INVALID: ledger: the policy names no ledger');
  });
});
