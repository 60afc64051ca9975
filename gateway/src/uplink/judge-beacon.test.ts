import {
  type AnchorLeaf,
  anchorLeafHash,
  type CalledSlot,
  EMPTY_ROOT,
  hashesOf,
  inclusionPath,
  type LedgerPolicy,
  leafHash,
  nextRoll,
  OPERATOR_ORIGIN_HASH,
  originHash,
  proveCall,
  rollTree,
  sha256,
  treeRoot,
  utf8,
} from '@sigill/evidence';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayEvent } from '../events.ts';
import { profile, startEvm } from '../ledger/evm-fixture.ts';
import { createFakeTimers, type FakeTimers } from '../timers-fake.ts';
import { createBeaconLane } from './beacon-lane.ts';
import { judgeBeacon, type OwnLog, type ToldBeacon } from './judge-beacon.ts';

const ORIGIN = 'example.org/house-2';
const entries = Array.from({ length: 9 }, (_, at) => leafHash(utf8(`entry ${at}`)));
const root = (size: number) => treeRoot(entries.slice(0, size));
const own: OwnLog = { slot: 2, id: originHash(ORIGIN), size: 9, root };

let told: ToldBeacon;
let policy: LedgerPolicy;
let slots: readonly CalledSlot[];

/** An anchor on a real chain, whose roll-call calls this log at seven entries. */
beforeAll(async () => {
  const record = sha256(utf8('record'));
  const slot = (number: number, origin: string, size: number, head: Uint8Array) => ({
    ...{ slot: number, size, root: head },
    named: {
      originHash: number === 0 ? OPERATOR_ORIGIN_HASH : originHash(origin),
      recordHash: record,
    },
  });
  slots = nextRoll([], 0, [
    slot(0, '', 0, EMPTY_ROOT),
    slot(1, 'example.org/house-1', 4, sha256(utf8('other'))),
    slot(2, ORIGIN, 7, root(7)),
  ]);
  const tree = rollTree(slots, 0);
  const evm = await startEvm();
  const ledger = await evm.openLedger(evm.newDirectory());
  await ledger.anchor(tree.root, 3);
  await evm.mineUntilSettled(ledger);
  const [anchor] = (await ledger.finalAnchors(0, 1)) as [AnchorLeaf];
  const { proof } = ledger.provenState()!;
  told = {
    ...{ anchor, ledger: proof },
    path: inclusionPath(0, 1, hashesOf([anchorLeafHash(anchor)])),
    call: proveCall(2, 0, slots, tree.blocks),
  };
  const { chainId, contract } = anchor;
  const nobody = new Uint8Array(20);
  policy = { ...{ profile, chainId, contract, operator: nobody, guardian: nobody, endpoints: [] } };
  await ledger.close();
  await evm.close();
}, 60_000);

const refused = (change: Partial<ToldBeacon>, log = own, under = policy) => {
  try {
    judgeBeacon({ ...told, ...change }, under, log);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'believed';
};

describe('the newest anchor, told to a gateway that others anchor', () => {
  test('is believed when the ledger’s state holds it and its slot calls this log', () => {
    const { beacon, size, at } = judgeBeacon(told, policy, own);
    expect(beacon).toEqual({
      anchorIndex: 0,
      anchorLeafHash: anchorLeafHash({ ...told.anchor, ...policy }),
    });
    expect([size, at]).toEqual([7, told.anchor.blockTime * 1000]);
  });

  test('is believed without a call, of a gateway that was just let in', () => {
    expect(judgeBeacon({ ...told, call: null }, policy, own).size).toBeNull();
  });
});

describe('attacks on a beacon', () => {
  test('another anchor than the ledger holds', () => {
    const anchor = { ...told.anchor, rollRoot: sha256(utf8('another')) };
    expect(refused({ anchor })).toBe('INCLUSION_PROOF');
    expect(refused({ anchor: { ...told.anchor, blockTime: 7 } })).toBe('INCLUSION_PROOF');
  });

  test('an anchor log of somebody else', () => {
    const contract = new Uint8Array(20).fill(9);
    expect(refused({}, own, { ...policy, contract })).not.toBe('believed');
  });

  test('another history of this log called in its slot', () => {
    const other = { ...own, root: (size: number) => sha256(utf8(`${size}`)) };
    expect(refused({}, other)).toBe('CALL_CONSISTENCY');
  });

  test('more entries called than this log has', () => {
    expect(refused({}, { ...own, size: 6 })).toBe('CALL_CONSISTENCY');
  });

  test('the call of another slot', () => {
    const { blocks } = rollTree(slots, 0);
    expect(refused({ call: proveCall(1, 0, slots, blocks) })).toBe('CALL_FORM');
  });

  test('a call that the roll-call does not hold', () => {
    const forged = slots.with(2, { ...slots[2]!, size: 8, root: root(8) });
    const { blocks } = rollTree(forged, 0);
    expect(refused({ call: proveCall(2, 0, forged, blocks) })).toBe('INCLUSION_PROOF');
  });
});

describe('the lane of beacons', () => {
  let timers: FakeTimers;
  let events: GatewayEvent[];
  let asked: number[];
  beforeEach(() => {
    timers = createFakeTimers();
    [events, asked] = [[], []];
  });

  const lane = (log: OwnLog = own) => {
    const beacons: number[] = [];
    const made = createBeaconLane({
      client: {
        async beacon(_, known) {
          asked.push(known);
          return known < 0 ? told : null;
        },
      },
      log: { ...log, origin: ORIGIN, head: () => ({ size: log.size }) } as never,
      register: () => ({ slot: { record: { slot: 2 } } }) as never,
      ...{ policy, intervalMs: 600_000, timers, tell: (event) => events.push(event) },
      setBeacon: ({ anchorIndex }) => beacons.push(anchorIndex),
    });
    return { ...made, beacons };
  };
  const { signal } = new AbortController();

  test('asks once a minute, with what it knows, and hands on what is new', async () => {
    const { push, beacons, newest } = lane();
    await push(signal);
    await push(signal);
    timers.advance(60_000);
    await push(signal);
    expect([asked, beacons, newest()?.size]).toEqual([[-1, 0], [0], 7]);
  });

  test('raises an alarm, once, where another history was called, and hands on nothing', async () => {
    const { push, beacons } = lane({ ...own, size: 3 });
    for (let times = 0; times < 3; times += 1) {
      await push(signal);
      timers.advance(60_000);
    }
    expect(beacons).toEqual([]);
    expect(events).toMatchObject([{ level: 'alarm', what: 'CALL_DIFFERS' }]);
  });
});
