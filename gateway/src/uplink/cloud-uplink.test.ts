import { cosignedAt, formatNoteKey, openCheckpoint, parseNoteKey, utf8 } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFixtureAgent, type FixtureAgent, newSigner } from '../agent-fixture.ts';
import { createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createDisk } from '../disk/disk.ts';
import type { GatewayEvent } from '../events.ts';
import { openSiteLog, type SiteLog } from '../site-log/site-log.ts';
import { createFakeTimers, type FakeTimers } from '../timers-fake.ts';
import type { AnchorBundle } from './anchor-bundle.ts';
import { formatAnchorBundle } from './anchor-bundle.ts';
import { createAnchorLane } from './anchor-lane.ts';
import { createBatchLane, type HeldBatches } from './batch-lane.ts';
import { createCheckpointLane } from './checkpoint-lane.ts';
import { createCloudClient } from './cloud-client.ts';
import { answer, type FakeCloud, startFakeCloud } from './cloud-fake.ts';
import { type CloudUplink, createCloudUplink } from './cloud-uplink.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { createReleaser } from './release.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const INTERVAL_MS = 10_000;
const KEEP_MS = 60_000;
const logSigner = newSigner();
const witness = { name: 'witness.sigill.example/demo', signer: newSigner() };
const witnessKey = parseNoteKey(
  formatNoteKey({ name: witness.name, type: 4, publicKey: witness.signer.publicKey }),
);

let cloud: FakeCloud;
let agent: FixtureAgent;
let held: Map<number, Uint8Array>;
let released: number;
let log: SiteLog;
let timers: FakeTimers;
let events: GatewayEvent[];
let http: HttpClient;
let uplink: CloudUplink;
let stop: AbortController;
let running: Promise<void>;
let anchors: AnchorBundle[];
let finalAnchors: number;
let disk: ReturnType<typeof createCrashFileSystem>;

beforeEach(async () => {
  disk = createCrashFileSystem();
  agent = createFixtureAgent(ORIGIN);
  held = new Map();
  released = 0;
  anchors = [];
  finalAnchors = 0;
  cloud = await startFakeCloud({ origin: ORIGIN, logKey: logSigner.publicKey, witness });
  await openLog();
  build();
});

afterEach(async () => {
  await halt();
  await cloud.close();
});

async function openLog(): Promise<void> {
  log = await openSiteLog({ disk: createDisk('/', disk), origin: ORIGIN, signer: logSigner });
}

function build(): void {
  timers = createFakeTimers();
  events = [];
  const tell = (event: GatewayEvent) => void events.push(event);
  const holder: HeldBatches = {
    read: async ({ header }) => held.get(header.batch) ?? null,
    release: async (before) => {
      released = before;
    },
  };
  http = createHttpClient(cloud.url, null);
  const client = createCloudClient(http, timers);
  const batches = createBatchLane({ client, log, held: holder, tell });
  uplink = createCloudUplink({
    client,
    log,
    batches,
    checkpoints: createCheckpointLane({
      ...{ client, log, batches, witnesses: () => [witnessKey] },
      others: { settled: () => true, ask: async () => '' },
    }),
    anchors: createAnchorLane<AnchorBundle>(
      (told, signal) => client.sendAnchor(formatAnchorBundle(told), signal),
      {
        given: () => anchors.length,
        mined: () => anchors.length,
        final: () => finalAnchors,
        bundle: async (index, status): Promise<AnchorBundle> => ({ ...anchors[index]!, status }),
      },
    ),
    beacons: null,
    conflicts: { push: async () => {} },
    restore: { compare: async () => {} },
    urgent: () => false,
    releaser: createReleaser(holder, KEEP_MS),
    checkpointIntervalMs: INTERVAL_MS,
    timers,
    random: () => 0.5,
    tell,
  });
  stop = new AbortController();
  running = Promise.resolve();
}

function start(): void {
  running = uplink.run(stop.signal);
}

async function halt(): Promise<void> {
  stop.abort();
  await running;
  http.close();
}

async function seal(count: number): Promise<void> {
  const seals = Array.from({ length: count }, () => {
    const batch = agent.seal();
    held.set(batch.number, batch.bytes);
    return batch.seal;
  });
  await log.append(seals, log.head().size);
}

/** The uplink's next rest that is not the watch over an answer. */
async function rest(): Promise<number> {
  for (;;) {
    const ms = await timers.nextWait();
    if (ms !== 30_000) return ms;
  }
}

test('brings what is logged, has it receipted and witnessed, and keeps the cosigned note', async () => {
  await seal(70);
  start();
  expect(await rest()).toBe(INTERVAL_MS);
  expect(cloud.seals).toEqual(log.entries(0, 70));
  expect(cloud.requests).toEqual([
    'GET /ingest/v1/state',
    'POST /ingest/v1/batches',
    'POST /ingest/v1/batches',
    'POST /ingest/v1/receipt',
    'POST /witness/add-checkpoint',
  ]);
  expect(cosignedAt(log.cosigned()!, witnessKey)).toBe(1_760_000_000);
  expect(uplink.status()).toEqual({
    ...{ reachedAt: timers.now(), receiptedAt: timers.now() },
    reachable: true,
    sent: 70,
    receipted: 70,
    cosigned: 70,
    lastError: null,
  });
});

test('a batch leaves as soon as it is logged, its checkpoint at the interval', async () => {
  start();
  await rest();
  await seal(1);
  uplink.wake();
  await rest();
  expect([cloud.seals.length, cloud.checkpointSize]).toEqual([1, 0]);
  timers.advance(INTERVAL_MS);
  await rest();
  expect([cloud.checkpointSize, cloud.witnessed.size]).toEqual([1, 1]);
});

test('with nothing new there is nothing to say', async () => {
  await seal(2);
  start();
  await rest();
  const said = cloud.requests.length;
  for (let interval = 0; interval < 5; interval += 1) {
    timers.advance(INTERVAL_MS);
    await rest();
  }
  expect(cloud.requests.length).toBe(said);
});

test('agents may forget what is receipted, a while later', async () => {
  await seal(3);
  start();
  await rest();
  expect(released).toBe(0);
  await seal(2);
  timers.advance(KEEP_MS);
  await rest();
  expect(released).toBe(3);
  timers.advance(KEEP_MS);
  await rest();
  expect(released).toBe(5);
});

test('a witness that cannot sign keeps back neither anchors nor what may be forgotten', async () => {
  await seal(3);
  anchors = [bundle(0)];
  for (let times = 0; times < 3; times += 1)
    cloud.fault('/witness/add-checkpoint', (_q, response) => answer(response, 503, {}));
  start();
  await rest();
  expect([cloud.anchors.mined.length, cloud.witnessed.size]).toEqual([1, 0]);
  expect(uplink.status().lastError).toContain('CLOUD_BUSY');
  timers.advance(KEEP_MS);
  await rest();
  expect(released).toBe(3);
});

test('goes on after a restart from where the cloud says it stands', async () => {
  await seal(5);
  start();
  await rest();
  await halt();
  await seal(5);
  await openLog();
  build();
  start();
  await rest();
  expect(cloud.seals).toEqual(log.entries(0, 10));
  expect(cloud.requests.filter((request) => request.endsWith('batches')).length).toBe(2);
  expect(cloud.witnessed.size).toBe(10);
});

test('an anchor is told when it is mined and again when it is final', async () => {
  anchors = [0, 1, 2].map((index) => bundle(index));
  finalAnchors = 1;
  start();
  await rest();
  expect(cloud.anchors.mined.map(indexOf)).toEqual([0, 1, 2]);
  expect(cloud.anchors.final.map(indexOf)).toEqual([0]);
  finalAnchors = 3;
  uplink.wake();
  await rest();
  expect(cloud.anchors.final.map(indexOf)).toEqual([0, 1, 2]);
});

test('an anchor that its chain moved to another block is told again', async () => {
  anchors = [0, 1, 2].map((index) => bundle(index));
  start();
  await rest();
  anchors[1] = bundle(1, 900);
  uplink.wake();
  await rest();
  expect(cloud.anchors.mined.map(blockOf)).toEqual([100, 900, 102]);
  await halt();
  anchors[2] = bundle(2, 901);
  build();
  start();
  await rest();
  expect(cloud.anchors.mined.map(blockOf)).toEqual([100, 900, 901]);
});

describe('a cloud in trouble', () => {
  test.each([
    ['is busy', (_q, response) => answer(response, 503, { detail: 'starting' }), 'CLOUD_BUSY'],
    ['hangs up', (request) => request.socket.destroy(), 'CLOUD_UNREACHABLE'],
    ['talks of other things', (_q, response) => response.end('<html>'), 'CLOUD_ANSWER_INVALID'],
    [
      'skips what was not sent',
      (_q, response) => answer(response, 200, { next: 40, quarantined: [] }),
      'CLOUD_ANSWER_INVALID',
    ],
    [
      'answers without end',
      (_q, response) => response.end(new Uint8Array(2 << 20)),
      'CLOUD_ANSWER_INVALID',
    ],
  ] as [string, Parameters<FakeCloud['fault']>[1], string][])(
    '%s: waits, then all is brought',
    async (_title, fault, code) => {
      await seal(3);
      cloud.fault('/ingest/v1/batches', fault);
      start();
      expect(await rest()).toBe(500);
      expect(events).toEqual([expect.objectContaining({ level: 'warning', what: code })]);
      expect(uplink.status().lastError).toContain(code);
      timers.advance(500);
      await rest();
      expect(cloud.seals.length).toBe(3);
      expect(events.map(({ what }) => what)).toEqual([code, 'cloud-back']);
    },
  );

  test('hangs: the request is given up after half a minute', async () => {
    cloud.fault('/ingest/v1/state', () => {});
    start();
    expect(await timers.nextWait()).toBe(30_000);
    await cloud.until(() => cloud.requests.length === 1);
    timers.advance(30_000);
    await rest();
    expect(events[0]).toMatchObject({
      level: 'warning',
      what: 'CLOUD_UNREACHABLE',
      text: 'the cloud does not answer /ingest/v1/state in 30 s; what it lacks waits here',
    });
  });

  test('is away for days: the wait doubles to five minutes, each random over its whole length', async () => {
    for (let failure = 0; failure < 11; failure += 1) {
      cloud.fault('/ingest/v1/state', (request) => request.socket.destroy());
    }
    await seal(200);
    start();
    for (let failure = 1; failure <= 11; failure += 1) {
      const ms = await rest();
      expect(ms).toBe(Math.min(2 ** (failure - 1) * 1_000, 300_000) / 2);
      timers.advance(ms);
    }
    await rest();
    expect(cloud.seals.length).toBe(200);
    expect(events.map(({ what }) => what)).toEqual(['CLOUD_UNREACHABLE', 'cloud-back']);
  });

  test('wants smaller requests: they are halved', async () => {
    await seal(64);
    cloud.fault('/ingest/v1/batches', (_q, response) => answer(response, 413, {}));
    cloud.fault('/ingest/v1/batches', (_q, response) => answer(response, 413, {}));
    start();
    await rest();
    expect(cloud.seals.length).toBe(64);
    expect(cloud.requests.filter((request) => request.endsWith('batches')).length).toBe(6);
  });

  test('takes not even one batch: an alarm says so', async () => {
    await seal(1);
    cloud.fault('/ingest/v1/batches', (_q, response) => answer(response, 413, {}));
    start();
    await rest();
    expect(events[0]).toMatchObject({ level: 'alarm', what: 'CLOUD_REFUSED' });
  });

  test('forgot its newest batches: they are brought again from where it stands', async () => {
    await seal(10);
    start();
    await rest();
    cloud.seals.length = 4;
    await seal(2);
    uplink.wake();
    await rest();
    expect(cloud.seals).toEqual(log.entries(0, 12));
  });

  test('forgot what is held no more: an alarm names the batch', async () => {
    await seal(4);
    held.delete(1);
    start();
    await rest();
    expect(events[0]).toMatchObject({ level: 'alarm', what: 'BATCH_LOST' });
    expect(events[0]?.text).toContain('asks for batch 1');
  });

  test('puts a batch aside: an alarm names it, the rest goes on', async () => {
    await seal(2);
    cloud.fault('/ingest/v1/batches', (_q, response) => {
      cloud.seals.push(...log.entries(0, 2));
      answer(response, 200, {
        next: 2,
        quarantined: [{ index: 1, code: 'BATCH_ROOT', detail: 'another root' }],
      });
    });
    start();
    await rest();
    expect(events).toEqual([
      expect.objectContaining({
        level: 'alarm',
        what: 'cloud-quarantine',
        facts: { index: 1, code: 'BATCH_ROOT' },
      }),
    ]);
    expect(cloud.checkpointSize).toBe(2);
  });
});

describe('a cloud that disagrees', () => {
  test('about the root: alarm, nothing is released', async () => {
    await seal(3);
    cloud.fault('/ingest/v1/receipt', (_q, response) =>
      answer(response, 422, { code: 'ROOT', detail: 'another root' }),
    );
    start();
    await rest();
    expect(events[0]).toMatchObject({ level: 'alarm', what: 'CLOUD_DISAGREES' });
    timers.advance(KEEP_MS * 2);
    expect(released).toBe(0);
  });

  test('a receipt for another size or root is none', async () => {
    await seal(3);
    cloud.fault('/ingest/v1/receipt', (_q, response) =>
      answer(response, 200, { origin: ORIGIN, size: 3, root: Buffer.alloc(32).toString('base64') }),
    );
    start();
    await rest();
    expect(events[0]).toMatchObject({ level: 'alarm', what: 'CLOUD_DISAGREES' });
    expect(uplink.status().receipted).toBe(0);
  });

  test('a witness that lost the last answer is asked again from its own size', async () => {
    await seal(3);
    start();
    await rest();
    await seal(2);
    cloud.witnessed = { size: 4, root: log.root(4) };
    timers.advance(INTERVAL_MS);
    await rest();
    expect(cloud.witnessed.size).toBe(5);
    expect(openCheckpoint(log.cosigned()!, ORIGIN, logSigner.publicKey).checkpoint.size).toBe(5);
  });

  test('a cosignature by a stranger is not kept', async () => {
    await seal(1);
    cloud.fault('/witness/add-checkpoint', (_q, response) =>
      response.end('— stranger.example AAAAAAAA\n'),
    );
    start();
    await rest();
    expect(events[0]).toMatchObject({ what: 'CLOUD_ANSWER_INVALID' });
    expect(log.cosigned()).toBeNull();
  });

  test('that knows more of the log than this disk freezes it: a restored copy must not fork', async () => {
    await seal(3);
    for (let index = 0; index < 9; index += 1) cloud.seals.push(utf8(`seal ${index}`));
    start();
    await rest();
    expect(events[0]).toMatchObject({ level: 'alarm', what: 'CLOUD_AHEAD' });
    await expect(log.append([utf8('x')], 3)).rejects.toMatchObject({ code: 'SITE_LOG_FROZEN' });
  });

  test('that knows more anchors than were made here says the copy is old', async () => {
    cloud.anchors.mined.push({}, {});
    start();
    await rest();
    expect(events[0]).toMatchObject({ level: 'alarm', what: 'CLOUD_AHEAD' });
  });
});

function bundle(index: number, blockNumber = 100 + index): AnchorBundle {
  return {
    anchor: {
      chainId: 31_337,
      contract: new Uint8Array(20),
      index,
      rollRoot: new Uint8Array(32),
      slots: 2,
      blockNumber,
      blockTime: 1_760_000_000,
      parentHash: new Uint8Array(32),
    },
    status: 'mined',
    calls: [],
    records: [],
    checkpoint: null,
    ledger: null,
  };
}

function blockOf(sent: unknown): number {
  return (sent as { anchor: { blockNumber: number } }).anchor.blockNumber;
}

function indexOf(sent: unknown): number {
  return (sent as { anchor: { index: number } }).anchor.index;
}
