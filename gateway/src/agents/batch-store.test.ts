import { createMemoryJournal, type Journal, type JournalOptions } from '@sigill/edge';
import { leafHash } from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  createFixtureAgent,
  type FixtureAgent,
  type FixtureBatch,
  newSigner,
} from '../agent-fixture.ts';
import { createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createDisk } from '../disk/disk.ts';
import { openSiteLog, type SiteLog } from '../site-log/site-log.ts';
import { type BatchStore, openBatchStore } from './batch-store.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const signer = newSigner();
const SEGMENT_BYTES = 2_000;

let agents: FixtureAgent[];
let log: SiteLog;
let store: BatchStore;
let journal: Journal;
let reads: number;
let failing: string | null;

beforeEach(async () => {
  agents = [createFixtureAgent(ORIGIN), createFixtureAgent(ORIGIN)];
  const fileSystem = createCrashFileSystem();
  log = await openSiteLog({ disk: createDisk('/', fileSystem), origin: ORIGIN, signer });
  reads = 0;
  failing = null;
  journal = null as never;
  await open();
});

/** The same journal as before, if there was one: as after a restart. */
async function open(): Promise<void> {
  let kept: Journal | null = journal;
  store = await openBatchStore({
    ...{ log, segmentBytes: SEGMENT_BYTES, maxBytes: 1 << 20 },
    async openJournal(options) {
      const opened = kept ?? create(options);
      kept = null;
      journal = opened;
      return opened;
    },
  });
}

function create(options: JournalOptions): Journal {
  const memory = createMemoryJournal(options);
  return {
    ...memory,
    close: async () => {},
    append: (record) => (failing === null ? memory.append(record) : Promise.reject(failure())),
    async *read(position, limit) {
      for await (const record of memory.read(position, limit)) {
        reads += 1;
        yield record;
      }
    },
  };
}

const failure = () => Object.assign(new Error('EIO'), { code: failing });

const toEntry = (agent: FixtureAgent, { seal, bytes, number }: FixtureBatch, own = false) => ({
  ...{ agent: agent.id, leaf: leafHash(seal), batch: own ? null : bytes },
  streams: [{ source: 'house-17', device: 'meter', nextN: number + 1 }],
});

async function keep(...batches: [FixtureAgent, FixtureBatch][]): Promise<void> {
  await store.keep(batches.map(([agent, batch]) => toEntry(agent, batch)));
  await log.append(
    batches.map(([, { seal }]) => seal),
    log.head().size,
  );
  store.logged();
}

async function keepMany(count: number): Promise<FixtureBatch[]> {
  const batches: FixtureBatch[] = [];
  for (let index = 0; index < count; index += 1) {
    const agent = agents[index % 2]!;
    const batch = agent.seal();
    await keep([agent, batch]);
    batches.push(batch);
  }
  return batches;
}

const nextN = (agent: FixtureAgent) => store.streams.of(agent.id)[0]?.nextN;

async function expectHeld(batches: readonly FixtureBatch[], from = 0): Promise<void> {
  for (const [index, { seal, bytes }] of batches.entries()) {
    expect(await store.read(index, seal)).toEqual(index < from ? null : bytes);
  }
}

test('a batch is found by its place in the log, now and after a restart', async () => {
  const batches = await keepMany(40);
  await expectHeld(batches);
  await open();
  await expectHeld(batches);
  await expectHeld(batches.toReversed().toReversed());
});

test('one after the other, as the way to the cloud reads them, each record is read once', async () => {
  const batches = await keepMany(200);
  await open();
  reads = 0;
  await expectHeld(batches);
  expect(reads).toBeLessThan(batches.length * 2 + journal.heads().length * 2);
});

test('many of one group are one record', async () => {
  const batches = Array.from({ length: 5 }, (_, index) => agents[index % 2]!.seal());
  await keep(
    ...batches.map((batch, index): [FixtureAgent, FixtureBatch] => [agents[index % 2]!, batch]),
  );
  await expectHeld(batches);
});

test('a start reads the last segment, however much is held', async () => {
  await keepMany(400);
  expect(journal.heads().length).toBeGreaterThan(20);
  reads = 0;
  await open();
  expect(reads).toBeLessThan(20);
  expect(agents.map(nextN)).toEqual([200, 200]);
});

test('released batches are gone by whole segments, and the streams are known all the same', async () => {
  const batches = await keepMany(100);
  await store.release(60);
  expect(await store.read(0, batches[0]!.seal)).toBeNull();
  for (let index = 60; index < 100; index += 1) {
    expect(await store.read(index, batches[index]!.seal)).toEqual(batches[index]!.bytes);
  }
  await store.release(100);
  await open();
  expect(agents.map(nextN)).toEqual([50, 50]);
});

test('of an agent that keeps its batches itself only the streams are known', async () => {
  const batch = agents[0]!.seal();
  await store.keep([toEntry(agents[0]!, batch, true)]);
  await log.append([batch.seal], 0);
  store.logged();
  expect(await store.read(0, batch.seal)).toBeNull();
  await open();
  expect(nextN(agents[0]!)).toBe(1);
});

describe('a group that never entered the log', () => {
  test('counts for nothing, and what took its place is found', async () => {
    await keepMany(4);
    const [lost, next] = [agents[0]!.seal(), agents[1]!.seal()];
    await store.keep([toEntry(agents[0]!, lost)]);
    await open();
    expect(nextN(agents[0]!)).toBe(2);
    await keep([agents[1]!, next]);
    expect(await store.read(4, next.seal)).toEqual(next.bytes);
    expect(await store.read(4, lost.seal)).toBeNull();
    await open();
    expect(agents.map(nextN)).toEqual([2, 3]);
  });

  test('may be the first of a segment', async () => {
    for (let count = 0; count < 30; count += 1) {
      await keepMany(1);
      const before = journal.heads().length;
      const lost = agents[1]!.clone().seal({ closedAt: count });
      await store.keep([toEntry(agents[1]!, lost)]);
      if (journal.heads().length > before) break;
    }
    await open();
    const batches = await keepMany(2);
    const first = log.head().size - 2;
    expect(await store.read(first, batches[0]!.seal)).toEqual(batches[0]!.bytes);
    expect(await store.read(first + 1, batches[1]!.seal)).toEqual(batches[1]!.bytes);
  });
});

describe('when the disk', () => {
  test('is full, batches are refused for later; the box’s own agent goes on', async () => {
    while (store.hasRoom(500)) await keepMany(50);
    const { heldBytes, maxBytes } = store.usage();
    expect(heldBytes).toBeLessThan(maxBytes);
    const own = agents[0]!.seal();
    await store.keep([toEntry(agents[0]!, own, true)]);
    failing = 'JOURNAL_FULL';
    await expect(store.keep([toEntry(agents[0]!, own, true)])).rejects.toMatchObject({
      code: 'BATCH_STORE_FULL',
      retryable: true,
    });
    failing = null;
    await store.keep([toEntry(agents[0]!, own, true)]);
  });

  test('fails, the journal is read anew before anything more is written', async () => {
    const batches = await keepMany(4);
    failing = 'JOURNAL_FAILED';
    const next = agents[0]!.seal();
    await expect(store.keep([toEntry(agents[0]!, next)])).rejects.toMatchObject({
      code: 'BATCH_STORE_FAILED',
      retryable: true,
    });
    failing = null;
    const before = journal;
    await keep([agents[0]!, next]);
    expect(journal).not.toBe(before);
    expect(await store.read(4, next.seal)).toEqual(next.bytes);
    expect(batches).toHaveLength(4);
  });

  test('holds batches of another log, nothing begins', async () => {
    await keepMany(60);
    const fileSystem = createCrashFileSystem();
    log = await openSiteLog({ disk: createDisk('/', fileSystem), origin: ORIGIN, signer });
    await expect(open()).rejects.toMatchObject({ code: 'SITE_LOG_DAMAGED' });
  });
});
