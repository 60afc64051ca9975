import { describe, expect, it } from 'vitest';
import type { Agent } from './agent.ts';
import {
  createFakeRandom,
  fieldsOf,
  meterObservation,
  ofKind,
  sealedBatches,
  startAgent,
  type World,
} from './agent-fixture.ts';
import { createFakeGateway } from './gateway-fake.ts';
import type { GatewayHead } from './gateway-head.ts';
import { type FakeDisk, fingerprint } from './journal/disk-fake.ts';
import { createFakeTimers, settle } from './timers-fake.ts';

const LIMITS = { batch: { count: 5 }, journal: { segmentBytes: 2500, maxBytes: 1_000_000 } };
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

describe('a card restored from a backup', () => {
  it('goes on after the gateway’s head, and every promised stream tells the gap', async () => {
    const { gateway, backup, timers } = await runAndBackUp();
    await timers.advance(60_000);
    const seen = gateway.batches.length;
    const { agent } = await restore(backup, gateway, timers);
    await observe(agent, ['901', '902']);
    await closeInto(gateway, agent);

    const since = gateway.readings().slice(nextSeqAt(gateway, seen));
    const gaps = ofKind(since, 'gap');
    expect(gaps.map(({ source, device }) => `${source}/${device}`).sort()).toEqual([
      'house-17/meter-1',
      '~agent/',
    ]);
    expect(gaps.map((gap) => fieldsOf(gap)['gap.cause'])).toEqual(['rollback', 'rollback']);
    expect(fieldsOf(gaps[0]!)).not.toHaveProperty('gap.count');
    expect(agent.status()).toMatchObject({
      rollback: { afterBatch: seen - 1, setAside: 0, file: null },
    });
    expect(values(since)).toEqual(['901', '902']);
  });

  it('tells plans anew, and retires what is not configured any more', async () => {
    const { gateway, backup, timers } = await runAndBackUp();
    const { agent, parts } = await restore(backup, gateway, timers);
    const seen = gateway.batches.length;
    await closeInto(gateway, agent);
    const plans = ofKind(gateway.readings().slice(nextSeqAt(gateway, seen)), 'plan').map(fieldsOf);
    expect(plans.map((plan) => plan['plan.source'])).toEqual(['house-17', 'gate', '~agent']);

    const again = await restore(backup, gateway, timers, { sources: parts.sources.slice(0, 1) });
    const before = gateway.batches.length;
    await closeInto(gateway, again.agent);
    const retired = ofKind(gateway.readings().slice(nextSeqAt(gateway, before)), 'plan');
    expect(retired.map(fieldsOf)).toContainEqual(
      expect.objectContaining({ 'plan.source': 'gate', 'plan.state': 'retired' }),
    );
  });

  it('that recorded before it reached the gateway keeps those readings, counts them, sends none', async () => {
    const { gateway, backup, timers } = await runAndBackUp();
    const alone = await startAgent({ ...LIMITS, disk: backup, timers, askHead: unanswered });
    await observe(alone.agent, ['700', '701', '702', '703', '704', '705']);
    const seen = gateway.batches.length;

    const { agent, disk } = await restore(alone.disk.kill(), gateway, timers);
    await observe(agent, ['801']);
    await closeInto(gateway, agent);
    const since = gateway.readings().slice(nextSeqAt(gateway, seen));
    expect(values(since)).toEqual(['801']);
    const meter = ofKind(since, 'gap').find(({ device }) => device === 'meter-1');
    // Six values and the gap that the lonely start told.
    expect(fieldsOf(meter!)).toMatchObject({ 'gap.cause': 'rollback', 'gap.count': 7 });
    const { rollback, lost } = agent.status();
    expect(rollback?.setAside).toBe(lost);
    const kept = linesOf(disk, rollback!.file!);
    expect(kept).toHaveLength(rollback!.setAside);
    expect(kept.filter(({ kind }) => kind === 'meter')).toHaveLength(6);
  });

  it('that sealed more than the gateway has, in another history, goes on after the gateway too', async () => {
    const { gateway, backup, timers } = await runAndBackUp();
    const alone = await startAgent({ ...LIMITS, disk: backup, timers, askHead: unanswered });
    for (let index = 0; index < 60; index++) await observe(alone.agent, [String(700 + index)]);
    expect(alone.agent.status().position!.sealedBefore).toBeGreaterThan(gateway.batches.length);

    const { agent } = await restore(alone.disk.kill(), gateway, timers);
    await observe(agent, ['801']);
    await closeInto(gateway, agent);
    expect(agent.status().rollback?.setAside).toBeGreaterThanOrEqual(60);
    expect(values(gateway.readings()).filter((value) => Number(value) >= 700)).toEqual(['801']);
  });
});

describe('an agent whose journal and gateway agree', () => {
  it('goes on from its journal: ahead of the gateway, level with it, and unknown to it', async () => {
    for (const held of [0, 2, Number.POSITIVE_INFINITY]) {
      const { gateway, disk, timers } = await runAndBackUp();
      gateway.batches.splice(held);
      const { agent } = await restore(disk.kill(), gateway, timers);
      expect(agent.status().rollback, `${held} batches held`).toBeNull();
      await closeInto(gateway, agent);
      gateway.readings();
    }
  });

  it('does not wait for ever for an answer', async () => {
    const { disk, timers } = await runAndBackUp();
    const starting = startAgent({
      ...LIMITS,
      ...{ disk: disk.kill(), timers },
      askHead: () => new Promise(() => undefined),
    });
    await timers.advance(9_999);
    await timers.advance(1);
    expect((await starting).agent.status().state).toBe('running');
  });
});

describe('without a journal to go on from', () => {
  it('nothing begins before the gateway has said where the numbers of the key stand', async () => {
    await expect(startAgent({ askHead: unanswered })).rejects.toMatchObject({
      code: 'HEAD_NEEDED',
      retryable: true,
    });
    const { agent } = await startAgent({ askHead: createFakeGateway().ask });
    expect(agent.status().rollback).toBeNull();
  });

  it('a key with a history goes on after it', async () => {
    const { gateway, timers } = await runAndBackUp();
    const { agent } = await startAgent({ ...LIMITS, timers, askHead: gateway.ask });
    await observe(agent, ['901']);
    await closeInto(gateway, agent);
    const gaps = ofKind(gateway.readings(), 'gap').map(fieldsOf);
    expect(gaps.filter((gap) => gap['gap.cause'] === 'rollback')).toHaveLength(2);
    expect(gaps.at(-1)).not.toHaveProperty('gap.from');
  });
});

describe('a damaged journal', () => {
  it('is set aside, and the agent goes on after the gateway’s head', async () => {
    const { gateway, disk, timers } = await runAndBackUp();
    const damaged = damage(disk.kill());
    const { agent } = await restore(damaged, gateway, timers);
    await observe(agent, ['901']);
    await closeInto(gateway, agent);

    expect(values(gateway.readings()).at(-1)).toBe('901');
    const { damagedJournal } = agent.status();
    expect(damagedJournal).toContain('/agent-damaged-');
    expect([...damaged.files().keys()].some((path) => path.startsWith(damagedJournal!))).toBe(true);
  });

  it('that opens, and yet cannot give a batch, is set aside when it is told so', async () => {
    const { gateway, disk, timers } = await runAndBackUp();
    const { agent } = await restore(disk.kill(), gateway, timers, { damage: 'batch 3 is gone' });
    await closeInto(gateway, agent);

    expect(agent.status().damagedJournal).toContain('/agent-damaged-');
    expectGapsTold(gateway.readings());
  });

  it('stops the agent, and says why, where the gateway does not answer', async () => {
    const { disk, timers } = await runAndBackUp();
    const damaged = damage(disk.kill());
    await expect(
      startAgent({ ...LIMITS, disk: damaged, timers, askHead: unanswered }),
    ).rejects.toMatchObject({
      code: 'JOURNAL_CORRUPT',
      message: expect.stringContaining('its gateway did not answer'),
    });
    expect([...damaged.files().keys()].some((path) => path.includes('damaged'))).toBe(false);
  });
});

describe('a key that is out', () => {
  it.each(['quarantined', 'revoked'] as const)(
    '(%s) reads on into the journal and seals nothing until it is let go',
    async (state) => {
      const { gateway, disk, timers } = await runAndBackUp();
      const sealed = gateway.batches.length;
      const { agent } = await startAgent({
        ...LIMITS,
        ...{ disk: disk.kill(), timers },
        askHead: async () => ({ ...gateway.head(), state, detail: 'batch 3 differs' }),
      });
      const told: number[] = [];
      agent.subscribe((batch) => told.push(batch.number));
      await observe(agent, ['901', '902', '903', '904', '905', '906', '907']);

      expect(agent.status().held).toMatch(/batch 3 differs/);
      expect(told).toEqual([]);
      expect((await sealedBatches(agent)).at(-1)!.number).toBeLessThanOrEqual(sealed);
      agent.hold(null);
      expect(agent.status().held).toBeNull();
      await closeInto(gateway, agent);
      expect(values(gateway.readings())).toContain('907');
    },
  );
});

describe('a card restored at any moment of a run', () => {
  it(`uses no number twice among what was sent (seed ${SEED})`, async () => {
    const random = createFakeRandom(SEED);
    const pick = (below: number) => random(1)[0]! % below;
    for (let run = 0; run < 25; run++) {
      const timers = createFakeTimers();
      const gateway = createFakeGateway();
      let disk: FakeDisk | undefined;
      const backups: FakeDisk[] = [];
      for (let life = 0; life < 5; life++) {
        const askHead = pick(4) === 0 && life > 0 && disk !== undefined ? unanswered : gateway.ask;
        const started = await startAgent({ ...LIMITS, timers, askHead, ...(disk && { disk }) });
        const { agent } = started;
        // What went on without an answer finds the conflict on contact: nothing of it is sent.
        const isSent = agent.status().rollback !== null || (await agrees(agent, gateway.head()));
        for (let step = 0; step < 1 + pick(6); step++) {
          const count = 1 + pick(7);
          await observe(
            agent,
            Array.from({ length: count }, () => String(serial++)),
          );
          if (isSent && pick(2) === 0) await send(agent, gateway);
          backups.push(started.disk.kill());
          await timers.advance(pick(20) * 1000);
        }
        if (isSent && pick(3) > 0) await send(agent, gateway);
        disk = pick(3) === 0 ? backups[pick(backups.length)]!.kill() : started.disk.kill();
      }
      const last = await restore(disk!, gateway, timers);
      await observe(last.agent, [String(serial++)]);
      await closeInto(gateway, last.agent);
      const readings = gateway.readings();
      expect(values(readings).at(-1), `run ${run}`).toBe(String(serial - 1));
      if (last.agent.status().rollback !== null) expectGapsTold(readings);
    }
  });

  it.each([
    ['behind', 7],
    ['in another history and further', 70],
  ])(
    '%s, and crashed at any point of going on after the gateway: the chain continues, each stream tells the gap',
    async (_name, count) => {
      const { gateway, backup, timers } = await runAndBackUp();
      const alone = await startAgent({ ...LIMITS, disk: backup, timers, askHead: unanswered });
      for (let index = 0; index < count; index++) {
        await observe(alone.agent, [String(7000 + index)]);
      }
      const disk = alone.disk.kill();
      const states = new Map<string, FakeDisk>();
      disk.onBoundary = () => {
        for (const state of disk.crashStates()) states.set(fingerprint(state.disk), state.disk);
      };
      const crashed = await restore(disk, gateway, timers);
      await observe(crashed.agent, ['801']);
      disk.onBoundary = null;
      expect(states.size).toBeGreaterThan(30);

      for (const [, state] of states) {
        const copy = createFakeGateway();
        for (const batch of gateway.batches) copy.take(batch);
        const { agent } = await restore(state.kill(), copy, timers);
        await observe(agent, ['901']);
        await closeInto(copy, agent);
        const readings = copy.readings();
        expect(values(readings).at(-1)).toBe('901');
        expect(values(readings).filter((value) => Number(value) >= 7000)).toEqual([]);
        expectGapsTold(readings);
      }
    },
  );

  it('and crashed while a damaged journal is set aside: it goes on all the same', async () => {
    const { gateway, disk: whole, timers } = await runAndBackUp();
    const disk = damage(whole.kill());
    const states = new Map<string, FakeDisk>();
    disk.onBoundary = () => {
      for (const state of disk.crashStates()) states.set(fingerprint(state.disk), state.disk);
    };
    await restore(disk, gateway, timers);
    disk.onBoundary = null;
    for (const [, state] of states) {
      const copy = createFakeGateway();
      for (const batch of gateway.batches) copy.take(batch);
      const { agent } = await restore(state.kill(), copy, timers);
      await closeInto(copy, agent);
      expectGapsTold(copy.readings());
    }
  });
});

let serial = 1000;

const unanswered = async () => null;

/** A life of ten rounds, all sent; a copy of the card taken after the fourth. */
async function runAndBackUp() {
  const timers = createFakeTimers();
  const gateway = createFakeGateway();
  const { agent, disk } = await startAgent({ ...LIMITS, timers, askHead: gateway.ask });
  let backup: FakeDisk | null = null;
  for (let round = 0; round < 10; round++) {
    await observe(agent, [String(100 + 2 * round), String(101 + 2 * round)]);
    await send(agent, gateway);
    if (round === 3) backup = disk.kill();
    await timers.advance(1000);
  }
  await send(agent, gateway);
  return { gateway, backup: backup!, disk, timers };
}

function restore(
  disk: FakeDisk,
  gateway: ReturnType<typeof createFakeGateway>,
  timers: World['timers'],
  given: Parameters<typeof startAgent>[0] = {},
): Promise<World> {
  return startAgent({ ...LIMITS, disk, timers, askHead: gateway.ask, ...given });
}

async function observe(agent: Agent, texts: readonly string[]): Promise<void> {
  await Promise.all(texts.map((value) => agent.observe('house-17', meterObservation(value))));
  await settle();
}

/** As an uplink does, with receipts that come at once. */
async function send(agent: Agent, gateway: ReturnType<typeof createFakeGateway>): Promise<void> {
  const { receiptedBefore } = agent.status().position!;
  const from = Math.min(receiptedBefore, gateway.batches.length);
  for (const batch of await sealedBatches(agent, from)) {
    expect(gateway.take(batch), `batch ${batch.number} contradicts the gateway`).toBe(true);
    agent.receipted(batch.number + 1);
  }
}

async function closeInto(gateway: ReturnType<typeof createFakeGateway>, agent: Agent) {
  await send(agent, gateway);
  agent.subscribe((batch) => expect(gateway.take(batch)).toBe(true));
  await agent.close();
  await settle();
}

async function agrees(agent: Agent, { head }: GatewayHead): Promise<boolean> {
  if (head === null) return true;
  const known = await agent.batch(head.batch).catch(() => null);
  if (known === null) return head.batch < (agent.status().position?.receiptedBefore ?? 0);
  return Buffer.from(known.headerHash).equals(Buffer.from(head.headerHash));
}

function expectGapsTold(readings: ReturnType<ReturnType<typeof createFakeGateway>['readings']>) {
  const told = ofKind(readings, 'gap').filter((gap) => fieldsOf(gap)['gap.cause'] === 'rollback');
  const streams = told.map(({ source, device }) => `${source}/${device}`);
  expect(streams).toEqual(expect.arrayContaining(['~agent/', 'house-17/meter-1']));
}

function nextSeqAt(gateway: ReturnType<typeof createFakeGateway>, batches: number): number {
  return gateway.batches.slice(0, batches).reduce((sum, { header }) => sum + header.count, 0);
}

function values(readings: ReturnType<ReturnType<typeof createFakeGateway>['readings']>): string[] {
  return ofKind(readings, 'meter').map((r) => String(fieldsOf(r)['energy.import.t1']));
}

function linesOf(disk: FakeDisk, path: string): { kind: string }[] {
  const text = new TextDecoder().decode(disk.files().get(path));
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** A bit of the last segment's first reading, long promised. */
function damage(disk: FakeDisk): FakeDisk {
  const segment = [...disk.files().keys()]
    .filter((path) => path.endsWith('.seg'))
    .sort()
    .at(-1)!;
  disk.damage(segment, 40, 1);
  return disk;
}
