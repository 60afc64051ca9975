import { describe, expect, it } from 'vitest';
import type { Agent } from './agent.ts';
import {
  fieldsOf,
  LATER_ORIGINS,
  meterObservation,
  ORIGIN,
  ofKind,
  sealedBatches,
  startAgent,
} from './agent-fixture.ts';
import type { AgentParts } from './agent-parts.ts';
import { createFakeGateway } from './gateway-fake.ts';
import { type FakeDisk, fingerprint } from './journal/disk-fake.ts';
import { createFakeTimers, settle } from './timers-fake.ts';

const [SECOND, THIRD] = LATER_ORIGINS;
const LIMITS = { batch: { count: 5 }, journal: { segmentBytes: 2500, maxBytes: 1_000_000 } };

describe('a log that continues one which was lost with some of its batches', () => {
  it('is sent again what it lacks, from there on, and nothing is missing', async () => {
    const { gateway, disk } = await liveInFirstLog();
    const all = gateway.batches.length;
    gateway.batches.splice(3);
    const { agent } = await startAgent({ ...LIMITS, disk, origin: SECOND, askHead: gateway.ask });
    expect(agent.status()).toMatchObject({
      ...{ held: null, rollback: null },
      position: { receiptedBefore: 3, releasedBefore: 3 },
    });
    await sendInto(gateway, agent);
    await agent.close();

    expect(gateway.batches.length).toBeGreaterThanOrEqual(all);
    expect(values(gateway)).toEqual(expect.arrayContaining(numbers(0, 40)));
  });

  it('which has nothing at all of this box is sent everything', async () => {
    const { gateway, disk } = await liveInFirstLog();
    gateway.batches.splice(0);
    const { agent } = await startAgent({ ...LIMITS, disk, origin: SECOND, askHead: gateway.ask });
    await sendInto(gateway, agent);
    expect(values(gateway)).toEqual(numbers(0, 40));
  });

  it('two generations on, too', async () => {
    const { gateway, disk } = await liveInFirstLog();
    const second = await startAgent({ ...LIMITS, disk, origin: SECOND, askHead: gateway.ask });
    await observe(second.agent, numbers(40, 60));
    await sendInto(gateway, second.agent);
    await second.agent.close();
    gateway.batches.splice(2);
    const { agent } = await startAgent({
      ...{ ...LIMITS, disk: second.disk.kill(), origin: THIRD, askHead: gateway.ask },
    });
    await sendInto(gateway, agent);
    expect(values(gateway)).toEqual(numbers(0, 60));
  });

  it('that has all is sent what comes after it, and nothing twice', async () => {
    const { gateway, disk } = await liveInFirstLog();
    const { agent } = await startAgent({ ...LIMITS, disk, origin: SECOND, askHead: gateway.ask });
    // The receipt of the last one did not come before the end.
    expect(agent.status().position!.receiptedBefore).toBe(gateway.batches.length - 1);
    expect(await agent.judge(gateway.head().head)).toEqual({ kind: 'known' });
  });

  it('and did not answer at the start is found short at the first contact', async () => {
    const { gateway, disk } = await liveInFirstLog();
    gateway.batches.splice(3);
    const askHead = async () => null;
    const { agent } = await startAgent({ ...LIMITS, disk, origin: SECOND, askHead });
    await observe(agent, numbers(40, 50));
    expect(await agent.judge(gateway.head().head)).toEqual({ kind: 'short', fromBatch: 3 });
    expect(await agent.judge(null)).toEqual({ kind: 'short', fromBatch: 0 });
  });

  it('is sent all of it wherever the power goes while the agent goes back', async () => {
    const { gateway: before, disk } = await liveInFirstLog();
    const held = before.batches.slice(0, 3);
    const moments: { disk: FakeDisk; taken: number }[] = [];
    const gateway = createFakeGateway();
    gateway.batches.push(...held);
    const timers = createFakeTimers();
    const note = () => {
      for (const state of disk.crashStates())
        moments.push({ disk: state.disk, taken: gateway.batches.length });
    };
    disk.onBoundary = note;
    const parts = { ...LIMITS, disk, timers, origin: SECOND, askHead: gateway.ask };
    const { agent } = await startAgent(parts);
    await sendInto(gateway, agent);
    await observe(agent, numbers(40, 50));
    await sendInto(gateway, agent);
    await agent.close();
    disk.onBoundary = null;

    const distinct = new Map(
      moments.map((moment) => [`${fingerprint(moment.disk)} ${moment.taken}`, moment]),
    );
    expect(distinct.size).toBeGreaterThan(20);
    const taken = [...gateway.batches];
    for (const moment of distinct.values()) {
      const later = createFakeGateway();
      later.batches.push(...taken.slice(0, moment.taken));
      const life = { ...LIMITS, origin: SECOND, disk: moment.disk.kill() };
      const unanswered = await startAgent({ ...life, askHead: async () => null });
      await unanswered.agent.close();
      const { agent: next } = await startAgent({
        ...{ ...life, disk: unanswered.disk.kill(), askHead: later.ask },
      });
      await sendInto(later, next);
      expect(values(later)).toEqual(expect.arrayContaining(numbers(0, 40)));
    }
  });
});

describe('what a new log lacks and the journal has no more', () => {
  const SMALL = { batch: { count: 5 }, journal: { segmentBytes: 1500, maxBytes: 14_000 } };

  it('stops the sealing, and the sentence says which batches they are and what is to be done', async () => {
    const { gateway, disk } = await liveInFirstLog(SMALL);
    gateway.batches.splice(1);
    const life = { ...SMALL, origin: SECOND, askHead: gateway.ask };
    for (let at = disk, lives = 0; lives < 2; lives++) {
      const { agent } = await startAgent({ ...life, disk: at });
      expect(agent.status().held).toMatch(
        /^batches 1 to \d+ of this box went with its gateway’s card.*sigill agent init.*sigill agent enroll/,
      );
      const sealed = agent.status().position!.sealedBefore;
      await observe(agent, numbers(40, 50));
      expect(agent.status().position!.sealedBefore).toBe(sealed);
      await agent.close();
      at = at.kill();
    }
  });

  it('is no matter where the log has it', async () => {
    const { gateway, disk } = await liveInFirstLog(SMALL);
    const { agent } = await startAgent({ ...SMALL, disk, origin: SECOND, askHead: gateway.ask });
    await observe(agent, numbers(40, 50));
    await sendInto(gateway, agent);
    expect(agent.status().held).toBeNull();
    expect(values(gateway)).toEqual(expect.arrayContaining(numbers(0, 45)));
  });
});

describe('within one log', () => {
  it.each([
    ['the first', ORIGIN],
    ['a later one', SECOND],
  ])('%s: a head below the receipts sends nothing again', async (_name, origin) => {
    const { gateway, disk } = await liveInFirstLog();
    const begun = await startAgent({ ...LIMITS, disk, origin, askHead: gateway.ask });
    await observe(begun.agent, numbers(40, 60));
    await sendInto(gateway, begun.agent);
    const { receiptedBefore } = begun.agent.status().position!;
    await begun.agent.close();
    gateway.batches.splice(gateway.batches.length - 2);
    const { agent } = await startAgent({
      ...{ ...LIMITS, disk: begun.disk.kill(), origin, askHead: gateway.ask },
    });

    expect(agent.status().position!.receiptedBefore).toBe(receiptedBefore);
    expect(receiptedBefore).toBeGreaterThan(gateway.batches.length);
    expect(agent.status().held).toBeNull();
    expect(await agent.judge(gateway.head().head)).toEqual({ kind: 'known' });
  });
});

/** Forty readings sealed for the first log, all with their receipt and released. */
async function liveInFirstLog(limits: Pick<AgentParts, 'batch' | 'journal'> = LIMITS) {
  const gateway = createFakeGateway();
  const { agent, disk } = await startAgent(limits);
  for (let from = 0; from < 40; from += 4) {
    await observe(agent, numbers(from, from + 4));
    await sendInto(gateway, agent);
  }
  agent.subscribe((batch) => gateway.take(batch));
  await agent.close();
  return { gateway, disk: disk.kill() };
}

/** What has no receipt goes to the gateway, and has one. */
async function sendInto(gateway: ReturnType<typeof createFakeGateway>, agent: Agent) {
  const { receiptedBefore } = agent.status().position!;
  for (const batch of await sealedBatches(agent, receiptedBefore)) {
    expect(gateway.take(batch)).toBe(true);
    agent.receipted(batch.number + 1);
  }
  await agent.release(agent.status().position!.receiptedBefore);
}

async function observe(agent: Agent, texts: readonly string[]): Promise<void> {
  await Promise.all(texts.map((text) => agent.observe('house-17', meterObservation(text))));
  await settle();
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => String(from + index));
}

function values(gateway: ReturnType<typeof createFakeGateway>): string[] {
  return ofKind(gateway.readings(), 'meter').map((r) => String(fieldsOf(r)['energy.import.t1']));
}
