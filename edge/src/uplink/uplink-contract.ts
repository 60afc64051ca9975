import { generateKeyPairSync } from 'node:crypto';
import { createSigner } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import {
  checkedReadings,
  meterObservation,
  OTHER_BOOT,
  startAgent,
  type World,
} from '../agent-fixture.ts';
import { settle } from '../timers-fake.ts';
import { createUplinkGateway, type UplinkGateway } from './gateway-fake.ts';
import { createSiteLog } from './site-log-fixture.ts';
import type { Uplink } from './uplink.ts';

export type StartUplink = (
  world: World,
  gateway: UplinkGateway,
  given?: { readonly onDamaged?: (reason: string) => void },
) => Promise<Uplink>;

const BATCH = { count: 4 };
// Longer than any back-off and any patience.
const LONG_MS = 300_000;

/** What every way of an agent's batches to whoever gives receipts does. */
export function testUplink(start: StartUplink): void {
  describe('batches on their way', () => {
    it('go in order, each as it is sealed, and have their receipt', async () => {
      const { world, gateway, uplink } = await begin(start);
      await observe(world, 20);

      expect(gateway.numbers()).toEqual([0, 1, 2, 3, 4, 5]);
      expect(checkedReadings(gateway.taken as never)).toHaveLength(24);
      expect(receiptedBefore(world)).toBe(6);
      expect(uplink.status()).toMatchObject({ state: 'idle', reason: null, failures: 0 });
    });

    it('are together on their way, so that one sync can serve many, and no more than 16', async () => {
      const { world, gateway } = await begin(start, { isSlow: true });
      await observe(world, 100);
      expect(gateway.numbers()).toEqual(Array.from({ length: 16 }, (_, index) => index));
      gateway.answerAll();
      await settle();
      await settle();

      expect(gateway.numbers().length).toBeGreaterThan(16);
      expect(receiptedBefore(world)).toBe(16);
    });

    it('are offered again after a failure, later each time, and never out of order', async () => {
      const failing = 'the site log is full';
      const { world, gateway, uplink } = await begin(start, { failing });
      await observe(world, 8);
      await world.timers.advance(30_000);
      expect(uplink.status()).toMatchObject({
        state: 'waiting',
        reason: expect.stringContaining('the site log is full'),
      });
      expect(uplink.status().failures).toBeGreaterThan(3);
      expect(receiptedBefore(world)).toBe(0);

      gateway.failing = null;
      await world.timers.advance(LONG_MS);
      expect(gateway.numbers()).toEqual(gateway.taken.map((_, index) => index));
      expect(uplink.status()).toMatchObject({ state: 'idle', reason: null });
    });

    it('have no receipt while an earlier one has none', async () => {
      const { world } = await begin(start, { refused: 1 });
      await observe(world, 20);

      expect(receiptedBefore(world)).toBe(1);
    });

    it('whose receipts get lost are offered again, and have them in the end', async () => {
      const { world, gateway } = await begin(start, { losing: 3 });
      await observe(world, 12);
      await world.timers.advance(LONG_MS);

      expect(receiptedBefore(world)).toBe(gateway.distinct().length);
      expect(gateway.taken.length).toBeGreaterThan(gateway.distinct().length);
    });

    it('take no harm from receipts that come twice', async () => {
      const { world, gateway, uplink } = await begin(start, { isRepeating: true });
      await observe(world, 20);

      expect(receiptedBefore(world)).toBe(6);
      expect(gateway.numbers()).toEqual([0, 1, 2, 3, 4, 5]);
      expect(uplink.status()).toMatchObject({ state: 'idle', failures: 0 });
    });

    it('are not receipted by a receipt for another batch', async () => {
      const { world, gateway, uplink } = await begin(start, { receiptFor: 7 });
      await observe(world, 4);
      await world.timers.advance(LONG_MS);
      expect(receiptedBefore(world)).toBe(0);
      expect(uplink.status().failures).toBeGreaterThan(0);

      gateway.receiptFor = null;
      await world.timers.advance(LONG_MS);
      expect(receiptedBefore(world)).toBe(gateway.distinct().length);
    });

    it('are not receipted by another log', async () => {
      const foreignLog = createSiteLog();
      const { world, uplink } = await begin(start, { foreignLog });
      await observe(world, 4);
      await world.timers.advance(LONG_MS);

      expect(receiptedBefore(world)).toBe(0);
      expect(uplink.status().reason).toMatch(/RECEIPT_INVALID/);
    });

    it('are receipted no more by a log that shows another history', async () => {
      const { world, gateway, uplink } = await begin(start);
      await observe(world, 12);
      const before = receiptedBefore(world);
      gateway.fork();
      await observe(world, 4);
      await world.timers.advance(LONG_MS);

      expect(receiptedBefore(world)).toBe(before);
      expect(uplink.status().reason).toMatch(/two histories|does not continue/);
    });

    it('that a closed log had are settled without a receipt, and those after them have theirs', async () => {
      const { world, gateway, uplink } = await begin(start, { inheritedBefore: 3 });
      await observe(world, 20);

      expect(receiptedBefore(world)).toBe(6);
      expect(gateway.log.entries.map(({ batch }) => batch)).toEqual([3, 4, 5]);
      expect(uplink.status()).toMatchObject({ state: 'idle', reason: null, failures: 0 });
    });

    it('stop in the middle, and go on at the next start from the first without a receipt', async () => {
      const { world, gateway, uplink } = await begin(start);
      await observe(world, 8);
      gateway.isSlow = true;
      await observe(world, 8);
      const stopped = uplink.stop();
      gateway.answerAll();
      await stopped;
      const offered = gateway.taken.length;
      await observe(world, 8);
      expect(gateway.taken).toHaveLength(offered);
      expect(uplink.status().state).toBe('stopped');

      gateway.isSlow = false;
      await start(world, gateway);
      await settle();
      await world.timers.advance(1000);
      expect(receiptedBefore(world)).toBe(gateway.distinct().length);
      checkedReadings(gateway.distinct() as never);
    });

    it('go on after a restart where the last receipt was, the unsent header signed as it stands', async () => {
      const { world: first, gateway, uplink } = await begin(start);
      await observe(first, 8);
      gateway.failing = 'away';
      await observe(first, 8);
      const unsent = (await first.agent.batch(4))?.bytes;
      await uplink.stop();

      gateway.failing = null;
      const second = await startAgent({ batch: BATCH, disk: first.disk.kill() });
      await start(second, gateway);
      await settle();
      await second.timers.advance(1000);
      expect(gateway.taken.find((batch) => batch.number === 4)?.bytes).toEqual(unsent);
      expect(checkedReadings(gateway.distinct() as never).length).toBeGreaterThanOrEqual(20);
    });

    it('whose receipt came while the agent could not take it are offered again', async () => {
      const world = await startAgent({ batch: BATCH });
      const gateway = createUplinkGateway();
      let recovering = true;
      const agent = {
        ...world.agent,
        status: () => ({ ...world.agent.status(), ...(recovering && { position: null }) }),
      };
      await start({ ...world, agent }, gateway);
      await observe(world, 12);
      expect(receiptedBefore(world)).toBe(0);
      recovering = false;
      await world.timers.advance(LONG_MS);

      expect(receiptedBefore(world)).toBe(gateway.distinct().length);
    });

    it('that the card has lost are told as damage when they cannot be read time after time', async () => {
      const journal = { segmentBytes: 2000 };
      const world = await startAgent({ batch: BATCH, journal });
      const gateway = Object.assign(createUplinkGateway(), {
        failing: 'away' as string | null,
      });
      await observe(world, 60);
      const [, , segment] = [...world.disk.files().keys()].filter((path) => path.endsWith('.seg'));
      world.disk.damage(segment!, 700, 1);
      const told: string[] = [];
      const later = await startAgent({ batch: BATCH, journal, disk: world.disk.kill() });
      const uplink = await start(later, gateway, { onDamaged: (reason) => told.push(reason) });
      gateway.failing = null;
      await later.timers.advance(LONG_MS);

      expect(told).toEqual([expect.stringContaining('JOURNAL_CORRUPT')]);
      expect(uplink.status().reason).toContain('a damaged record');
      expect(receiptedBefore(later)).toBeGreaterThan(1);
      checkedReadings(gateway.distinct() as never);
    });

    it('of a secure element, signed again after a crash, have the receipt of the seal that is logged', async () => {
      const signer = secureElement();
      const first = await startAgent({ batch: BATCH, signer });
      const gateway = createUplinkGateway();
      gateway.losing = 100;
      await start(first, gateway);
      await observe(first, 3);
      const [logged] = gateway.taken;

      gateway.losing = 0;
      const second = await startAgent({ batch: BATCH, signer, disk: first.disk.kill() });
      await start(second, gateway);
      await settle();
      await second.timers.advance(1000);
      const again = gateway.taken.findLast(({ number }) => number === 0);
      expect(again?.seal).not.toEqual(logged?.seal);
      expect(receiptedBefore(second)).toBeGreaterThan(0);
    });

    it('of a secure element have no receipt by a seal of another header', async () => {
      const signer = secureElement();
      const other = await startAgent({ batch: BATCH, signer, boot: OTHER_BOOT });
      await observe(other, 3);
      const world = await startAgent({ batch: BATCH, signer });
      const gateway = createUplinkGateway();
      gateway.log.add((await other.agent.batch(0))!);
      gateway.head = null;
      await start(world, gateway);
      await observe(world, 2);
      await observe(world, 2);
      await world.timers.advance(LONG_MS);

      expect(receiptedBefore(world)).toBe(0);
    });
  });

  async function begin(open: StartUplink, given: Partial<UplinkGateway> = {}) {
    const world = await startAgent({ batch: BATCH });
    const gateway = Object.assign(createUplinkGateway(), given);
    const uplink = await open(world, gateway);
    await settle();
    return { world, gateway, uplink };
  }
}

export async function observe({ agent }: World, count: number): Promise<void> {
  const values = Array.from({ length: count }, (_, index) => String(index));
  await Promise.all(values.map((value) => agent.observe('house-17', meterObservation(value))));
  await settle();
  await settle();
}

export function receiptedBefore({ agent }: World): number {
  return agent.status().position!.receiptedBefore;
}

function secureElement() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return createSigner(Uint8Array.from(privateKey.export({ format: 'der', type: 'pkcs8' })));
}
