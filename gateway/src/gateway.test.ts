import { cpSync, mkdtempSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentId, decodeBatch, decodeReading, decodeSeal } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newSigner } from './agent-fixture.ts';
import { createDisk } from './disk/disk.ts';
import { nodeFileSystem } from './disk/file-system.ts';
import type { GatewayEvent } from './events.ts';
import type { Gateway, GatewayParts } from './gateway.ts';
import { startFixtureGateway, turnUntil } from './gateway-fixture.ts';
import { createMemoryLedger, type MemoryLedger } from './ledger/memory-ledger.ts';
import { createFixtureHolder } from './register-fixture.ts';
import { checkSiteLog } from './site-log/fsck.ts';
import { createFakeTimers, type FakeTimers } from './timers-fake.ts';
import { type FakeCloud, startFakeCloud } from './uplink/cloud-fake.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const agentKey = newSigner();
const otherAgent = newSigner();
const logKey = newSigner();
const operator = newSigner();
const witness = { name: 'witness.sigill.example/demo', signer: newSigner() };

let directory: string;
let cloud: FakeCloud;
let chain: MemoryLedger;
let timers: FakeTimers;
let events: GatewayEvent[];
let running: Gateway[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-'));
  cloud = await startFakeCloud({ origin: ORIGIN, logKey: logKey.publicKey, witness });
  chain = createMemoryLedger();
  timers = createFakeTimers();
  events = [];
  running = [];
});

afterEach(async () => {
  for (const gateway of running) await gateway.stop();
  await cloud.close();
});

async function start(change: Partial<GatewayParts> = {}): Promise<Gateway> {
  const gateway = await startFixtureGateway({
    ...{ directory, origin: ORIGIN, agentKey, logKeys: [logKey], timers, change },
    register: createFixtureHolder({
      ...{ origin: ORIGIN, log: logKey, operator },
      agents: [{ key: agentKey.publicKey }, { key: otherAgent.publicKey }],
      witnesses: [{ name: witness.name, type: 4, publicKey: witness.signer.publicKey }],
    }),
    ...{ ledger: chain.ledger, cloud: cloud.url },
    tell: (event) => void events.push(event),
    startAnew: () => void events.push({ level: 'info', what: 'start-anew', text: '' }),
  });
  running.push(gateway);
  return gateway;
}

const until = (condition: () => boolean) => turnUntil(timers, condition);

const told = (what: string) => events.filter((event) => event.what === what).length;

test('what the agent seals is logged, at the cloud, witnessed, anchored and final', async () => {
  const gateway = await start();
  await until(() => cloud.witnessed.size > 0);
  const { agent, batch } = decodeSeal(cloud.seals[0]!).header;
  expect([agent, batch]).toEqual([agentId(agentKey.publicKey), 0]);
  expect(gateway.status()).toMatchObject({ cloud: { reachable: true, lastError: null } });
  await until(() => chain.ledger.status().pending.length > 0);
  chain.mine();
  await until(() => cloud.anchors.mined.length === 1);
  chain.makeFinal();
  await until(() => cloud.anchors.final.length === 1);
  await until(() => gateway.status().agent.position?.beacon === 0);
  expect(events.filter(({ level }) => level !== 'info')).toEqual([]);
});

test('a stopped gateway goes on where it was; nothing comes twice', async () => {
  const first = await start();
  await until(() => cloud.witnessed.size > 0);
  await first.stop();
  running = [];
  const sizes = [cloud.seals.length];
  const second = await start();
  expect(second.status().logSize).toBeGreaterThanOrEqual(sizes[0]!);
  await until(() => cloud.witnessed.size > sizes[0]!);
  const batches = cloud.seals.map((seal) => decodeSeal(seal).header.batch);
  expect(batches).toEqual(batches.map((_, index) => index));
  await second.stop();
  running = [];
  const disk = createDisk(join(directory, 'site-log'), nodeFileSystem);
  expect(checkSiteLog(disk, logKey.publicKey).size).toBeGreaterThanOrEqual(batches.length);
});

test('what the cloud has answered for is released at once when nothing is to be kept', async () => {
  const gateway = await start();
  await until(() => (gateway.status().agent.position?.releasedBefore ?? 0) > 0);
  expect(cloud.checkpointSize).toBeGreaterThan(0);
});

test('without cloud and ledger the seals are logged all the same, and the status says so', async () => {
  const gateway = await start({ http: null, ledger: null });
  await until(() => told('logged') > 0);
  expect(gateway.status()).toMatchObject({ logSize: 1, cloud: 'none', ledger: 'not anchored' });
});

test('while the cloud is away everything waits in the journal, and goes when it is back', async () => {
  let away = true;
  const refuse = (request: IncomingMessage) => {
    request.socket.destroy();
    if (away) cloud.fault('/ingest/v1/state', refuse);
  };
  cloud.fault('/ingest/v1/state', refuse);
  const gateway = await start();
  await until(() => gateway.status().logSize > 2);
  away = false;
  await until(() => told('cloud-back') === 1);
  expect(cloud.seals.length).toBeGreaterThan(2);
  expect(told('CLOUD_UNREACHABLE')).toBe(1);
});

describe('restored from an older copy', () => {
  const site = () =>
    checkSiteLog(createDisk(join(directory, 'site-log'), nodeFileSystem), logKey.publicKey);
  const alarms = () => events.flatMap(({ level, text }) => (level === 'alarm' ? [text] : []));
  let backup: string;

  /** A copy of the data directory, and after it more that went to the cloud. */
  beforeEach(async () => {
    const first = await start({ ledger: null });
    await caughtUp(first, 2);
    await first.stop();
    backup = mkdtempSync(join(tmpdir(), 'backup-'));
    cpSync(directory, backup, { recursive: true });
    const second = await start({ ledger: null });
    await caughtUp(second, second.status().logSize + 2);
    await second.stop();
    running = [];
    events = [];
    directory = backup;
  });

  test('it takes back what it lacks, and the agent goes on behind it with a gap that says why', async () => {
    const lacked = cloud.seals.length - site().size;
    expect(lacked).toBeGreaterThan(0);
    const gateway = await start({ ledger: null });
    await caughtUp(gateway, cloud.seals.length + 1);
    expect(events.filter(({ what }) => what === 'restored')).toMatchObject([
      { facts: { count: lacked } },
    ]);
    expect(alarms()).toEqual([expect.stringContaining('journal was older')]);
    expect(told('start-anew')).toBe(0);
    const batches = cloud.seals.map((seal) => decodeSeal(seal).header.batch);
    expect(batches).toEqual(batches.map((_, index) => index));
    expect(readingsOf(cloud.batches).some(({ kind }) => kind === 'gap')).toBe(true);
    expect(gateway.status().closedFor).toBeNull();
  });

  test('whose notary is older than the ledger takes readings all the same, and says that it anchors nothing', async () => {
    chain.ledger.anchor(new Uint8Array(32), 2);
    await start();
    await until(() => told('restored') > 0 && told('logged') > 0);
    expect(alarms()).toEqual([
      expect.stringContaining('nothing is anchored'),
      expect.stringContaining('journal was older'),
    ]);
  });

  test('while the cloud is away it waits a minute, and takes back what it lacks when the cloud comes', async () => {
    let away = true;
    const refuse = (request: IncomingMessage) => {
      request.socket.destroy();
      if (away) cloud.fault('/ingest/v1/state', refuse);
    };
    cloud.fault('/ingest/v1/state', refuse);
    const size = site().size;
    const gateway = await start({ ledger: null });
    const begun = timers.now();
    await until(() => timers.now() - begun > 30_000);
    expect(gateway.status()).toMatchObject({ logSize: size });
    expect(gateway.status().closedFor).toContain('asks its cloud');
    away = false;
    await until(() => told('start-anew') > 0);
    expect(gateway.status().logSize).toBe(cloud.seals.length);
    await gateway.stop();
    running = [];
    await start({ ledger: null });
    const before = cloud.seals.length;
    await until(() => cloud.checkpointSize > before);
    expect(alarms()).toEqual([expect.stringContaining('journal was older')]);
  });

  test('that has gone on without the cloud has two histories, stops, and says what the operator does', async () => {
    let away = true;
    const refuse = (request: IncomingMessage) => {
      request.socket.destroy();
      if (away) cloud.fault('/ingest/v1/state', refuse);
    };
    cloud.fault('/ingest/v1/state', refuse);
    const size = site().size;
    const gateway = await start({ ledger: null });
    await until(() => gateway.status().logSize > size);
    away = false;
    await until(() => told('SITE_LOG_FORKED') > 0);
    const { closedFor, alarms: listed } = gateway.status();
    expect(closedFor).toContain('second history');
    expect(listed[0]).toMatchObject({ what: 'SITE_LOG_FORKED', times: 1 });
    expect(listed[0]?.text).toContain('sigill gateway new-generation');
    const { logSize } = gateway.status();
    const then = timers.now();
    await until(() => timers.now() - then > 120_000);
    expect(gateway.status().logSize).toBe(logSize);
  });
});

/** The log has so many entries, and the cloud as many as the agent has sealed. */
async function caughtUp({ status }: Gateway, size: number): Promise<void> {
  await until(() => {
    const { logSize, agent } = status();
    return (
      logSize >= size &&
      cloud.checkpointSize === logSize &&
      agent.position?.sealedBefore === logSize
    );
  });
}

function readingsOf(batches: readonly Uint8Array[]) {
  return batches.flatMap((bytes) => decodeBatch(bytes).readings.map(decodeReading));
}
