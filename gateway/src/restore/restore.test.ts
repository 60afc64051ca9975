import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFixtureAgent, type FixtureAgent, newSigner } from '../agent-fixture.ts';
import { type CrashFileSystem, createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createFixtureHolder, type FixtureRegister } from '../register-fixture.ts';
import { type FixtureSite, openFixtureSite } from '../site-fixture.ts';
import { createCloudClient } from '../uplink/cloud-client.ts';
import { type FakeCloud, startFakeCloud } from '../uplink/cloud-fake.ts';
import { createHttpClient, type HttpClient } from '../uplink/http-client.ts';
import { createRestore } from './restore.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const logSigner = newSigner();
const witness = { name: 'witness.sigill.example/demo', signer: newSigner() };

let cloud: FakeCloud;
let http: HttpClient;
let agent: FixtureAgent;
let other: FixtureAgent;
let register: FixtureRegister;
let site: FixtureSite;
let goesOn: boolean;
let contradiction: string | null;

beforeEach(async () => {
  cloud = await startFakeCloud({ origin: ORIGIN, logKey: logSigner.publicKey, witness });
  http = createHttpClient(cloud.url, null);
  agent = createFixtureAgent(ORIGIN);
  other = createFixtureAgent(ORIGIN);
  const agents = [{ key: agent.signer.publicKey }, { key: other.signer.publicKey }];
  register = createFixtureHolder({ origin: ORIGIN, log: logSigner, agents });
  goesOn = true;
  contradiction = null;
  await open(createCrashFileSystem());
});

afterEach(async () => {
  http.close();
  await cloud.close();
});

async function open(fileSystem: CrashFileSystem): Promise<void> {
  site = await openFixtureSite({
    ...{ fileSystem, origin: ORIGIN, logSigner, register, agents: [], asksCloud: true },
  });
  site.gate.open();
}

async function compare(): Promise<void> {
  const client = createCloudClient(http, site.timers);
  const { signal } = new AbortController();
  const restore = createRestore({
    ...{ ...site, client, register: register.current, logKey: logSigner },
    restored: () => goesOn,
    contradiction: () => contradiction,
  });
  await restore.compare(await client.state(ORIGIN, signal), signal);
}

/** Logged here and brought to the cloud. */
async function grow(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const { bytes, seal } = (index % 3 === 0 ? other : agent).seal();
    await site.admission.admit(bytes);
    cloud.seals.push(seal);
    cloud.batches.push(bytes);
  }
}

function receipt(): void {
  cloud.checkpoint = site.log.checkpoint();
  cloud.checkpointSize = site.log.head().size;
}

/** A copy of the data directory from before anything was logged. */
const backup = () => createCrashFileSystem();

test('nothing to compare: the log may grow', async () => {
  site.gate.hold('asking');
  await compare();
  expect(site.gate.closedFor()).toBeNull();
});

describe('a disk that is an older copy', () => {
  test('takes back what it lacks, exactly, under the checkpoint it once signed and beyond', async () => {
    await grow(9);
    receipt();
    await grow(2);
    const { size, root } = site.log.head();
    const heads = [site.heads.of(agent.id), site.heads.of(other.id)];
    const streams = site.store.streams.of(agent.id);
    await open(backup());
    expect(site.log.head().size).toBe(0);
    await compare();
    expect(site.log.head()).toMatchObject({ size, root });
    expect([site.heads.of(agent.id), site.heads.of(other.id)]).toEqual(heads);
    expect(site.store.streams.of(agent.id)).toEqual(streams);
    expect(site.events.at(-1)).toMatchObject({ what: 'restored', facts: { count: 11 } });
    expect(site.gate.closedFor()).toBeNull();
    expect((await site.admission.admit(agent.seal().bytes)).index).toBe(11);
    expect(site.events.map(({ what }) => what)).toEqual(['restoring', 'restored']);
  });

  test('whose agent had begun already stays closed until that has begun anew', async () => {
    await grow(3);
    receipt();
    await open(backup());
    goesOn = false;
    await compare();
    expect(site.log.head().size).toBe(3);
    expect(site.gate.isHeld()).toBe(true);
  });

  test('is held while it takes back, and the cloud may go away in between', async () => {
    await grow(9);
    receipt();
    await open(backup());
    cloud.fault('/ingest/v1/entries', (request) => request.socket.destroy());
    await expect(compare()).rejects.toMatchObject({ code: 'CLOUD_UNREACHABLE', retryable: true });
    expect(site.gate.closedFor()).toContain('restored from an older copy');
    await expect(site.admission.admit(agent.seal().bytes)).rejects.toMatchObject({
      code: 'GATEWAY_STARTING',
      retryable: true,
    });
    await compare();
    expect(site.log.head().size).toBe(9);
  });

  test('that went on before the cloud was reached stops for ever, and says how to go on', async () => {
    const clone = agent.clone();
    await grow(6);
    receipt();
    await open(backup());
    await site.admission.admit(clone.seal({ closedAt: 1 }).bytes);
    await expect(compare()).rejects.toMatchObject({
      code: 'SITE_LOG_FORKED',
      message: expect.stringContaining('sigill gateway new-generation'),
    });
    expect(site.log.head().size).toBe(1);
    expect(site.log.frozen()).toContain('second history');
  });

  test('that went on further than the cloud stops too', async () => {
    const clone = agent.clone();
    await grow(2);
    receipt();
    await open(backup());
    for (let count = 0; count < 3; count += 1) {
      await site.admission.admit(clone.seal({ closedAt: 1 }).bytes);
    }
    await expect(compare()).rejects.toMatchObject({ code: 'SITE_LOG_FORKED' });
  });

  test.each<[string, () => void]>([
    ['swapped', () => cloud.batches.splice(1, 2, cloud.batches[2]!, cloud.batches[1]!)],
    ['changed', () => cloud.batches.splice(1, 1, spoiled(cloud.batches[1]!))],
    ['missing', () => cloud.batches.splice(1, 1)],
    ['gone altogether', () => cloud.batches.splice(0)],
  ])('takes nothing of entries that come %s', async (_, spoil) => {
    await grow(4);
    receipt();
    await open(backup());
    spoil();
    await expect(compare()).rejects.toMatchObject({ code: 'SITE_LOG_FORKED' });
    expect(site.log.head().size).toBe(0);
  });
});

test('a checkpoint that this log never signed is none, and the log may not be stopped by it', async () => {
  await grow(2);
  cloud.checkpoint = `${ORIGIN}\n9\n${Buffer.alloc(32).toString('base64')}\n\n`;
  await expect(compare()).rejects.toMatchObject({ code: 'CLOUD_ANSWER_INVALID' });
  expect(site.log.frozen()).toBeNull();
});

test('an agent’s receipt for more than cloud and disk hold stops it', async () => {
  await grow(2);
  receipt();
  contradiction = 'agent 00 holds a receipt for 9 entries of the site log, this disk has 2';
  await expect(compare()).rejects.toMatchObject({
    code: 'SITE_LOG_FORKED',
    message: expect.stringContaining('agent 00 holds a receipt for 9 entries'),
  });
});

function spoiled(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => (index === bytes.length - 40 ? byte ^ 1 : byte));
}
