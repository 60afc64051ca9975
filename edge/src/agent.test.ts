import { toHex } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import {
  BOOT,
  checkedReadings,
  fieldsOf,
  keyOf,
  METER,
  meterObservation,
  OTHER_BOOT,
  ofKind,
  START_MS,
  sealedBatches,
  startAgent,
} from './agent-fixture.ts';
import { settle } from './timers-fake.ts';

describe('observe', () => {
  it('makes a reading that a gateway accepts, with its frame beside it', async () => {
    const { agent } = await startAgent();
    await agent.observe('house-17', meterObservation('1234.5670'));
    const { batches, readings } = await closeAndRead(agent);

    const [reading] = ofKind(readings, 'meter');
    expect(reading).toMatchObject({
      source: 'house-17',
      device: 'meter-1',
      n: 0,
      time: START_MS,
      clock: { quality: 2, maxErrorMs: 50, deviceTime: null, uptimeMs: 0 },
      origin: { driver: 'dsmr-p1' },
    });
    expect(fieldsOf(reading!)).toEqual({ 'energy.import.t1': 1234.567 });
    expect(Buffer.from(batches.at(-1)!.bytes).includes('/frame 1234.5670!')).toBe(true);
  });

  it('keeps only the hash of the frame where the plan says so', async () => {
    const { agent } = await startAgent();
    await agent.observe('gate', meterObservation('7', 'tag-9'));
    const { batches, readings } = await closeAndRead(agent);

    expect(ofKind(readings, 'meter')[0]?.origin.frameHash).toHaveLength(32);
    expect(Buffer.from(batches.at(-1)!.bytes).includes('/frame')).toBe(false);
  });

  it('keeps a frame that gave several observations once, in the journal and in the batch', async () => {
    const { agent, disk } = await startAgent();
    const first = meterObservation('1', 'meter-1');
    await agent.observe('house-17', first);
    await agent.observe('house-17', { ...first, device: 'gas-1' });
    const { batches } = await closeAndRead(agent);

    const [segment] = [...disk.files()].filter(([path]) => path.endsWith('.seg'));
    for (const bytes of [batches.at(-1)!.bytes, segment![1]]) {
      expect(Buffer.from(bytes).toString('latin1').split('/frame 1!')).toHaveLength(2);
    }
  });

  it('refuses a source that is not configured', async () => {
    const { agent } = await startAgent();

    await expect(agent.observe('attic', meterObservation('1'))).rejects.toMatchObject({
      code: 'SOURCE_UNKNOWN',
    });
  });

  it('refuses what is no reading, counts it, and numbers on without a hole', async () => {
    const { agent } = await startAgent();
    await expect(
      agent.observe('house-17', meterObservation('1', 'a device name\nwith a line feed')),
    ).rejects.toMatchObject({ code: 'OBSERVATION_INVALID' });
    await agent.observe('house-17', meterObservation('2'));

    expect(agent.status().rejected).toEqual({ 'house-17': { OBSERVATION_INVALID: 1 } });
    expect(agent.status().lastRejected[0]).toMatchObject({ source: 'house-17' });
    expect(ofKind((await closeAndRead(agent)).readings, 'meter')).toHaveLength(1);
  });

  it('refuses devices beyond the limit and tells of them in the stream of the source', async () => {
    const { agent, timers } = await startAgent({ maxStreams: 2 });
    await agent.observe('house-17', meterObservation('1', 'meter-1'));
    await expect(agent.observe('house-17', meterObservation('1', 'meter-2'))).rejects.toMatchObject(
      { code: 'STREAM_LIMIT' },
    );
    await timers.advance(10_000);

    const gap = ofKind((await closeAndRead(agent)).readings, 'gap')[0]!;
    expect(gap).toMatchObject({ source: 'house-17', device: '' });
    expect(fieldsOf(gap)).toMatchObject({ 'gap.cause': 'streams', 'gap.count': 1 });
  });
});

it('tells of a batch sealed from memory where its streams go on, and nothing of one read back', async () => {
  const { agent, disk } = await startAgent();
  for (const value of ['1', '2', '3']) await agent.observe('house-17', meterObservation(value));
  await agent.observe('gate', meterObservation('7', 'tag-9'));
  const { batches } = await closeAndRead(agent);
  expect(batches.at(-1)!.streams).toEqual(
    expect.arrayContaining([
      { source: 'house-17', device: 'meter-1', nextN: 3 },
      { source: 'gate', device: 'tag-9', nextN: 1 },
    ]),
  );

  const again = await startAgent({ disk });
  const known = await sealedBatches(again.agent);
  expect(known.map(({ streams }) => streams)).toEqual(known.map(() => null));
});

it('makes an observation durable within the time it asks for', async () => {
  const { agent, timers } = await startAgent({ journal: { commitWindowMs: 200 } });
  await timers.advance(1000);
  let durable = 0;
  const count = () => durable++;
  void agent.observe('house-17', meterObservation('1')).then(count);
  void agent.observe('gate', meterObservation('2'), { withinMs: 10 }).then(count);
  await timers.advance(9);
  expect(durable).toBe(0);
  await timers.advance(1);
  expect(durable).toBe(2);
});

describe('a plan while the agent runs', () => {
  const PUMP = { ...METER, name: 'pump', heartbeatMs: 30_000 };

  it('tells what changed, what is new and what is gone, and takes observations by it at once', async () => {
    const { agent } = await startAgent();
    const told = agent.plan([{ ...METER, cadenceMs: 5000 }, PUMP]);
    await agent.observe('pump', meterObservation('1'));
    await expect(agent.observe('gate', meterObservation('1'))).rejects.toMatchObject({
      code: 'SOURCE_UNKNOWN',
    });
    await told;
    await agent.plan([{ ...METER, cadenceMs: 5000 }, PUMP]);

    const plans = ofKind((await closeAndRead(agent)).readings, 'plan')
      .slice(3)
      .map(fieldsOf);
    expect(plans).toEqual([
      expect.objectContaining({ 'plan.source': 'house-17', 'plan.cadence': 5000 }),
      expect.objectContaining({ 'plan.source': 'pump', 'plan.state': 'active' }),
      expect.objectContaining({ 'plan.source': 'gate', 'plan.state': 'retired' }),
    ]);
  });

  it('moves heartbeats: a new source beats, one that is gone does not, others keep their time', async () => {
    const { agent, timers } = await startAgent();
    await agent.observe('gate', meterObservation('1', 'tag-9'));
    await agent.observe('house-17', meterObservation('1'));
    await timers.advance(50_000);
    await agent.plan([METER, PUMP]);
    await timers.advance(120_000);

    const { readings } = await closeAndRead(agent);
    const beats = ofKind(readings, 'heartbeat');
    expect(beats.filter(({ source }) => source === 'gate')).toEqual([]);
    expect(beats.filter(({ source }) => source === 'pump').length).toBeGreaterThanOrEqual(4);
    const meter = readings.filter(({ device }) => device === 'meter-1').map(({ time }) => time);
    expect(longestSilence(meter)).toBeLessThanOrEqual(60_000);
  });

  it('outlives a restart, after which what was retired owes no gap', async () => {
    const first = await startAgent();
    await first.agent.observe('gate', meterObservation('1', 'tag-9'));
    await first.agent.plan([{ ...METER, heartbeats: 'source' }]);
    const before = await closeAndRead(first.agent);
    const { agent } = await startAgent({
      disk: first.disk,
      timers: first.timers,
      sources: [{ ...METER, heartbeats: 'source' }],
    });

    const { readings } = await closeAndRead(agent);
    const since = readings.slice(before.readings.length);
    expect(ofKind(since, 'plan')).toEqual([]);
    expect(ofKind(since, 'gap').map(({ source }) => source)).toEqual(['~agent']);
  });

  it('made while the journal is away is told when it is back', async () => {
    const { agent, disk, timers } = await startAgent();
    disk.fault = (operation) => (operation === 'write' ? 'EIO' : null);
    await expect(agent.observe('house-17', meterObservation('1'))).rejects.toThrow();
    await agent.plan([METER]);
    disk.fault = null;
    await timers.advance(120_000);

    const plans = ofKind((await closeAndRead(agent)).readings, 'plan').map(fieldsOf);
    expect(plans.at(-1)).toMatchObject({ 'plan.source': 'gate', 'plan.state': 'retired' });
  });
});

describe('a batch', () => {
  it('closes by count', async () => {
    const { agent } = await startAgent({ batch: { count: 3 } });
    await observeMany(agent, 7);

    expect((await sealedBatches(agent)).map((batch) => batch.header.count)).toEqual([3, 3, 3]);
  });

  it('closes by bytes, before the reading that would not fit', async () => {
    const { agent } = await startAgent({ batch: { bytes: 1000 } });
    await observeMany(agent, 20);

    const batches = await sealedBatches(agent);
    expect(batches.length).toBeGreaterThan(3);
    for (const batch of batches) expect(batch.bytes.length).toBeLessThan(1200);
  });

  it('closes by age, counted from its first reading', async () => {
    const { agent, timers } = await startAgent({ batch: { ageMs: 5000 } });
    await timers.advance(4999);
    expect(await sealedBatches(agent)).toEqual([]);
    await timers.advance(1);
    expect(await sealedBatches(agent)).toHaveLength(1);
    await timers.advance(4000);
    await observeMany(agent, 1);
    await timers.advance(4999);
    expect(await sealedBatches(agent)).toHaveLength(1);
    await timers.advance(1);
    expect(await sealedBatches(agent)).toHaveLength(2);
  });

  it('names the newest anchor known, and never an older one than before', async () => {
    const { agent } = await startAgent({ batch: { count: 4 } });
    await observeMany(agent, 4);
    agent.setBeacon({ anchorIndex: 7, anchorLeafHash: new Uint8Array(32).fill(7) });
    agent.setBeacon({ anchorIndex: 5, anchorLeafHash: new Uint8Array(32).fill(5) });
    await observeMany(agent, 4);

    const beacons = (await sealedBatches(agent)).map((batch) => batch.header.beacon?.anchorIndex);
    expect(beacons).toEqual([undefined, undefined, 7]);
  });

  it('names the newest anchor known after a restart too', async () => {
    const first = await startAgent();
    first.agent.setBeacon({ anchorIndex: 7, anchorLeafHash: new Uint8Array(32).fill(7) });
    await first.agent.close();
    const { agent } = await startAgent({ disk: first.disk });
    agent.setBeacon({ anchorIndex: 6, anchorLeafHash: new Uint8Array(32).fill(6) });
    const { batches } = await closeAndRead(agent);

    expect(batches.map((batch) => batch.header.beacon?.anchorIndex)).toEqual([7, 7]);
  });

  it('is told to subscribers in order as it is sealed', async () => {
    const { agent } = await startAgent({ batch: { count: 4 } });
    const sealed: number[] = [];
    const unsubscribe = agent.subscribe((batch) => sealed.push(batch.number));
    await observeMany(agent, 12);
    unsubscribe();
    await observeMany(agent, 4);

    expect(sealed).toEqual([1, 2, 3]);
  });

  it('is read again from the journal as it was sealed', async () => {
    const first = await startAgent({ batch: { count: 4 } });
    await observeMany(first.agent, 12);
    const sealed = await sealedBatches(first.agent);
    await first.agent.close();
    const { agent } = await startAgent({ disk: first.disk, timers: first.timers });

    for (const batch of sealed) {
      expect((await agent.batch(batch.number))?.bytes).toEqual(batch.bytes);
    }
    expect(await agent.batch(99)).toBeNull();
  });
});

describe('release', () => {
  it('forgets batches that have their receipt, and no others', async () => {
    const { agent } = await startAgent({ batch: { count: 4 } });
    await observeMany(agent, 60);
    await expect(agent.release(10)).rejects.toMatchObject({ code: 'BATCH_NOT_RECEIPTED' });
    agent.receipted(12);
    await agent.release(10);

    expect((await sealedBatches(agent)).map((batch) => batch.number)).toEqual([
      10, 11, 12, 13, 14, 15,
    ]);
    expect(await agent.batch(9)).toBeNull();
  });

  it('outlives a restart, with every number going on where it was', async () => {
    const journal = { segmentBytes: 2000, maxBytes: 100_000 };
    const first = await startAgent({ batch: { count: 4 }, journal });
    await observeMany(first.agent, 61);
    first.agent.receipted(16);
    await first.agent.release(15);
    await first.agent.close();
    const { agent } = await startAgent({ disk: first.disk, journal });

    expect(agent.status().position).toMatchObject({ receiptedBefore: 16, releasedBefore: 15 });
    const held = await sealedBatches(agent);
    expect(held.map((batch) => batch.number)).toEqual([15, 16]);
    expect(held[1]!.header.previous).toEqual(held[0]!.headerHash);
  });

  it('refuses a receipt for what is not sealed', async () => {
    const { agent } = await startAgent();

    expect(() => agent.receipted(5)).toThrow(expect.objectContaining({ code: 'RECEIPT_MISMATCH' }));
  });
});

describe('a start', () => {
  it('says which boot, which software and which head it begins with', async () => {
    const first = await startAgent();
    const before = await closeAndRead(first.agent);
    const { agent } = await startAgent({ disk: first.disk, timers: first.timers });
    const boots = ofKind((await closeAndRead(agent)).readings, 'boot').map(fieldsOf);

    expect(boots[0]).toEqual({
      'boot.id': toHex(BOOT),
      'boot.software': '0.1.0',
      'boot.configuration': '00'.repeat(32),
    });
    expect(boots[1]).toMatchObject({
      'boot.head.batch': before.batches.at(-1)!.number,
      'boot.head.hash': toHex(before.batches.at(-1)!.headerHash),
    });
  });

  it('seals a plan for each source, and again only when it changes', async () => {
    const first = await startAgent();
    await closeAndRead(first.agent);
    const unchanged = await startAgent({ disk: first.disk, timers: first.timers });
    const before = await closeAndRead(unchanged.agent);
    const changed = await startAgent({
      disk: first.disk,
      timers: first.timers,
      sources: [{ ...METER, cadenceMs: null }],
    });
    const after = await closeAndRead(changed.agent);

    expect(ofKind(before.readings, 'plan').map(fieldsOf)).toEqual([
      {
        'plan.source': 'house-17',
        'plan.state': 'active',
        'plan.driver': 'dsmr-p1',
        'plan.cadence': 1000,
        'plan.heartbeat': 60_000,
        'plan.heartbeats': 'device',
        'plan.frames': 'keep',
      },
      expect.objectContaining({ 'plan.source': 'gate', 'plan.frames': 'hash' }),
      expect.objectContaining({ 'plan.source': '~agent', 'plan.heartbeat': 300_000 }),
    ]);
    expect(ofKind(after.readings, 'plan').slice(3).map(fieldsOf)).toEqual([
      expect.objectContaining({ 'plan.source': 'house-17', 'plan.state': 'active' }),
      expect.objectContaining({ 'plan.source': 'gate', 'plan.state': 'retired' }),
    ]);
  });

  it('tells in each promised stream what time nothing is known of', async () => {
    const first = await startAgent();
    await first.agent.observe('house-17', meterObservation('1'));
    await first.agent.observe('gate', meterObservation('1', 'tag-9'));
    await first.agent.close();
    await first.timers.advance(90_000);
    const { agent } = await startAgent({ disk: first.disk, timers: first.timers });

    const gaps = ofKind((await closeAndRead(agent)).readings, 'gap');
    expect(gaps.map(({ source, device }) => `${source}/${device}`)).toEqual([
      '~agent/',
      'house-17/meter-1',
    ]);
    expect(fieldsOf(gaps[1]!)).toEqual({
      'gap.from': START_MS,
      'gap.to': START_MS + 90_000,
      'gap.cause': 'restart',
    });
  });

  it('after another kernel boot closes what was open under the boot it was stamped in', async () => {
    const first = await startAgent();
    await first.agent.observe('house-17', meterObservation('1'));
    const killed = first.disk.kill();
    const { agent } = await startAgent({ disk: killed, boot: OTHER_BOOT });
    const { batches, readings } = await closeAndRead(agent);

    expect(batches.map(({ header }) => toHex(header.boot))).toEqual([
      toHex(BOOT),
      toHex(OTHER_BOOT),
    ]);
    expect(fieldsOf(ofKind(readings, 'gap')[0]!)).toMatchObject({ 'gap.cause': 'power' });
  });

  it('refuses the journal of another key', async () => {
    const first = await startAgent();
    await first.agent.close();

    await expect(startAgent({ disk: first.disk, signer: keyOf(2) })).rejects.toMatchObject({
      code: 'AGENT_MISMATCH',
    });
  });
});

describe('a silent stream', () => {
  it('beats at least once in the promised period, and not while the device speaks', async () => {
    const { agent, timers } = await startAgent();
    for (let minute = 0; minute < 5; minute++) {
      await agent.observe('house-17', meterObservation(String(minute)));
      await timers.advance(30_000);
      await agent.observe('house-17', meterObservation(String(minute)));
      await timers.advance(30_000);
    }
    await timers.advance(600_000);

    const { readings } = await closeAndRead(agent);
    const meter = readings.filter((reading) => reading.device === 'meter-1');
    expect(meter.slice(0, 10).every((reading) => reading.kind === 'meter')).toBe(true);
    expect(longestSilence(meter.map((reading) => reading.time))).toBeLessThanOrEqual(60_000);
    expect(meter.slice(10).every((reading) => reading.kind === 'heartbeat')).toBe(true);
  });

  it('of a source that never said anything beats too, and tells how the way to it is', async () => {
    const { agent, timers } = await startAgent();
    agent.transport('gate', 'waiting');
    await timers.advance(400_000);

    const { readings } = await closeAndRead(agent);
    const beats = readings.filter((reading) => reading.source === 'gate');
    expect(beats.length).toBeGreaterThanOrEqual(3);
    expect(beats[0]).toMatchObject({ device: '', kind: 'heartbeat', n: 0 });
    expect(fieldsOf(beats[0]!)).toEqual({ 'heartbeat.transport': 'waiting' });
  });

  it('of a device beats not where devices come and go', async () => {
    const { agent, timers } = await startAgent();
    await agent.observe('gate', meterObservation('1', 'tag-9'));
    await timers.advance(400_000);

    const { readings } = await closeAndRead(agent);
    expect(readings.filter((reading) => reading.device === 'tag-9')).toHaveLength(1);
  });

  it('of the agent itself beats', async () => {
    const { agent, timers } = await startAgent({ sources: [], heartbeatMs: 60_000 });
    await timers.advance(300_000);

    const { readings } = await closeAndRead(agent);
    expect(ofKind(readings, 'heartbeat').length).toBeGreaterThanOrEqual(5);
  });
});

describe('wall time', () => {
  it('may go back: seq and n stay dense, uptime tells the order', async () => {
    let jumpMs = 0;
    const started = await startAgent();
    const { timers } = started;
    await started.agent.close();
    const { agent } = await startAgent({
      timers,
      clock: {
        nowMs: () => START_MS + timers.elapsedMs - jumpMs,
        uptimeMs: () => timers.elapsedMs,
        quality: () => ({ quality: 0, maxErrorMs: null }),
      },
    });
    await agent.observe('house-17', meterObservation('1'));
    jumpMs = 50 * 365 * 86_400_000;
    await timers.advance(1000);
    await agent.observe('house-17', meterObservation('2'));

    const [first, second] = ofKind((await closeAndRead(agent)).readings, 'meter');
    expect(second!.time).toBeLessThan(first!.time);
    expect(second!.seq).toBeGreaterThan(first!.seq);
    expect(second!.clock.uptimeMs - first!.clock.uptimeMs).toBe(1000);
  });
});

async function observeMany(
  agent: Parameters<typeof sealedBatches>[0],
  count: number,
): Promise<void> {
  const readings = Array.from({ length: count }, (_, index) => meterObservation(String(index)));
  await Promise.all(readings.map((reading) => agent.observe('house-17', reading)));
  await settle();
}

/** All that was sealed, after a close that seals the rest. */
async function closeAndRead(agent: Parameters<typeof sealedBatches>[0]) {
  const batches = [...(await sealedBatches(agent))];
  agent.subscribe((batch) => batches.push(batch));
  await agent.close();
  await settle();
  return { batches, readings: checkedReadings(batches) };
}

function longestSilence(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((time, index) => time - times[index]!));
}
