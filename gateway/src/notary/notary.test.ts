import {
  anchorLeafHash,
  type Beacon,
  cosign,
  decodeCall,
  equalBytes,
  openCheckpoint,
  utf8,
} from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import { newSigner } from '../agent-fixture.ts';
import {
  type CrashFileSystem,
  createCrashFileSystem,
  PowerLoss,
} from '../disk/crash-file-system-fake.ts';
import { createDisk } from '../disk/disk.ts';
import type { GatewayEvent } from '../events.ts';
import { createMemoryLedger, type MemoryLedger } from '../ledger/memory-ledger.ts';
import type { Register } from '../register.ts';
import { createFixtureRegister } from '../register-fixture.ts';
import { openSiteLog, type SiteLog } from '../site-log/site-log.ts';
import { createFakeTimers, type FakeTimers } from '../timers-fake.ts';
import { createNotary, type Notary } from './notary.ts';
import { createRollCallStore, rollRootOf } from './roll-call-store.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const INTERVAL_MS = 600_000;
const logSigner = newSigner();
const witness = newSigner();

let fileSystem: CrashFileSystem;
let chain: MemoryLedger;
let log: SiteLog;
let timers: FakeTimers;
let events: GatewayEvent[];
let beacons: Beacon[];
let register: Register;
let notary: Notary;
let stop: AbortController;

beforeEach(async () => {
  fileSystem = createCrashFileSystem();
  for (const directory of ['/log', '/notary']) await fileSystem.makeDirectory(directory);
  await fileSystem.syncDirectory('/');
  chain = createMemoryLedger();
  timers = createFakeTimers();
  const agents = [{ key: newSigner().publicKey }];
  register = createFixtureRegister({ origin: ORIGIN, log: logSigner, agents });
  const disk = createDisk('/log', fileSystem);
  log = await openSiteLog({ disk, origin: ORIGIN, signer: logSigner });
  await open();
});

const storeOf = () => createRollCallStore(createDisk('/notary', fileSystem));

async function open(): Promise<void> {
  events = [];
  beacons = [];
  stop = new AbortController();
  notary = await createNotary({
    ledger: chain.ledger,
    log,
    register: () => register,
    known: null,
    store: storeOf(),
    intervalMs: INTERVAL_MS,
    timers,
    tell: (event) => events.push(event),
    setBeacon: (beacon) => beacons.push(beacon),
    onProgress: () => {},
  });
}

async function grow(count: number): Promise<void> {
  const { size } = log.head();
  await log.append(
    Array.from({ length: count }, (_, index) => utf8(`seal ${size + index}`)),
    size,
  );
}

async function interval(): Promise<void> {
  timers.advance(INTERVAL_MS);
  await timers.nextWait();
}

async function start(): Promise<void> {
  void notary.run(stop.signal);
  await timers.nextWait();
}

const callsAt = (index: number) => storeOf().read(index)!.calls.map(decodeCall);

test('at each interval the newest checkpoint is called and its root anchored', async () => {
  await start();
  await grow(5);
  await interval();
  const [operator, site] = callsAt(0);
  expect(operator).toMatchObject({ slot: 0, size: 0, age: 0, recordHash: register.operator.hash });
  expect(site).toMatchObject({ slot: 1, size: 5, age: 0, recordHash: register.slot.hash });
  expect(site!.root).toEqual(log.head().root);
  expect(chain.ledger.status().pending).toMatchObject([
    { rollRoot: rollRootOf(storeOf().read(0)!), slots: 2 },
  ]);
});

test('while the log stands still its age tells', async () => {
  await grow(5);
  await start();
  for (let count = 0; count < 4; count += 1) {
    await interval();
    chain.mine();
  }
  expect([0, 1, 2, 3].map((index) => callsAt(index)[1]!.age)).toEqual([0, 1, 2, 3]);
});

test('an empty log is not called', async () => {
  await start();
  await interval();
  expect(chain.ledger.status().pending).toEqual([]);
});

test('one anchor is in flight; what is called next is the newest by then', async () => {
  await grow(1);
  await start();
  await interval();
  await grow(1);
  await interval();
  await grow(1);
  await interval();
  expect(chain.ledger.status().pending.length).toBe(1);
  chain.mine();
  await interval();
  expect(callsAt(1)[1]).toMatchObject({ size: 3, age: 0 });
});

test('the cosigned checkpoint is called while it grows, else the newest', async () => {
  await grow(3);
  const note = await log.publish();
  const { text } = openCheckpoint(note, ORIGIN, logSigner.publicKey).note;
  const cosigned = note + cosign(text, 'witness.example', witness, 1_760_000_000);
  await log.keepCosigned(cosigned);
  await grow(2);
  await start();
  await interval();
  expect(callsAt(0)[1]!.size).toBe(3);
  expect(storeOf().read(0)!.checkpoint).toBe(cosigned);
  chain.mine();
  await interval();
  expect(callsAt(1)[1]!.size).toBe(5);
  expect(storeOf().read(1)!.checkpoint).toBe(log.checkpoint());
});

test('the uplink is handed each anchor as it is mined and as it is final', async () => {
  await grow(2);
  await start();
  await interval();
  const { anchors } = notary;
  expect([anchors.given(), anchors.mined(), anchors.final()]).toEqual([1, 0, 0]);
  chain.mine();
  expect([anchors.given(), anchors.mined(), anchors.final()]).toEqual([1, 1, 0]);
  expect(await anchors.bundle(0, 'mined')).toMatchObject({
    status: 'mined',
    anchor: { index: 0, slots: 2, blockNumber: 1 },
    calls: [{}, {}],
    records: register.cose,
    checkpoint: log.checkpoint(),
    ledger: null,
  });
  chain.makeFinal();
  expect([anchors.given(), anchors.mined(), anchors.final()]).toEqual([1, 1, 1]);
  expect((await anchors.bundle(0, 'final')).status).toBe('final');
  expect(events.map(({ what }) => what)).toEqual(['anchor-mined', 'anchor-final']);
});

test('after a reorg the anchor is told as it is then', async () => {
  await grow(2);
  await start();
  await interval();
  chain.mine();
  const before = (await notary.anchors.bundle(0, 'mined')).anchor;
  chain.reorganise();
  await expect(notary.anchors.bundle(0, 'mined')).rejects.toMatchObject({ retryable: true });
  chain.mine();
  const after = (await notary.anchors.bundle(0, 'mined')).anchor;
  expect(equalBytes(after.rollRoot, before.rollRoot)).toBe(true);
  expect(equalBytes(after.parentHash, before.parentHash)).toBe(false);
});

test('the newest final anchor is the beacon, at once after a restart', async () => {
  await grow(2);
  await start();
  await interval();
  chain.mine();
  expect(beacons).toEqual([]);
  chain.makeFinal();
  const [leaf] = await chain.ledger.finalAnchors(0, 1);
  const beacon = { anchorIndex: 0, anchorLeafHash: anchorLeafHash(leaf!) };
  await Promise.resolve();
  expect(beacons).toEqual([beacon]);
  await open();
  expect(beacons).toEqual([beacon]);
});

test('while the ledger is away it is told once, and the newest is anchored when it is back', async () => {
  await grow(1);
  await start();
  chain.setAway(true);
  await interval();
  await grow(1);
  await interval();
  expect(events).toEqual([
    expect.objectContaining({ level: 'warning', what: 'LEDGER_UNREACHABLE' }),
  ]);
  chain.setAway(false);
  await interval();
  expect(callsAt(0)[1]!.size).toBe(2);
});

test('after a restart the next call is due an interval after the last', async () => {
  await grow(1);
  await start();
  await interval();
  stop.abort();
  timers.advance(INTERVAL_MS / 3);
  await open();
  void notary.run(stop.signal);
  expect(await timers.nextWait()).toBe(INTERVAL_MS - INTERVAL_MS / 3);
});

describe('killed at any moment', () => {
  test('each anchor is exactly one roll-call kept, in order', async () => {
    for (let steps = 0; steps < 30; steps += 1) {
      fileSystem.restart();
      await grow(1);
      await open();
      void notary.run(stop.signal);
      timers.advance((await timers.nextWait()) + 1);
      fileSystem.powerOffAfter(steps % 12);
      await timers.nextWait();
      stop.abort();
      fileSystem.restart();
      chain.mine();
      if (steps % 3 === 0) chain.makeFinal();
    }
    await open();
    const { given } = notary.anchors;
    expect(given()).toBeGreaterThan(3);
    for (let index = 0; index < given(); index += 1) {
      const { anchor } = await notary.anchors.bundle(index, 'mined');
      expect(anchor.rollRoot).toEqual(rollRootOf(storeOf().read(index)!));
    }
  });

  test('between keeping a roll-call and giving it: the newest is given instead', async () => {
    await grow(1);
    await start();
    const { anchor } = chain.ledger;
    Object.assign(chain.ledger, { anchor: () => Promise.reject(new PowerLoss('killed')) });
    await interval();
    stop.abort();
    Object.assign(chain.ledger, { anchor });
    expect(callsAt(0)[1]!.size).toBe(1);
    await grow(1);
    await open();
    await start();
    await interval();
    expect(callsAt(0)[1]!.size).toBe(2);
    expect(chain.ledger.status().pending).toMatchObject([
      { rollRoot: rollRootOf(storeOf().read(0)!) },
    ]);
  });
});

describe('refused at start', () => {
  test('a ledger with an anchor this notary did not make', async () => {
    await chain.ledger.anchor(new Uint8Array(32).fill(1), 2);
    await expect(open()).rejects.toMatchObject({ code: 'NOTARY_DISAGREES' });
  });

  test('another root where ours should be', async () => {
    await grow(1);
    await start();
    await interval();
    await storeOf().keep(0, { ...storeOf().read(0)!, calls: [utf8('x')] });
    await expect(open()).rejects.toMatchObject({ code: 'NOTARY_DISAGREES' });
  });

  test('roll-calls of a ledger that began anew', async () => {
    await grow(1);
    await start();
    for (let count = 0; count < 3; count += 1) {
      await interval();
      chain.mine();
    }
    stop.abort();
    chain = createMemoryLedger();
    await expect(open()).rejects.toMatchObject({ code: 'NOTARY_DISAGREES' });
  });
});

test('a log behind what the ledger vouches for is not called again: alarm', async () => {
  await grow(3);
  await start();
  await interval();
  chain.mine();
  await fileSystem.remove('/log/tile');
  await fileSystem.remove('/log/head');
  log = await openSiteLog({
    disk: createDisk('/log', fileSystem),
    origin: ORIGIN,
    signer: logSigner,
  });
  await grow(1);
  stop.abort();
  await open();
  await start();
  await interval();
  expect(events).toEqual([expect.objectContaining({ level: 'alarm', what: 'NOTARY_DISAGREES' })]);
});

test('a log that is another one is not called: the old size stays and an alarm tells', async () => {
  await grow(3);
  await start();
  await interval();
  chain.mine();
  await fileSystem.remove('/log/tile');
  await fileSystem.remove('/log/head');
  log = await openSiteLog({
    disk: createDisk('/log', fileSystem),
    origin: ORIGIN,
    signer: logSigner,
  });
  await log.append(['a', 'b', 'c', 'd'].map(utf8), 0);
  stop.abort();
  await open();
  await start();
  await interval();
  expect(callsAt(1)[1]).toMatchObject({ size: 3, age: 1 });
  expect(events).toEqual([expect.objectContaining({ level: 'alarm', what: 'CALL_CONSISTENCY' })]);
});
