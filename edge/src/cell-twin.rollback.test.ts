import { encodeReading, leafHash, toHex } from '@sigill/evidence';
import { expect, it } from 'vitest';
import type { Agent } from './agent.ts';
import { fieldsOf, ofKind, sealedBatches, startAgent } from './agent-fixture.ts';
import { exactOf } from './cell-twin.ts';
import { COLLAR, fix, HOUR_MS, twinsIn } from './cell-twin-fixture.ts';
import { createFakeGateway } from './gateway-fake.ts';
import { createFakeTimers } from './timers-fake.ts';

it('a card restored from before twins were sealed seals none twice, and their stream tells the gap', async () => {
  const gateway = createFakeGateway();
  const timers = createFakeTimers();
  const parts = { sources: [COLLAR], timers, askHead: gateway.ask };
  const { agent, disk } = await startAgent(parts);
  await agent.observe('wolf', fix('63.41', '12.05'));
  await agent.observe('wolf', fix('63.42', '12.05'));
  await timers.advance(60_000);
  await send(agent);
  const backup = disk.kill();
  await timers.advance(HOUR_MS);
  await send(agent);
  await agent.close();

  const again = await startAgent({ ...parts, disk: backup });
  await again.agent.observe('wolf', fix('63.43', '12.05'));
  await timers.advance(HOUR_MS);
  await send(again.agent);

  const readings = gateway.readings();
  const twins = twinsIn(readings).map((twin) => toHex(exactOf(twin)!));
  const exact = ofKind(readings, 'position').filter(({ source }) => source === 'wolf');
  expect(twins.toSorted()).toEqual(
    exact.map((reading) => toHex(leafHash(encodeReading(reading)))).toSorted(),
  );
  const gaps = ofKind(readings, 'gap').filter(({ source }) => source === 'wolf~cell');
  expect(gaps.map((gap) => fieldsOf(gap)['gap.cause'])).toEqual(['rollback', 'rollback']);

  async function send(from: Agent): Promise<void> {
    const { sealedBefore } = from.status().position!;
    for (const batch of await sealedBatches(from, Math.min(gateway.batches.length, sealedBefore))) {
      expect(gateway.take(batch)).toBe(true);
      from.receipted(batch.number + 1);
    }
  }
});
