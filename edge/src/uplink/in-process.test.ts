import { expect, it } from 'vitest';
import { startAgent, type World } from '../agent-fixture.ts';
import { createUplinkGateway, type UplinkGateway } from './gateway-fake.ts';
import { startInProcessUplink } from './in-process.ts';
import { observe, receiptedBefore, testUplink } from './uplink-contract.ts';

testUplink(async (world, gateway, given) => start(world, gateway, gateway.offer, given));

it('whose key is out seals no more, reads on, and goes on when it is let in again', async () => {
  const world = await startAgent({ batch: { count: 4 } });
  const gateway = createUplinkGateway();
  let isOut = true;
  start(world, gateway, async (batch) => {
    if (!isOut) return gateway.offer(batch);
    throw Object.assign(new Error('batch 0 differs'), { code: 'BATCH_CONFLICT' });
  });
  await observe(world, 40);
  expect(world.agent.status().held).toMatch(/this card was copied.*batch 0 differs/);
  const { sealedBefore } = world.agent.status().position!;
  expect(sealedBefore).toBeLessThan(11);

  isOut = false;
  await world.timers.advance(120_000);
  await observe(world, 4);
  expect(world.agent.status().held).toBeNull();
  expect(receiptedBefore(world)).toBeGreaterThan(sealedBefore);
});

function start(
  { agent, timers }: World,
  gateway: UplinkGateway,
  offer: UplinkGateway['offer'],
  given: { readonly onDamaged?: (reason: string) => void } = {},
) {
  return startInProcessUplink({
    ...{ agent, offer, timers, siteLog: gateway.log.name, ...given },
    random: () => 0.5,
  });
}
