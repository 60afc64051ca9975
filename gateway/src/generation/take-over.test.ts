import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Closing,
  decodeSeal,
  EMPTY_ROOT,
  equalBytes,
  hashesOf,
  inclusionPath,
  leafHash,
  originHash,
  treeRoot,
  verifyConsistency,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFixtureAgent, type FixtureAgent, newSigner } from '../agent-fixture.ts';
import { type CrashFileSystem, createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createDisk } from '../disk/disk.ts';
import { GatewayError } from '../errors.ts';
import { createFixtureHolder, type FixtureRegister } from '../register-fixture.ts';
import { type FixtureSite, openFixtureSite } from '../site-fixture.ts';
import { type CloudClient, createCloudClient } from '../uplink/cloud-client.ts';
import { type FakeCloud, startFakeCloud } from '../uplink/cloud-fake.ts';
import type { CloudHead, CloudHeads } from '../uplink/cloud-heads.ts';
import { createHttpClient, type HttpClient } from '../uplink/http-client.ts';
import { hasInherited, type Inherited, readInherited } from './inherited.ts';
import { advanceGenerations } from './open-generation.ts';
import { createTakeOver } from './take-over.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const logSigner = newSigner();
const nextSigner = newSigner();
const witness = { name: 'witness.sigill.example/demo', signer: newSigner() };

let fileSystem: CrashFileSystem;
let cloud: FakeCloud;
let http: HttpClient;
let agent: FixtureAgent;
let other: FixtureAgent;
let register: FixtureRegister;
let site: FixtureSite;
let begun: number;
let change: (heads: CloudHeads) => CloudHeads;

beforeEach(async () => {
  fileSystem = createCrashFileSystem();
  cloud = await startFakeCloud({ origin: ORIGIN, logKey: logSigner.publicKey, witness });
  http = createHttpClient(cloud.url, null);
  agent = createFixtureAgent(ORIGIN);
  other = createFixtureAgent(ORIGIN);
  const agents = [agent, other].map(({ signer }) => ({ key: signer.publicKey }));
  register = createFixtureHolder({ origin: ORIGIN, log: logSigner, agents });
  begun = 0;
  change = (heads) => heads;
  await open();
});

afterEach(async () => {
  site.stopping.abort();
  http.close();
  await cloud.close();
});

async function open(): Promise<void> {
  site = await openFixtureSite({ fileSystem, origin: ORIGIN, logSigner, register, agents: [] });
}

/** Logged here, and at the cloud unless it is away. */
async function grow(count: number, atCloud = true): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const { bytes, seal } = (index % 3 === 0 ? other : agent).seal();
    await site.admission.admit(bytes);
    if (!atCloud) continue;
    cloud.seals.push(seal);
    cloud.batches.push(bytes);
  }
}

/** A disk that went on from an older copy: its log is another one than the cloud's. */
async function fork(): Promise<void> {
  const clone = agent.clone();
  await grow(4);
  fileSystem = createCrashFileSystem();
  await open();
  for (let count = 0; count < 6; count += 1)
    await site.admission.admit(clone.seal({ closedAt: 1 }).bytes);
}

/** Where the cloud has it; and the next log may begin. */
async function close(closing: Partial<Closing> = {}): Promise<void> {
  const root = treeRoot(cloud.seals.map(leafHash));
  const closed = register.close({ size: cloud.seals.length, root, ...closing });
  await register.admit(closed);
  site.log.freeze('closed');
  register.logKeys.push(nextSigner.publicKey);
  await register.admit(register.continueFrom(closed, nextSigner));
}

interface RunParts {
  readonly withCloud?: boolean;
  readonly before?: Inherited;
  readonly known?: { readonly size: number; readonly root: Uint8Array };
}

function run({ withCloud = true, before, known }: RunParts = {}): Promise<void> {
  const client = createCloudClient(http, site.timers);
  const heads: CloudClient['heads'] = async (...asked) => change(await client.heads(...asked));
  const takeOver = createTakeOver({
    ...{ ...site, register, logKey: logSigner, before: before ?? null },
    disk: createDisk('/', fileSystem),
    client: withCloud ? { heads } : null,
    known: () => known ?? null,
    random: () => 0.5,
    startAnew() {
      begun += 1;
    },
  });
  return takeOver.run(site.stopping.signal);
}

/** Turns the clock until it is so; disk and network get the real time they need. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    site.timers.advance(500);
    await sleep(1);
  }
}

const inherited = () =>
  readInherited(
    createDisk('/', fileSystem),
    2,
    register.current().earlier.at(-1) ?? register.current().slot,
  );
const told = () => site.events.map(({ what }) => what);

test('a log that stands here whole leaves its agents as its own entries say; nobody is asked', async () => {
  await grow(9);
  const heads = [agent, other].map(({ id }) => site.heads.of(id)!);
  await close();
  await run();
  expect(begun).toBe(1);
  expect(cloud.requests).toEqual([]);
  for (const [index, { id }] of [agent, other].entries()) {
    const { batch, headerHash, nextSeq } = heads[index]!;
    const left = inherited().agents.find((one) => equalBytes(one.agent, id));
    expect(left?.head).toEqual({ batch, headerHash, nextSeq });
    expect(left?.streams).toEqual(site.store.streams.of(id));
  }
});

test('entries behind the end leave nothing', async () => {
  await grow(4);
  const head = site.heads.of(agent.id)!;
  await grow(3, false);
  await close();
  await run();
  const left = inherited().agents.find((one) => equalBytes(one.agent, agent.id));
  expect(left?.head.batch).toBe(head.batch);
  expect(site.heads.of(agent.id)!.batch).toBeGreaterThan(head.batch);
});

test('of a log with two histories the cloud is asked, and the gateway begins anew behind what it proves', async () => {
  await fork();
  await close();
  await run();
  expect([begun, told()]).toEqual([1, ['generation']]);
  const { size, agents } = inherited();
  expect(size).toBe(4);
  const left = agents.find((one) => equalBytes(one.agent, agent.id));
  expect(left?.head).toMatchObject({ batch: 1, nextSeq: 2 });
  expect(left?.streams).toEqual([{ source: 'house-17', device: 'meter', nextN: 2 }]);
});

test('the path from what others were told of the log is kept, where the end goes on from it', async () => {
  await grow(3);
  const known = site.log.head();
  await grow(4);
  await close();
  await run({ known });
  const { path } = inherited().known;
  verifyConsistency(3, 7, known.root, site.log.head().root, path);
});

test('what was told of another history is nothing to go by', async () => {
  await fork();
  await close();
  await run({ known: { size: 2, root: site.log.root(2) } });
  expect(inherited().known).toEqual({ size: 0, root: EMPTY_ROOT, path: [] });
});

test('an agent that was silent in the closed log is left where the one before it left it', async () => {
  await grow(4);
  await close();
  await run();
  const before = inherited();
  register.advance();
  cloud.goOn(`${ORIGIN}/2`, nextSigner.publicKey);
  const { bytes, seal } = other.seal({ log: originHash(`${ORIGIN}/2`) });
  cloud.seals.push(seal);
  cloud.batches.push(bytes);
  const closed = register.close({ size: 1, root: leafHash(seal) });
  const third = newSigner();
  register.logKeys.push(third.publicKey);
  await register.admit(closed);
  await register.admit(register.continueFrom(closed, third));
  site = await openFixtureSite({
    ...{ fileSystem, root: '/second', origin: `${ORIGIN}/2`, logSigner: nextSigner },
    ...{ register, agents: [] },
  });
  const signer = { logKey: nextSigner };
  const client = createCloudClient(http, site.timers);
  const takeOver = createTakeOver({
    ...{ ...site, ...signer, register, before, client, disk: createDisk('/', fileSystem) },
    ...{ known: () => null, random: () => 0.5, startAnew: () => {} },
  });
  await takeOver.run(site.stopping.signal);
  const { agents } = readInherited(createDisk('/', fileSystem), 3, register.current().slot);
  expect(agents.find((one) => equalBytes(one.agent, agent.id))).toEqual(
    before.agents.find((one) => equalBytes(one.agent, agent.id)),
  );
  expect(agents.find((one) => equalBytes(one.agent, other.id))?.head.batch).toBe(2);
});

describe('while it cannot be learnt what the log leaves', () => {
  test('nothing begins; it is told once and tried again until the cloud is back', async () => {
    await fork();
    await close();
    let tries = 0;
    change = (heads) => {
      tries += 1;
      if (tries < 5) throw new GatewayError('CLOUD_UNREACHABLE', 'away', { retryable: true });
      return heads;
    };
    const running = run();
    await until(() => begun === 1);
    await running;
    expect(told()).toEqual(['CLOUD_UNREACHABLE', 'generation']);
    expect(site.events[0]).toMatchObject({ level: 'warning' });
  });

  test('and there is no cloud: somebody must come', async () => {
    await fork();
    await close();
    void run({ withCloud: false });
    await until(() => site.events.length > 0);
    expect(site.events[0]).toMatchObject({ level: 'alarm', what: 'GENERATION_WAITS' });
    expect(begun).toBe(0);
  });

  test('nor may the next log begin on this box: it is told why', async () => {
    await grow(2);
    const closed = register.close({ size: 2, root: site.log.head().root });
    await register.admit(closed);
    await register.admit(register.continueFrom(closed, nextSigner));
    void run();
    await until(() => site.events.length > 0);
    expect(site.events[0]).toMatchObject({
      ...{ level: 'alarm', what: 'GENERATION_WAITS' },
      text: expect.stringContaining('its log key is not here'),
    });
    register.logKeys.push(nextSigner.publicKey);
    await until(() => begun === 1);
  });

  test.each<[string, (heads: CloudHeads) => CloudHeads]>([
    ['another root', (heads) => ({ ...heads, root: new Uint8Array(32) })],
    ['another size', (heads) => ({ ...heads, size: heads.size - 1 })],
    [
      'a seal of another key',
      changeAgent(() => ({ seal: createFixtureAgent(ORIGIN).seal().seal })),
    ],
    ['a seal that was changed', changeAgent(({ seal }) => ({ seal: spoiled(seal) }))],
    ['an earlier entry of the agent', changeAgent(() => ({ seal: cloud.seals[0]! }))],
    ['the path of another leaf', changeAgent(({ index }) => ({ index, path: pathOf(index ^ 1) }))],
    ['an entry of another log', changeAgent(() => ({ origin: 'sigill.example/demo/house-18' }))],
    ['an entry behind the end', changeAgent(() => ({ index: 9 }))],
    ['an agent twice', ({ agents, ...heads }) => ({ ...heads, agents: [...agents, agents[0]!] })],
  ])('because the cloud gives %s, nothing is believed', async (_, lie) => {
    await fork();
    await close();
    change = lie;
    const running = run();
    await until(() => told().includes('CLOUD_ANSWER_INVALID'));
    expect(hasInherited(createDisk('/', fileSystem), 2)).toBe(false);
    change = (heads) => heads;
    await until(() => begun === 1);
    await running;
  });
});

test('an agent that the cloud leaves out, and this disk knows, stands where both know it', async () => {
  await grow(4);
  const known = site.log.head();
  const head = site.heads.of(agent.id)!;
  const { bytes, seal } = other.seal();
  cloud.seals.push(seal);
  cloud.batches.push(bytes);
  await close();
  change = ({ agents, ...heads }) => ({
    ...heads,
    agents: agents.filter((one) => !equalBytes(decodeSeal(one.seal).header.agent, agent.id)),
  });
  await run({ known });
  const left = inherited().agents.find((one) => equalBytes(one.agent, agent.id));
  expect(left?.head.batch).toBe(head.batch);
  expect(left?.streams).toEqual(site.store.streams.of(agent.id));
  expect(inherited().agents).toHaveLength(2);
});

describe('killed at any moment', () => {
  test('it ends in the same place', async () => {
    await fork();
    await close();
    const whole = await clean();
    for (let steps = 0; steps < 8; steps += 1) {
      for (const image of await imagesAfter(steps)) {
        const found = createCrashFileSystem(image);
        fileSystem = found;
        if (!hasInherited(createDisk('/', found), 2)) await run();
        expect(inherited()).toEqual(whole);
      }
    }
  });

  test('a start goes on in the next log once it is known what the one before left, and not sooner', async () => {
    await grow(2);
    await close();
    const parts = { config: { data: '/' }, register, fileSystem };
    advanceGenerations(parts);
    expect(register.current().slot.record.origin).toBe(ORIGIN);
    await run();
    expect(register.current().slot.record.origin).toBe(ORIGIN);
    advanceGenerations(parts);
    expect(register.current().slot.record.origin).toBe(`${ORIGIN}/2`);
  });

  async function clean(): Promise<Inherited> {
    fileSystem = createCrashFileSystem();
    await run();
    return inherited();
  }

  async function imagesAfter(steps: number) {
    fileSystem = createCrashFileSystem();
    fileSystem.powerOffAfter(steps);
    const powerless = new AbortController();
    const before = site;
    site = { ...site, stopping: powerless };
    const running = run();
    await until(() => fileSystem.steps() >= steps || begun > 1);
    await sleep(5);
    powerless.abort();
    await running;
    site = before;
    return fileSystem.images(0, () => 0);
  }
});

function changeAgent(how: (head: CloudHead) => Partial<CloudHead>) {
  return ({ agents, ...heads }: CloudHeads): CloudHeads => {
    const at = agents.findIndex(({ seal }) => equalBytes(decodeSeal(seal).header.agent, agent.id));
    return { ...heads, agents: agents.with(at, { ...agents[at]!, ...how(agents[at]!) }) };
  };
}

function pathOf(index: number): Uint8Array[] {
  return inclusionPath(index, cloud.seals.length, hashesOf(cloud.seals.map(leafHash)));
}

function spoiled(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte));
}
