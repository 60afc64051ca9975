import { headerHash, toHex } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import {
  checkedReadings,
  createFakeRandom,
  fieldsOf,
  meterObservation,
  OTHER_BOOT,
  ofKind,
  sealedBatches,
  startAgent,
} from './agent-fixture.ts';
import { decodeRecord } from './agent-records.ts';
import { type FakeDisk, fingerprint } from './journal/disk-fake.ts';
import { readFrame } from './journal/record-frame.ts';
import type { SealedBatch } from './sealer.ts';
import { createFakeTimers, settle } from './timers-fake.ts';

const LIMITS = { batch: { count: 5 }, journal: { segmentBytes: 2500, maxBytes: 18_000 } };
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** What the world outside knew when the power went. */
interface Moment {
  readonly name: string;
  readonly disk: FakeDisk;
  /** Values whose `observe` had resolved. */
  readonly promised: readonly string[];
  /** Batches that had left the process. */
  readonly left: readonly SealedBatch[];
  readonly releasedBefore: number;
}

describe('power lost at any step', () => {
  it('leaves no hole, no second header, and each promised reading in exactly one batch', async () => {
    const moments = await momentsOfALife(async (world) => {
      for (let round = 0; round < 9; round++) {
        await world.observe(1 + (round % 4));
        if (round === 4) await world.release(2);
      }
    });
    expect(moments.length).toBeGreaterThan(80);
    for (const moment of moments) await expectContinuity(moment);
  });

  it('and again in the life after it', async () => {
    const first = await momentsOfALife((world) => world.observe(7));
    for (const moment of first.filter((_, index) => index % 7 === 0)) {
      const second = await momentsOfALife((world) => world.observe(3), moment);
      for (const again of second.filter((_, index) => index % 5 === 0))
        await expectContinuity(again);
    }
  });

  it(`at random steps of random lives (seed ${SEED})`, async () => {
    const random = createFakeRandom(SEED);
    const pick = (below: number) => random(1)[0]! % below;
    for (let life = 0; life < 12; life++) {
      let moment: Moment | undefined;
      for (let crash = 0; crash < 4; crash++) {
        const moments: Moment[] = await momentsOfALife(async (world) => {
          for (let step = 0; step < 3; step++) {
            await world.observe(1 + pick(6));
            if (pick(3) === 0) await world.release(pick(4));
          }
        }, moment);
        moment = moments[(pick(256) * 256 + pick(256)) % moments.length]!;
        await expectContinuity(moment, pick(2) === 0 ? undefined : OTHER_BOOT);
      }
    }
  });
});

describe('what leaves the process', () => {
  it('has its header on the disk by then, whatever the disk loses', async () => {
    const timers = createFakeTimers();
    const { agent, disk } = await startAgent({ ...LIMITS, timers });
    const headersLeft: Uint8Array[] = [];
    agent.subscribe((batch) => {
      headersLeft.push(batch.headerHash);
      for (const state of disk.crashStates()) {
        expect(headersIn(state.disk), state.name).toContain(toHex(batch.headerHash));
      }
    });
    for (let index = 0; index < 30; index++) {
      await agent.observe('house-17', meterObservation(String(index)));
    }
    await settle();

    expect(headersLeft.length).toBeGreaterThan(5);
  });
});

interface Living {
  observe(count: number): Promise<void>;
  release(keep: number): Promise<void>;
}

/** Lives a life on a disk, and gives every state power loss could have left, with what was known outside. */
async function momentsOfALife(
  live: (world: Living) => Promise<void>,
  after?: Moment,
): Promise<Moment[]> {
  const moments: Moment[] = [];
  const promised = [...(after?.promised ?? [])];
  const left = [...(after?.left ?? [])];
  let releasedBefore = after?.releasedBefore ?? 0;
  let watching: FakeDisk | null = after?.disk.kill() ?? null;
  const note = () => {
    if (watching === null) return;
    for (const { name, disk } of watching.crashStates()) {
      moments.push({ name, disk, promised: [...promised], left: [...left], releasedBefore });
    }
  };
  if (watching !== null) watching.onBoundary = note;
  const { agent, disk } = await startAgent({ ...LIMITS, ...(watching && { disk: watching }) });
  watching = disk;
  disk.onBoundary = note;
  for (const batch of await sealedBatches(agent)) left.push(batch);
  agent.subscribe((batch) => left.push(batch));
  const world: Living = {
    async observe(count) {
      const values = Array.from({ length: count }, () => String(1000 + serial++));
      await Promise.all(
        values.map(async (value) => {
          await agent.observe('house-17', meterObservation(value));
          promised.push(value);
        }),
      );
      await settle();
    },
    async release(keep) {
      const { sealedBefore } = agent.status().position!;
      agent.receipted(sealedBefore);
      releasedBefore = Math.max(releasedBefore, sealedBefore - keep);
      await agent.release(releasedBefore);
    },
  };
  await live(world);
  disk.onBoundary = null;
  await agent.close();
  return distinct(moments);
}

let serial = 0;

function distinct(moments: readonly Moment[]): Moment[] {
  const byContents = new Map<string, Moment>();
  for (const moment of moments) {
    const key = fingerprint(moment.disk);
    const known = byContents.get(key);
    if (known === undefined || weight(known) < weight(moment)) byContents.set(key, moment);
  }
  return [...byContents.values()];
}

function weight({ promised, left }: Moment): number {
  return promised.length + left.length;
}

async function expectContinuity(moment: Moment, boot?: Uint8Array): Promise<void> {
  const disk = moment.disk.kill();
  const { agent } = await startAgent({ ...LIMITS, disk, ...(boot && { boot }) });
  await agent.observe('house-17', meterObservation('9999'));
  const held: SealedBatch[] = [...(await sealedBatches(agent))];
  agent.subscribe((batch) => held.push(batch));
  await agent.close();
  await settle();

  const chain = new Map<number, SealedBatch>();
  for (const batch of [...moment.left, ...held]) {
    const known = chain.get(batch.number);
    if (known !== undefined) {
      expect(toHex(batch.headerHash), moment.name).toBe(toHex(known.headerHash));
      expect(batch.bytes, moment.name).toEqual(known.bytes);
    }
    chain.set(batch.number, batch);
  }
  const readings = checkedReadings([...chain.values()].sort((a, b) => a.number - b.number));
  const values = ofKind(readings, 'meter').map((r) => String(fieldsOf(r)['energy.import.t1']));
  expect(new Set(values).size, moment.name).toBe(values.length);
  expect(values, moment.name).toEqual(expect.arrayContaining([...moment.promised, '9999']));
}

/** Hashes of the headers that stand on a disk, read past the journal. */
function headersIn(disk: FakeDisk): string[] {
  const hashes: string[] = [];
  for (const [path, bytes] of disk.files()) {
    const base = Number(/(\d{16})\.seg$/.exec(path)?.[1]);
    for (let offset = 0; ; ) {
      const frame = readFrame(bytes, offset, base + offset);
      if (frame === null) break;
      const record = decodeRecord(frame.payload);
      if (record.type === 'header') hashes.push(toHex(headerHash(record.header)));
      offset += frame.size;
    }
  }
  return hashes;
}
