import { describe, expect, it } from 'vitest';
import { checkedReadings, meterObservation, startAgent, type World } from '../agent-fixture.ts';
import type { SealedBatch } from '../sealer.ts';
import { settle } from '../timers-fake.ts';
import { startInProcessUplink } from './in-process.ts';
import { createSiteLog } from './site-log-fixture.ts';
import type { BatchReceipt } from './uplink.ts';

const BATCH = { count: 4 };

describe('batches in process', () => {
  it('are handed over in order, each as it is sealed, and have their receipt', async () => {
    const world = await startAgent({ batch: BATCH });
    const gateway = createGateway();
    const uplink = start(world, gateway);
    await observe(world, 20);

    expect(gateway.numbers()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(checkedReadings(gateway.taken)).toHaveLength(24);
    expect(world.agent.status().position?.receiptedBefore).toBe(6);
    expect(uplink.status()).toEqual({ state: 'idle', reason: null, failures: 0 });
  });

  it('are on their way together up to the window, so that one sync can serve many', async () => {
    const world = await startAgent({ batch: BATCH });
    const gateway = createGateway({ answer: false });
    start(world, gateway, 3);
    await observe(world, 40);
    expect(gateway.numbers()).toEqual([0, 1, 2]);
    gateway.answerAll();
    await settle();
    gateway.answerAll();
    await settle();

    expect(gateway.numbers().length).toBeGreaterThan(3);
  });

  it('are offered again after a failure, later each time, and never out of order', async () => {
    const world = await startAgent({ batch: BATCH });
    const gateway = createGateway();
    gateway.failing = 'the site log is full';
    const uplink = start(world, gateway);
    await observe(world, 8);
    await world.timers.advance(30_000);
    expect(uplink.status()).toMatchObject({
      state: 'waiting',
      reason: 'Error: the site log is full',
    });
    expect(uplink.status().failures).toBeGreaterThan(3);
    expect(world.agent.status().position?.receiptedBefore).toBe(0);

    gateway.failing = null;
    await world.timers.advance(120_000);
    expect(gateway.numbers()).toEqual(gateway.taken.map((_, index) => index));
    expect(uplink.status()).toMatchObject({ state: 'idle', reason: null });
  });

  it('have no receipt while an earlier one has none', async () => {
    const world = await startAgent({ batch: BATCH });
    const gateway = createGateway();
    gateway.refused = 1;
    start(world, gateway);
    await observe(world, 20);

    expect(world.agent.status().position?.receiptedBefore).toBe(1);
  });

  it('are refused a receipt that names another', async () => {
    const world = await startAgent({ batch: BATCH });
    const gateway = createGateway();
    gateway.receiptFor = 7;
    const uplink = start(world, gateway);
    await observe(world, 4);

    expect(world.agent.status().position?.receiptedBefore).toBe(0);
    expect(uplink.status().reason).toContain('receipt for batch 0 expected, got one for 7');
  });

  it('whose receipt came while the agent could not take it are offered again', async () => {
    const world = await startAgent({ batch: BATCH });
    const gateway = createGateway();
    let recovering = true;
    const agent = {
      ...world.agent,
      status: () => ({ ...world.agent.status(), ...(recovering && { position: null }) }),
    };
    start({ ...world, agent }, gateway);
    await observe(world, 12);
    expect(world.agent.status().position?.receiptedBefore).toBe(0);
    recovering = false;
    await world.timers.advance(120_000);

    expect(world.agent.status().position?.receiptedBefore).toBe(gateway.distinct().length);
  });

  it('go on after a restart where the last receipt was, the unsent header signed as it stands', async () => {
    const first = await startAgent({ batch: BATCH });
    const gateway = createGateway();
    const before = start(first, gateway);
    await observe(first, 8);
    gateway.failing = 'away';
    await observe(first, 8);
    const unsent = (await first.agent.batch(4))?.bytes;
    await before.stop();

    gateway.failing = null;
    const second = await startAgent({ batch: BATCH, disk: first.disk.kill() });
    start(second, gateway);
    await settle();
    expect(gateway.taken.find((batch) => batch.number === 4)?.bytes).toEqual(unsent);
    expect(checkedReadings(gateway.distinct()).length).toBeGreaterThanOrEqual(20);
  });
});

function start({ agent, timers }: World, gateway: Gateway, window?: number) {
  return startInProcessUplink({
    agent,
    offer: gateway.offer,
    siteLog: gateway.log.name,
    timers,
    random: () => 0.5,
    ...(window !== undefined && { window }),
  });
}

async function observe({ agent }: World, count: number): Promise<void> {
  const values = Array.from({ length: count }, (_, index) => String(index));
  await Promise.all(values.map((value) => agent.observe('house-17', meterObservation(value))));
  await settle();
}

type Gateway = ReturnType<typeof createGateway>;

function createGateway({ answer = true } = {}) {
  const taken: SealedBatch[] = [];
  let waiting: (() => void)[] = [];
  const gateway = {
    log: createSiteLog(),
    taken,
    failing: null as string | null,
    refused: null as number | null,
    receiptFor: null as number | null,
    numbers: () => taken.map((batch) => batch.number),
    distinct: () => [...new Map(taken.map((batch) => [batch.number, batch])).values()],
    answerAll() {
      for (const resolve of waiting.splice(0)) resolve();
    },
    async offer(batch: SealedBatch): Promise<BatchReceipt> {
      if (gateway.failing !== null) throw new Error(gateway.failing);
      if (gateway.refused === batch.number) throw new Error('refused');
      taken.push(batch);
      if (!answer) await new Promise<void>((resolve) => waiting.push(resolve));
      return { batch: gateway.receiptFor ?? batch.number, proof: gateway.log.receipt(batch) };
    },
  };
  waiting = [];
  return gateway;
}
