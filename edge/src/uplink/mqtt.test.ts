import { decodeSeal, originHash } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { BOOT, createFakeRandom, START_MS, startAgent, type World } from '../agent-fixture.ts';
import { type AgentLink, createAgentLink } from '../link/agent-link.ts';
import { settle } from '../timers-fake.ts';
import { createUplinkGateway, headOf, type UplinkGateway } from './gateway-fake.ts';
import { openLogWitness } from './log-witness.ts';
import { type MqttUplink, startMqttUplink } from './mqtt.ts';
import { createSiteLog } from './site-log-fixture.ts';
import { observe, receiptedBefore, testUplink } from './uplink-contract.ts';

testUplink(async (world, gateway, given) => (await start(world, gateway, given)).uplink);

describe('a connection', () => {
  it('that breaks is made again, and what has no receipt is sent again from the first', async () => {
    const { world, gateway } = await begin();
    await observe(world, 4);
    gateway.isSlow = true;
    await observe(world, 12);
    const before = receiptedBefore(world);
    gateway.cut();
    gateway.isSlow = false;
    const sent = gateway.taken.length;
    await world.timers.advance(1000);

    expect(gateway.numbers().slice(sent)[0]).toBe(before);
    expect(gateway.helloes).toHaveLength(2);
    expect(gateway.helloes[1]!.receiptSize).toBe(before);
    expect(receiptedBefore(world)).toBe(gateway.distinct().length);
  });

  it('that cannot be made is tried ever more slowly, and the status says why', async () => {
    const world = await startAgent({ batch: { count: 4 } });
    const gateway = Object.assign(createUplinkGateway(), { isUnreachable: true });
    const { uplink, link } = await start(world, gateway);
    await world.timers.advance(600_000);

    expect(gateway.dials).toBeGreaterThan(15);
    expect(gateway.dials).toBeLessThan(40);
    expect(uplink.status()).toMatchObject({
      state: 'waiting',
      reason: 'nobody listens there',
      link: { state: 'waiting' },
    });
    gateway.isUnreachable = false;
    await world.timers.advance(60_000);
    expect(link.status()).toMatchObject({ state: 'open', reason: null });
    expect(receiptedBefore(world)).toBeGreaterThan(0);
  });

  it('whose other end is gone without a word is found within 30 seconds', async () => {
    const { world, gateway, link } = await begin();
    await world.timers.advance(100_000);
    expect(gateway.dials).toBe(1);
    gateway.isDeaf = true;
    await world.timers.advance(30_000);

    expect(gateway.dials + Number(link.status().state === 'waiting')).toBeGreaterThan(1);
    expect(link.status().reason).toMatch(/answers no more/);
    gateway.isDeaf = false;
    await world.timers.advance(60_000);
    expect(link.status().state).toBe('open');
  });

  it('over which nonsense comes lives on', async () => {
    const { world, gateway, link } = await begin();
    gateway.sayBytes(new Uint8Array([1, 2, 3]));
    await observe(world, 4);

    expect(link.status().state).toBe('open');
    expect(receiptedBefore(world)).toBe(2);
  });

  it('brings the newest anchor', async () => {
    const { world, gateway } = await begin();
    gateway.say({ type: 'beacon', anchorIndex: 7, leafHash: new Uint8Array(32).fill(7) });
    await settle();
    await observe(world, 4);

    expect(decodeSeal(gateway.taken.at(-1)!.seal).header.beacon?.anchorIndex).toBe(7);
  });

  it('is closed when the link stops, and not made again', async () => {
    const { world, gateway, uplink, link } = await begin();
    await uplink.stop();
    await link.stop();
    await world.timers.advance(600_000);

    expect(gateway.dials).toBe(1);
    expect(link.status().state).toBe('stopped');
  });
});

describe('the small witness', () => {
  it('lets nothing be forgotten before the proof is on the disk', async () => {
    const { world, gateway } = await begin();
    const before = receiptedBefore(world);
    world.disk.fault = (_operation, path) => (path.startsWith('/data/') ? 'ENOSPC' : null);
    await observe(world, 8);
    expect(gateway.taken.length).toBeGreaterThan(before);
    expect(receiptedBefore(world)).toBe(before);
    world.disk.fault = null;
    await world.timers.advance(300_000);

    expect(receiptedBefore(world)).toBe(gateway.distinct().length);
  });

  it('releases what has its receipt', async () => {
    const { world } = await begin();
    await observe(world, 20);
    const { receiptedBefore: receipted, releasedBefore } = world.agent.status().position!;
    expect(releasedBefore).toBe(receipted);
  });

  it('releases what a closed log had only with the first receipt after it', async () => {
    const world = await startAgent({ batch: { count: 4 } });
    const gateway = Object.assign(createUplinkGateway(), { inheritedBefore: 4, refused: 4 });
    await start(world, gateway);
    await observe(world, 20);
    const { receiptedBefore: settled, releasedBefore } = world.agent.status().position!;
    expect({ settled, releasedBefore }).toEqual({ settled: 4, releasedBefore: 0 });
    expect((await world.agent.batch(0))?.number).toBe(0);
    Object.assign(gateway, { refused: null });
    await world.timers.advance(300_000);

    expect(world.agent.status().position!.releasedBefore).toBe(receiptedBefore(world));
    expect(receiptedBefore(world)).toBeGreaterThan(4);
  });

  it('finds a log that became shorter, keeps both notes, and goes on when it is whole again', async () => {
    const { world, gateway, uplink } = await begin();
    await observe(world, 12);
    const before = receiptedBefore(world);
    const whole = gateway.log;
    gateway.log = createSiteLog(whole.signer, whole.entries.slice(0, 2));
    gateway.head = null;
    gateway.cut();
    await world.timers.advance(2000);
    await observe(world, 8);

    expect(uplink.status().reason).toMatch(/SITE_LOG_SHORTER.*has 2 entries.*receipt for 4/);
    expect(receiptedBefore(world)).toBe(before);
    expect(evidenceOf(world)).toHaveLength(1);
    expect(evidenceOf(world)[0]).toContain(whole.checkpoint());
    expect(evidenceOf(world)[0]).toContain(gateway.log.checkpoint());

    gateway.log = whole;
    gateway.head = undefined;
    await world.timers.advance(300_000);
    expect(receiptedBefore(world)).toBe(gateway.distinct().length);
    expect(uplink.status().reason).toBeNull();
  });

  it('finds a log that was rewritten and grew, also after a restart of its own', async () => {
    const { world: first, gateway, uplink: before } = await begin();
    await observe(first, 12);
    await before.stop();
    await first.agent.close();
    const [, second, ...rest] = gateway.log.entries;
    const forged = { batch: -1, seal: new Uint8Array(9) };
    gateway.log = createSiteLog(gateway.log.signer, [forged, second!, ...rest, forged]);
    gateway.head = null;

    const world = await startAgent({ batch: { count: 4 }, disk: first.disk });
    const { uplink } = await start(world, gateway);
    await world.timers.advance(100_000);
    expect(uplink.status().reason).toMatch(/SITE_LOG_FORK/);
    expect(evidenceOf(world).length).toBeGreaterThan(0);
    await world.timers.advance(3_600_000);
    expect(evidenceOf(world).length).toBeLessThanOrEqual(8);
  });
});

describe('a gateway that takes nothing from this key', () => {
  it.each([
    ['BATCH_CONFLICT', 'quarantined', /this card was copied/],
    ['AGENT_REVOKED', 'revoked', /revoked this box/],
  ] as const)(
    '(%s): nothing is sealed, reading goes on, and what was read is sent when it is let in again',
    async (code, state, sentence) => {
      const { world, gateway, uplink } = await begin();
      gateway.refused = 1;
      gateway.refusal = { code, retryable: false };
      await observe(world, 4);
      Object.assign(gateway, { state, detail: 'since yesterday' });
      const sealed = world.agent.status().position!.sealedBefore;
      await observe(world, 40);
      await world.timers.advance(60_000);

      expect(world.agent.status().position!.sealedBefore).toBe(sealed);
      expect(uplink.status()).toMatchObject({
        state: 'waiting',
        reason: expect.stringMatching(sentence),
      });
      expect(uplink.status().reason).toMatch(/since yesterday/);
      Object.assign(gateway, { state: 'open', detail: '', refused: null });
      await world.timers.advance(60_000);
      await observe(world, 4);
      expect(uplink.status().reason).toBeNull();
      expect(receiptedBefore(world)).toBeGreaterThan(10);
    },
  );

  it('because it does not know it yet is asked again, and nothing is sent before', async () => {
    const world = await startAgent({ batch: { count: 4 } });
    const gateway = Object.assign(createUplinkGateway(), { state: 'unknown' as const });
    const { uplink } = await start(world, gateway);
    await observe(world, 8);
    expect(gateway.taken).toEqual([]);
    expect(uplink.status().reason).toMatch(/does not know the key/);
    Object.assign(gateway, { state: 'open' });
    await world.timers.advance(60_000);

    expect(receiptedBefore(world)).toBe(3);
  });

  it('that holds batches this journal does not know is sent none, and the agent begins anew', async () => {
    let behind = 0;
    const world = await startAgent({ batch: { count: 4 } });
    const head = { batch: 9, headerHash: new Uint8Array(32).fill(9), nextSeq: 77 };
    const gateway = Object.assign(createUplinkGateway(), { head });
    const { uplink } = await start(world, gateway, { onElsewhere: () => behind++ });
    await observe(world, 8);

    expect(gateway.taken).toEqual([]);
    expect(behind).toBe(1);
    expect(uplink.status().reason).toMatch(/restored from a backup/);
  });
});

it('records that bring another log end what was for the one before, without a contradiction', async () => {
  const { world, gateway, uplink, link } = await begin({}, async (records) => {
    expect(records).toEqual([new Uint8Array([1])]);
    return next;
  });
  await observe(world, 12);
  const log = gateway.log.next();
  const { disk } = world;
  const earlier = [gateway.log.name.origin];
  const next = await openLogWitness({ disk, directory: '/data', siteLog: log.name, earlier });
  const before = receiptedBefore(world);
  Object.assign(gateway, { log, records: [new Uint8Array([1])] });
  gateway.cut();
  await world.timers.advance(2000);
  await observe(world, 8);

  expect(gateway.helloes.slice(1)).toMatchObject([
    { receiptSize: before },
    { receiptSize: 0, log: originHash(log.name.origin) },
  ]);
  expect(link.status()).toMatchObject({ state: 'open', reason: null });
  expect(evidenceOf(world)).toEqual([]);
  expect(gateway.taken).toHaveLength(before);
  expect(uplink.status().state).toBe('waiting');
});

describe('a log that continues one which was lost with some of its batches', () => {
  it('is sent nothing until the agent has begun anew after what it has', async () => {
    const before = createUplinkGateway();
    const earlier = [before.log.name.origin];
    const first = await startAgent({ batch: { count: 4 }, origin: earlier[0]! });
    const { uplink: ended, link } = await start(first, before);
    await observe(first, 20);
    await ended.stop();
    await link.stop();
    await first.agent.close();
    const entries = before.log.entries.slice(0, 2);
    const inherited = headOf({ ...before.log, entries });
    const gateway = Object.assign(createUplinkGateway(), { log: before.log.next(), inherited });
    const { disk, timers } = first;
    const { origin } = gateway.log.name;
    const world = await startAgent({ batch: { count: 4 }, disk, timers, origin });
    let elsewhere = 0;
    const { uplink } = await start(world, gateway, { onElsewhere: () => elsewhere++ }, earlier);

    expect(elsewhere).toBe(1);
    expect(gateway.taken).toEqual([]);
    expect(uplink.status()).toMatchObject({
      state: 'waiting',
      reason: expect.stringMatching(/is sent again/),
    });
    expect(world.agent.status().held).toBeNull();
  });
});

it('a link answers where the agent stands before there is one, with all its streams', async () => {
  const { timers, disk } = await startAgent();
  const streams = Array.from({ length: 12_000 }, (_, index) => ({
    ...{ source: 'gate', device: `tag-${index}`, nextN: index },
  }));
  const gateway = Object.assign(createUplinkGateway(), { streams });
  const clock = { nowMs: () => 0 };
  const witness = await openLogWitness({
    ...{ disk, directory: '/data', siteLog: gateway.log.name },
  });
  const link = createAgentLink({
    ...{ dial: gateway.dial, witness, clock, timers },
    ...{ boot: BOOT, software: '0.1.0' },
    random: createFakeRandom(7),
    jitter: () => 0.5,
  });
  const head = await link.askHead();
  expect(head).toMatchObject({ state: 'open', head: null });
  expect(head.streams).toEqual(streams);
  await link.stop();
});

type OnRecords = Parameters<typeof createAgentLink>[0]['onRecords'];

interface Started {
  readonly uplink: MqttUplink;
  readonly link: AgentLink;
}

async function start(
  world: World,
  gateway: UplinkGateway,
  given: Partial<Parameters<typeof startMqttUplink>[0]> = {},
  earlier: readonly string[] = [],
  onRecords?: OnRecords,
): Promise<Started> {
  const { agent, timers, disk } = world;
  const clock = { nowMs: () => START_MS + timers.elapsedMs, uptimeMs: () => timers.elapsedMs };
  const siteLog = gateway.log.name;
  const witness = await openLogWitness({ disk, directory: '/data', siteLog, earlier });
  const link = createAgentLink({
    ...{ dial: gateway.dial, witness, clock, timers },
    ...{ boot: BOOT, software: '0.1.0' },
    ...(onRecords && { onRecords }),
    random: createFakeRandom(7),
    jitter: () => 0.5,
  });
  const uplink = startMqttUplink({
    ...{ agent, link, witness, siteLog, timers, clock, random: () => 0.5 },
    ...given,
  });
  await settle();
  return { uplink, link };
}

async function begin(given: Parameters<typeof start>[2] = {}, onRecords?: OnRecords) {
  const world = await startAgent({ batch: { count: 4 } });
  const gateway = createUplinkGateway();
  return { world, gateway, ...(await start(world, gateway, given, [], onRecords)) };
}

function evidenceOf({ disk }: World): string[] {
  return [...disk.files()]
    .filter(([path]) => path.includes('site-log-contradiction'))
    .map(([, bytes]) => new TextDecoder().decode(bytes));
}
