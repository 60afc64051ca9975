import { type Call, callOf, readSlotRecord, rollTree } from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import { type CrashFileSystem, createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createDisk } from '../disk/disk.ts';
import type { GatewayEvent } from '../events.ts';
import { createMemoryLedger, type MemoryLedger } from '../ledger/memory-ledger.ts';
import { createFakeTimers, type FakeTimers } from '../timers-fake.ts';
import { createFleet, type FixtureFleet } from './fleet-fixture.ts';
import { createFleetNotary, type FleetNotary } from './fleet-notary.ts';
import { openKeptRegister } from './kept-register.ts';
import { createRollStore, type RollStore } from './roll-store.ts';
import { type CloudTeller, createCloudTeller } from './tell-cloud.ts';

let fileSystem: CrashFileSystem;
let chain: MemoryLedger;
let fleet: FixtureFleet;
let timers: FakeTimers;
let events: GatewayEvent[];
/** In the operator's files beside the notary. */
let given: Uint8Array[];
let store: RollStore;
let notary: FleetNotary;
let teller: CloudTeller;
const { signal } = new AbortController();

beforeEach(async () => {
  fileSystem = createCrashFileSystem();
  await fileSystem.makeDirectory('/notary');
  await fileSystem.syncDirectory('/');
  chain = createMemoryLedger();
  fleet = createFleet(3);
  timers = createFakeTimers();
  given = [];
  events = [];
  await open();
});

async function open(): Promise<void> {
  const disk = createDisk('/notary', fileSystem);
  store = createRollStore(disk);
  const register = await openKeptRegister(disk, fleet.firstKeyHash, () => given);
  const tell = (event: GatewayEvent) => void events.push(event);
  const parts = { ledger: chain.ledger, desk: fleet.desk, register, store, timers, tell };
  teller = createCloudTeller({ ...parts, random: () => 0.5 });
  notary = await createFleetNotary({ ...parts, intervalMs: 600_000, onProgress: () => {} });
}

/** One roll-call, in a block. */
async function interval(): Promise<void> {
  await notary.call(signal);
  chain.mine();
}

const callsAt = (index: number): Call[] =>
  store.slotsAt(index).map((called, slot) => callOf(slot, called, index));
const alarms = () =>
  events.filter(({ level }) => level === 'alarm').map(({ what, text }) => `${what}: ${text}`);

describe('the notary of a fleet', () => {
  test('calls every slot at its newest checkpoint, and its silence as age', async () => {
    const [one, two] = fleet.gateways;
    one!.grow(5);
    two!.grow(2);
    await interval();
    one!.grow(3);
    await interval();
    expect(callsAt(1)).toMatchObject([
      { slot: 0, size: 0, age: 0 },
      { slot: 1, size: 8, age: 0, root: one!.root() },
      { slot: 2, size: 2, age: 1, root: two!.root(2) },
      { slot: 3, size: 0, age: 1 },
    ]);
    const { pending } = chain.ledger.status();
    expect(pending.map(({ rollRoot, slots }) => [rollRoot, slots])).toEqual(
      [0, 1].map((index) => [rollTree(store.slotsAt(index), index).root, 4]),
    );
    expect(alarms()).toEqual([]);
  });

  test('takes in gateways that join, and records that are revised', async () => {
    await interval();
    fleet.join().grow(1);
    const revised = fleet.gateways[0]!.revise({});
    await interval();
    expect(callsAt(1)).toHaveLength(5);
    expect(callsAt(1)[1]!.recordHash).toEqual(readSlotRecord(revised).hash);
    expect(callsAt(1)[4]).toMatchObject({ size: 1, age: 0 });
  });

  test('calls a closed log at its end, for ever', async () => {
    const [one] = fleet.gateways;
    one!.grow(5);
    await interval();
    one!.grow(4);
    one!.revise({ closed: { size: 7, root: one!.root(7), cause: 'the card died' } });
    await interval();
    await interval();
    expect(callsAt(2)[1]).toMatchObject({ size: 7, root: one!.root(7), age: 1 });
    expect(alarms()).toEqual([]);
  });

  test('has one anchor in flight, and calls the newest by then', async () => {
    await notary.call(signal);
    fleet.gateways[0]!.grow(1);
    await notary.call(signal);
    expect(chain.ledger.status().pending).toHaveLength(1);
    chain.mine();
    await interval();
    expect(callsAt(1)[1]).toMatchObject({ size: 1 });
  });

  test('calls the roll without its cloud: silence shows as age, and what grew is called when it is back', async () => {
    fleet.gateways[0]!.grow(2);
    await interval();
    fleet.spoil.away = true;
    fleet.gateways[0]!.grow(2);
    await interval();
    expect(callsAt(1)[1]).toMatchObject({ size: 2, age: 1 });
    fleet.spoil = {};
    await interval();
    expect(callsAt(2)[1]).toMatchObject({ size: 4, age: 0 });
  });

  test('calls anew what the ledger did not take', async () => {
    fleet.gateways[0]!.grow(2);
    chain.setAway(true);
    await notary.call(signal);
    chain.setAway(false);
    fleet.gateways[0]!.grow(1);
    await interval();
    expect(chain.ledger.status().pending).toHaveLength(1);
    expect(callsAt(0)[1]).toMatchObject({ size: 3, age: 0 });
  });

  test('tells the cloud each anchor once it is in a block, and again after a reorg', async () => {
    fleet.gateways[0]!.grow(2);
    await interval();
    await teller.push(signal);
    chain.reorganise();
    chain.mine();
    await teller.push(signal);
    expect(fleet.told.map(({ status, anchor }) => [status, anchor.index])).toEqual([
      ['mined', 0],
      ['mined', 0],
    ]);
    expect(fleet.told[0]!.changes).toHaveLength(4);
  });

  test('makes any of a hundred and more roll-calls again', async () => {
    for (let index = 0; index < 205; index += 1) {
      fleet.gateways[index % 3]!.grow(1);
      await interval();
    }
    const fresh = createRollStore(createDisk('/notary', fileSystem));
    for (const index of [0, 1, 98, 99, 100, 101, 199, 200, 204])
      expect(rollTree(fresh.slotsAt(index), index).root).toEqual(fresh.read(index)!.rollRoot);
  });
});

describe('attacks on the notary', () => {
  const first = () => fleet.gateways[0]!;
  beforeEach(async () => {
    first().grow(5);
    await interval();
  });
  const isRefused = (reason: string) => {
    expect(callsAt(1)[1]).toMatchObject({ size: 5, age: 1 });
    expect(store.read(1)!.refused).toEqual([{ slot: 1, reason: expect.stringContaining(reason) }]);
    expect(alarms()).toEqual([expect.stringContaining('CALL_REFUSED: slot 1')]);
  };

  test('a fork called at t and swapped at t+1', async () => {
    first().grow(3);
    first().fork(2);
    await interval();
    isRefused('CONSISTENCY_PROOF');
  });

  test('two checkpoints of one size', async () => {
    first().fork(4);
    await interval();
    isRefused('another history of 5 entries than was called');
  });

  test('a stale checkpoint sold as new', async () => {
    fleet.spoil.changes = (changes) => ({
      ...changes,
      heads: [{ slot: 1, notes: [first().note(3)] }],
    });
    await interval();
    isRefused('it is stale, or the log was cut');
  });

  test('a cloud that lies about a path', async () => {
    first().grow(4);
    fleet.spoil.path = (_, path) => path.toReversed();
    await interval();
    isRefused('CONSISTENCY_PROOF');
    fleet.spoil = {};
    await interval();
    expect(callsAt(2)[1]).toMatchObject({ size: 9, age: 0 });
  });

  test('a cloud that gives a path to another log', async () => {
    first().grow(4);
    fleet.gateways[1]!.grow(9);
    fleet.spoil.path = () => fleet.gateways[1]!.path(5, 9);
    await interval();
    isRefused('CONSISTENCY_PROOF');
  });

  test('a checkpoint that another log signed', async () => {
    fleet.gateways[1]!.grow(9);
    fleet.spoil.changes = (changes) => ({
      ...changes,
      heads: [{ slot: 1, notes: [fleet.gateways[1]!.note()] }],
    });
    await interval();
    expect(callsAt(1)[1]).toMatchObject({ size: 5, age: 1 });
    expect(store.read(1)!.refused).toMatchObject([{ slot: 1 }]);
  });

  test('a revoked record withheld: the operator’s file goes around the cloud', async () => {
    const old = first().record();
    const { record } = readSlotRecord(old);
    const revoked = first().revise({
      agents: record.agents.map((agent) => ({ ...agent, state: 'revoked' as const })),
    });
    fleet.spoil.changes = (changes) => ({ ...changes, records: [fleet.operatorRecord, old] });
    given = [revoked];
    await interval();
    expect(callsAt(1)[1]!.recordHash).toEqual(readSlotRecord(revoked).hash);
    await teller.push(signal);
    expect(fleet.told.at(-1)!.records).toEqual([revoked]);
    await interval();
    expect(callsAt(2)[1]!.recordHash).toEqual(readSlotRecord(revoked).hash);
  });

  test('a record that the operator did not sign', async () => {
    const stranger = createFleet(1);
    fleet.spoil.changes = (changes) => ({
      ...changes,
      records: [stranger.operatorRecord, stranger.gateways[0]!.revise({})],
    });
    await interval();
    expect(callsAt(1)[1]!.recordHash).toEqual(readSlotRecord(first().record()).hash);
    expect(alarms()).toEqual([1, 2].map(() => expect.stringContaining('RECORD_REFUSED')));
  });

  test('a slot whose record is kept back stops those behind it, and is told', async () => {
    fleet.join();
    fleet.join().grow(2);
    fleet.spoil.changes = (changes) => ({
      ...changes,
      records: changes.records.filter((_, at) => at !== 4),
    });
    await interval();
    expect(callsAt(1)).toHaveLength(4);
    expect(alarms()).toEqual([expect.stringContaining('the cloud gave no record of slot 4')]);
    fleet.spoil = {};
    await interval();
    expect(callsAt(2)[5]).toMatchObject({ size: 2, age: 0 });
  });
});

describe('killed', () => {
  test('after each step of its disk, it goes on with what the ledger took and nothing else', async () => {
    for (let steps = 0; ; steps += 1) {
      fileSystem = createCrashFileSystem();
      await fileSystem.makeDirectory('/notary');
      await fileSystem.syncDirectory('/');
      chain = createMemoryLedger();
      fleet = createFleet(2);
      [given, events] = [[], []];
      await open();
      fleet.gateways[0]!.grow(2);
      await interval();
      fleet.gateways[0]!.grow(2);
      fleet.join().grow(1);
      fileSystem.powerOffAfter(steps);
      await notary.call(signal);
      const finished = chain.ledger.status().pending.length === 2;
      fileSystem.restart();
      await open();
      if (!finished) fleet.gateways[0]!.grow(1);
      await interval();
      chain.mine();
      await interval();
      const { pending } = chain.ledger.status();
      for (const [index, { rollRoot }] of pending.entries())
        expect(rollTree(store.slotsAt(index), index).root).toEqual(rollRoot);
      const last = callsAt(pending.length - 1);
      expect(last[1]!.size).toBe(fleet.gateways[0]!.size);
      expect(last[3]!.size).toBe(1);
      if (finished) break;
      expect(steps).toBeLessThan(100);
    }
  });

  test('a data directory of another ledger is refused', async () => {
    await interval();
    chain = createMemoryLedger();
    await chain.ledger.anchor(new Uint8Array(32), 1);
    chain.mine();
    await expect(open()).rejects.toMatchObject({ code: 'NOTARY_DISAGREES' });
  });

  test('with its disk lost, it begins behind the roll-call that the cloud gives and the ledger proves', async () => {
    fleet.gateways[0]!.grow(4);
    await interval();
    await interval();
    const kept = [0, 1].map((index) => store.slotsAt(index));
    fileSystem = createCrashFileSystem();
    await fileSystem.makeDirectory('/notary');
    await open();
    fleet.spoil.slots = () => kept[1]!.with(1, { ...kept[1]![1]!, size: 3 });
    await notary.call(signal);
    expect(chain.ledger.status().pending).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ what: 'NOTARY_DISAGREES', level: 'warning' });
    fleet.spoil.slots = (number) => kept[number]!;
    fleet.gateways[0]!.grow(1);
    await interval();
    expect(callsAt(2)).toMatchObject([{ age: 0 }, { size: 5, age: 0 }, { age: 2 }, { age: 2 }]);
    await open();
    await interval();
    expect(callsAt(3)[1]).toMatchObject({ size: 5, age: 1 });
  });

  test('with its disk lost, it still calls no older record than was called', async () => {
    const [one] = fleet.gateways;
    const old = one!.record();
    one!.revise({});
    await interval();
    const kept = store.slotsAt(0);
    fileSystem = createCrashFileSystem();
    await fileSystem.makeDirectory('/notary');
    await open();
    fleet.spoil.slots = () => kept;
    fleet.spoil.changes = (changes) => ({ ...changes, records: [fleet.operatorRecord, old] });
    await interval();
    expect(callsAt(1)[1]!.recordHash).toEqual(kept[1]!.recordHash);
    expect(store.read(1)!.refused).toMatchObject([{ slot: 1 }]);
  });

  test('somebody else’s anchors with the same account stop it, and are told', async () => {
    const { ledger } = chain;
    const head = await ledger.head();
    chain.ledger.head = async () => ({ ...head, size: 7 });
    await notary.call(signal);
    expect(ledger.status().pending).toEqual([]);
    expect(events).toMatchObject([{ what: 'NOTARY_DISAGREES', level: 'warning' }]);
  });
});
