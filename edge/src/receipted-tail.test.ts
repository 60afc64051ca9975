import { describe, expect, it } from 'vitest';
import type { Agent } from './agent.ts';
import { LATER_ORIGINS, meterObservation, sealedBatches, startAgent } from './agent-fixture.ts';
import { headAfter } from './gateway-fake.ts';
import type { SealedBatch } from './sealer.ts';
import { settle } from './timers-fake.ts';

const SMALL = { batch: { count: 4 }, journal: { segmentBytes: 2000, maxBytes: 40_000 } };

describe('batches that have their receipt', () => {
  it('stay as long as everything together takes less than half of the journal', async () => {
    const { agent, disk } = await startAgent(SMALL);
    const segments = async () => (await disk.list('/agent')).length;
    for (let round = 0; round < 10; round++) {
      const before = await segments();
      await observe(agent, 20);
      await releaseAll(agent);
      const { heldBytes, retainedBytes } = agent.status().journal!;
      expect(heldBytes).toBeLessThanOrEqual(20_000);
      expect(retainedBytes).toBeGreaterThan(heldBytes / 2);
      if (round < 2) expect(await segments()).toBeGreaterThan(before);
    }
    expect(agent.status().journal!.heldBytes).toBeGreaterThan(15_000);
  });

  it('never keep a reading from being taken', async () => {
    const { agent } = await startAgent(SMALL);
    await observe(agent, 60);
    await releaseAll(agent);
    expect(agent.status().journal!.retainedBytes).toBeGreaterThan(10_000);
    // Without a gateway: what waits now has the whole journal to itself.
    let taken = 0;
    for (; !agent.status().full; taken++) await observe(agent, 1);

    const { heldBytes, retainedBytes } = agent.status().journal!;
    expect(retainedBytes).toBeLessThan(4000);
    expect(heldBytes).toBeGreaterThan(35_000);
    expect(taken).toBeGreaterThan(100);
  });

  it('are let go at once where the disk itself is full', async () => {
    const { agent, disk, timers } = await startAgent({ ...SMALL });
    await observe(agent, 40);
    await releaseAll(agent);
    const before = agent.status().journal!.heldBytes;
    disk.fault = (operation) => {
      if (operation === 'remove') disk.fault = null;
      return operation === 'write' || operation === 'create' ? 'ENOSPC' : null;
    };
    await expect(agent.observe('house-17', meterObservation('41'))).rejects.toThrow();
    await timers.advance(60_000);

    expect(agent.status()).toMatchObject({ state: 'running', recoveries: 1 });
    expect(agent.status().journal!.heldBytes).toBeLessThan(before / 2);
  });

  it('are there again after a restart, for a log that lacks them', async () => {
    const first = await startAgent(SMALL);
    await observe(first.agent, 40);
    const sent = await sealedBatches(first.agent);
    await releaseAll(first.agent);
    await first.agent.close();
    for (const known of [3, 7]) {
      const { agent } = await startAgent({
        ...{ ...SMALL, disk: first.disk.kill(), origin: LATER_ORIGINS[0] },
        askHead: async () => headAfter(sent.slice(0, known)),
      });
      const again = await sealedBatches(agent);
      expect(again.slice(0, sent.length - known).map(toBytes)).toEqual(
        sent.slice(known).map(toBytes),
      );
    }
  });
});

async function observe(agent: Agent, count: number): Promise<void> {
  const values = Array.from({ length: count }, (_, index) => String(index));
  const taken = values.map((value) => agent.observe('house-17', meterObservation(value)));
  await Promise.allSettled(taken);
  await settle();
}

async function releaseAll(agent: Agent): Promise<void> {
  const { sealedBefore } = agent.status().position!;
  agent.receipted(sealedBefore);
  await agent.release(sealedBefore);
}

function toBytes({ bytes }: SealedBatch): Uint8Array {
  return bytes;
}
