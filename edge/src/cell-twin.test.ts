import {
  decodeBatch,
  decodeReading,
  encodeReading,
  leafHash,
  type Reading,
  toHex,
} from '@sigill/evidence';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkedReadings,
  createFakeRandom,
  fieldsOf,
  GATE,
  METER,
  meterObservation,
  OTHER_BOOT,
  ofKind,
  START_MS,
  sealedBatches,
  startAgent,
  type World,
} from './agent-fixture.ts';
import { exactOf } from './cell-twin.ts';
import { COLLAR, DAY_MS, fix, HOUR_MS, twinsIn } from './cell-twin-fixture.ts';
import { MAX_OWED_TWINS } from './cell-twin-state.ts';
import type { SourcePlan } from './sources/source-plan.ts';
import { createFakeTimers } from './timers-fake.ts';

const sources = [COLLAR, { ...METER, heartbeatMs: DAY_MS }];
// Days of sweeps each five seconds take long to go through; six hours show the same.
const LONG: SourcePlan = { ...COLLAR, sensitive: { cell: '0.1 deg', periodMs: 6 * HOUR_MS } };
const MINUTE_MS = 60_000;
const CLOCK_ERROR_MS = 50;

async function readingsOf({ agent }: World): Promise<Reading[]> {
  return checkedReadings(await sealedBatches(agent));
}

async function hourOver({ timers }: World): Promise<void> {
  await timers.advance(HOUR_MS - (timers.elapsedMs % HOUR_MS));
}

/** The same disk, later. */
async function startLater({ parts, disk }: World, elapsedMs: number): Promise<World> {
  const timers = createFakeTimers();
  await timers.advance(elapsedMs);
  const { clock: _, ...rest } = parts;
  return startAgent({ ...rest, disk, timers, boot: OTHER_BOOT });
}

describe('a twin', () => {
  it('names cell, period and exact reading, and nothing else', async () => {
    const world = await startAgent({ sources });
    await world.timers.advance(5 * MINUTE_MS);
    await world.agent.observe('wolf', fix('63.4181', '12.0934'));
    await hourOver(world);

    const readings = await readingsOf(world);
    const exact = readings.find(({ source, kind }) => source === 'wolf' && kind === 'position')!;
    const [twin, ...others] = twinsIn(readings);
    expect(others).toEqual([]);
    expect(twin).toMatchObject({
      ...{ source: 'wolf~cell', device: 'w-1', n: 0, kind: 'position', time: START_MS },
      clock: {
        ...{ quality: 1, maxErrorMs: HOUR_MS + 60_000 + CLOCK_ERROR_MS },
        ...{ deviceTime: null, uptimeMs: HOUR_MS },
      },
      origin: { driver: 'sigill', frameHash: null },
    });
    expect(fieldsOf(twin!)).toEqual({
      'cell.exact': toHex(leafHash(encodeReading(exact))),
      'cell.grid': 'c-squares',
      'cell.id': '1601:132:140',
      'cell.period': HOUR_MS,
      'cell.resolution': 0.1,
    });
  });

  it('is of each reading that says where, whatever its kind, and of no other', async () => {
    const world = await startAgent({ sources });
    await world.agent.observe('wolf', { ...fix('63.41', '12.09'), kind: 'environment' });
    await world.agent.observe('wolf', { ...meterObservation('1'), device: 'w-1' });
    await world.agent.observe('wolf', fix('95', '12.09'));
    await world.agent.observe('house-17', fix('63.41', '12.09'));
    await hourOver(world);
    expect(twinsIn(await readingsOf(world))).toHaveLength(1);
  });

  it('depends on nothing finer than its cell and its period', async () => {
    const offset = fc.record({
      latitude: fc.integer({ min: 634_000_000, max: 634_999_999 }),
      longitude: fc.integer({ min: 120_000_000, max: 120_999_999 }),
      atMs: fc.integer({ min: 0, max: HOUR_MS - 1 }),
    });
    const twinAfter = async ({ latitude, longitude, atMs }: { [key: string]: number }) => {
      const world = await startAgent({ sources });
      await world.timers.advance(atMs!);
      await world.agent.observe('wolf', fix(degrees(latitude!), degrees(longitude!)));
      await hourOver(world);
      return masked(twinsIn(await readingsOf(world))[0]!);
    };
    const degrees = (tenMillionths: number) => (tenMillionths / 1e7).toFixed(7);
    await fc.assert(
      fc.asyncProperty(offset, offset, async (one, other) => {
        expect(await twinAfter(one)).toEqual(await twinAfter(other));
      }),
      { numRuns: 20 },
    );
  });

  /** The bytes, without what is random or counts. */
  function masked(twin: Reading): string {
    const zeros = (length: number) => new Uint8Array(length);
    const fields = twin.fields.map((field) =>
      field.name === 'cell.exact' ? { ...field, value: zeros(32) } : field,
    );
    return toHex(encodeReading({ ...twin, seq: 0, n: 0, fields, salt: zeros(16) }));
  }
});

describe('twins are sealed', () => {
  it('together when their period is over, in batches of their own', async () => {
    const world = await startAgent({ sources, batch: { count: 500 } });
    for (let step = 0; step < 12; step++) {
      await world.agent.observe('wolf', fix(`63.${step}`, '12.0', `w-${step % 3}`));
      await world.agent.observe('house-17', meterObservation(String(step)));
      await world.timers.advance(5 * MINUTE_MS - (step === 11 ? 1 : 0));
    }
    const before = await readingsOf(world);
    expect(twinsIn(before)).toEqual([]);

    await world.timers.advance(1);
    const batches = await sealedBatches(world.agent);
    const contents = batches.map((batch) => decodeBatch(batch.bytes).readings.map(decodeReading));
    const at = contents.findIndex((readings) => twinsIn(readings).length > 0);
    expect(twinsIn(contents[at]!)).toHaveLength(12);
    expect(contents[at]).toHaveLength(12);
    expect(batches[at]!.header.closedAt).toBe(START_MS + HOUR_MS);
    // The header before is shown with a twin's evidence: it closes heartbeats of the same moment, and nothing else.
    expect(batches[at - 1]!.header.closedAt).toBe(START_MS + HOUR_MS);
    expect(contents[at - 1]!.map(({ source, kind }) => `${source} ${kind}`)).toEqual([
      'wolf~cell heartbeat',
    ]);
  });

  it('in an order of chance', async () => {
    const orders = await Promise.all(
      [1, 2].map(async (seed) => {
        const world = await startAgent({ sources, random: createFakeRandom(seed) });
        for (let step = 0; step < 9; step++)
          await world.agent.observe('wolf', fix(`63.${step}5`, '12.05'));
        await hourOver(world);
        return twinsIn(await readingsOf(world)).map((twin) => String(fieldsOf(twin)['cell.id']));
      }),
    );
    expect(orders[0]!.toSorted()).toEqual(orders[1]!.toSorted());
    expect(orders[0]).not.toEqual(orders[1]);
    expect(orders[0]).not.toEqual(orders[0]!.toSorted());
  });

  it('by each source’s own period', async () => {
    const quick = {
      ...COLLAR,
      name: 'boar',
      sensitive: { cell: '10000 m', periodMs: HOUR_MS / 4 },
    };
    const world = await startAgent({ sources: [COLLAR, quick] });
    await world.agent.observe('wolf', fix('63.41', '12.09'));
    await world.agent.observe('boar', fix('63.41', '12.09'));
    await world.timers.advance(HOUR_MS / 4);
    const readings = await readingsOf(world);
    expect(twinsIn(readings)).toEqual([]);
    const [twin] = readings.filter(
      ({ source, kind }) => source === 'boar~cell' && kind === 'position',
    );
    expect(fieldsOf(twin!)).toMatchObject({ 'cell.id': '1601:132:1', 'cell.resolution': 0.5 });
  });

  it('not when the agent is closed or started in between', async () => {
    const world = await startAgent({ sources });
    await world.agent.observe('wolf', fix('63.41', '12.09'));
    await world.agent.close();
    const again = await startLater(world, 20 * MINUTE_MS);
    await again.timers.advance(20 * MINUTE_MS);
    expect(twinsIn(await readingsOf(again))).toEqual([]);
    await hourOver(again);
    expect(twinsIn(await readingsOf(again))).toHaveLength(1);
  });

  it('at the next whole hour, when nobody was there at the end of their period', async () => {
    const world = await startAgent({ sources: [LONG] });
    await world.agent.observe('wolf', fix('63.41', '12.09'));
    await world.agent.close();
    const again = await startLater(world, 8 * HOUR_MS + 17_000);
    await again.timers.advance(50 * MINUTE_MS);
    expect(twinsIn(await readingsOf(again))).toEqual([]);
    await hourOver(again);
    const [twin] = twinsIn(await readingsOf(again));
    expect(twin).toMatchObject({ time: START_MS, clock: { maxErrorMs: 12 * HOUR_MS + 60_050 } });
  });

  it('at the start of a box that is never awake at a whole hour', async () => {
    const world = await startAgent({ sources });
    await world.agent.observe('wolf', fix('63.41', '12.09'));
    await world.agent.close();
    const again = await startLater(world, HOUR_MS + 10 * MINUTE_MS);
    expect(twinsIn(await readingsOf(again))).toEqual([]);
    await again.agent.close();
    const third = await startLater(world, 2 * HOUR_MS + 10 * MINUTE_MS);
    await third.timers.advance(1000);
    expect(twinsIn(await readingsOf(third))).toHaveLength(1);
  });

  it('never while their period lasts, though the clock jumps', async () => {
    const timers = createFakeTimers();
    let jumpMs = 0;
    const clock = {
      nowMs: () => START_MS + timers.elapsedMs + jumpMs,
      uptimeMs: () => timers.elapsedMs,
      quality: () => ({ quality: 3 as const, maxErrorMs: null }),
    };
    const world = await startAgent({ sources, timers, clock });
    await world.agent.observe('wolf', fix('63.41', '12.09'));
    jumpMs = 3 * DAY_MS + 17 * MINUTE_MS;
    await timers.advance(20 * MINUTE_MS);
    expect(twinsIn(await readingsOf(world))).toEqual([]);
    jumpMs = -10 * DAY_MS; // and far back: what was read before is in the future now
    await timers.advance(20 * MINUTE_MS);
    expect(twinsIn(await readingsOf(world))).toEqual([]);
    await timers.advance(HOUR_MS);
    expect(twinsIn(await readingsOf(world))).toEqual([]);
    await timers.advance(HOUR_MS);
    expect(twinsIn(await readingsOf(world))).toHaveLength(1);
  });
});

describe('a stream of cells', () => {
  it('is there before the first exact reading, and says when a device was silent', async () => {
    const world = await startAgent({ sources });
    await world.agent.observe('wolf', fix('63.41', '12.09'));
    const order = (readings: readonly Reading[]) =>
      readings.map(({ source, kind }) => `${source} ${kind}`);
    await world.timers.advance(20_000);
    const first = order(await readingsOf(world));
    expect(first.indexOf('wolf~cell heartbeat')).toBeLessThan(first.indexOf('wolf position'));

    await hourOver(world);
    await hourOver(world);
    const later = (await readingsOf(world)).filter(
      ({ device, source }) => source === 'wolf~cell' && device === 'w-1',
    );
    expect(later.map(({ kind }) => kind)).toEqual(['position', 'heartbeat']);
  });

  it('is promised by a plan of its own, and its source’s plan tells the cell', async () => {
    const world = await startAgent({ sources });
    await world.timers.advance(20_000);
    const plans = ofKind(await readingsOf(world), 'plan').map(fieldsOf);
    expect(plans).toContainEqual(
      expect.objectContaining({
        ...{ 'plan.source': 'wolf', 'plan.cell': '0.1 deg', 'plan.period': HOUR_MS },
      }),
    );
    expect(plans).toContainEqual(
      expect.objectContaining({ 'plan.source': 'wolf~cell', 'plan.heartbeat': DAY_MS }),
    );
  });

  it('begins when the source is marked while the agent runs, and ends with its last twins', async () => {
    const world = await startAgent({ sources: [{ ...COLLAR, sensitive: null }] });
    await world.agent.observe('wolf', fix('63.41', '12.09'));
    await world.agent.plan([COLLAR]);
    await world.agent.observe('wolf', fix('63.42', '12.09'));
    await world.agent.plan([GATE]);
    await hourOver(world);
    expect(twinsIn(await readingsOf(world))).toHaveLength(1);
  });

  it('tells by a gap how many positions were too many to have twins', async () => {
    const world = await startAgent({ sources });
    const all = Array.from({ length: MAX_OWED_TWINS + 3 }, () => fix('63.41', '12.09'));
    await Promise.all(all.map((one) => world.agent.observe('wolf', one)));
    await hourOver(world);
    const readings = await readingsOf(world);
    expect(twinsIn(readings)).toHaveLength(MAX_OWED_TWINS);
    const [gap] = ofKind(readings, 'gap').filter(({ source }) => source === 'wolf~cell');
    expect(fieldsOf(gap!)).toEqual({
      ...{ 'gap.cause': 'flood', 'gap.count': 3 },
      ...{ 'gap.from': START_MS, 'gap.to': START_MS + HOUR_MS },
    });
  });
});

describe('after the journal failed or was released', () => {
  it('the twins of readings that have gone are still owed', async () => {
    const world = await startAgent({
      sources,
      journal: { segmentBytes: 16_384, maxBytes: 131_072 }, // half of what is written here
      batch: { count: 10 },
    });
    for (let step = 0; step < 40; step++)
      await world.agent.observe('wolf', fix(`63.4${step}`, '12.09'));
    for (let step = 0; step < 600; step++) {
      await world.agent.observe('house-17', meterObservation(String(step)));
      const { sealedBefore } = world.agent.status().position!;
      world.agent.receipted(sealedBefore);
      await world.agent.release(sealedBefore);
    }
    await world.agent.close();
    const again = await startAgent({ ...world.parts, disk: world.disk, timers: world.timers });
    const from = again.agent.status().position!.sealedBefore;
    await hourOver(again);
    const batches = await sealedBatches(again.agent, from);
    const readings = batches.flatMap((batch) =>
      decodeBatch(batch.bytes).readings.map(decodeReading),
    );
    const twins = twinsIn(readings).map((twin) => toHex(exactOf(twin)!));
    expect(new Set(twins).size).toBe(40);
    expect(twins).toHaveLength(40);
  });
});
