import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Call,
  type CalledSlot,
  callOf,
  callRoll,
  EMPTY_ROOT,
  encodeCall,
  leafHash,
  nextRoll,
  OPERATOR_ORIGIN_HASH,
  rollTree,
  type SlotChange,
  sha256,
  verifyInclusion,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { provenCall } from '../proofs/proven-call.ts';
import { addAnchor } from './anchors.ts';
import type { Database } from './database.ts';
import { migrations } from './migrations.ts';
import { addRollCall, calledSlots, cutRollCalls, firstCallCovering } from './roll-calls.ts';
import { openSqliteDatabase } from './sqlite-database.ts';

const LOG = 'anchors 1 0xaa';
const hash = (text: string) => sha256(new TextEncoder().encode(text));

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sigill-rolls-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('roll-calls that were kept whole', () => {
  it('are the same as what changed', async () => {
    const path = join(directory, 'cloud.sqlite');
    const before = openSqliteDatabase(path, migrations.slice(0, 3));
    const sizes = [
      [3, 0],
      [3, 70_000],
      [300, 70_000],
    ];
    let calls: readonly Call[] = [];
    const rolls: (readonly Call[])[] = [];
    for (const [number, [one = 0, two = 0]] of sizes.entries()) {
      const states = [0, one, two].map((size, slot) => ({
        originHash: slot === 0 ? OPERATOR_ORIGIN_HASH : hash(`origin ${slot}`),
        recordHash: hash(`record ${slot} ${slot === 2 && number === 2 ? 'revised' : ''}`),
        head: null,
        size,
      }));
      calls = callRoll(calls, states).calls.map((call, slot) => {
        const { size } = states[slot] as { size: number };
        const grew = size > call.size;
        return {
          ...call,
          size,
          root: size === 0 ? EMPTY_ROOT : hash(`${slot} ${size}`),
          age: grew ? 0 : call.age,
        };
      });
      rolls.push(calls);
      await before.write(async (sql) => {
        for (const call of calls)
          await sql.run(
            'INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?)',
            ...[LOG, number, call.slot, call.originHash, call.size, call.recordHash],
            encodeCall(call),
          );
      });
    }
    await before.close();
    const after = openSqliteDatabase(path);
    for (const [number, expected] of rolls.entries()) {
      const slots = await after.read((sql) => calledSlots(sql, LOG, number, 0, 3));
      expect(slots.map((called, slot) => callOf(slot, called, number))).toEqual(expected);
    }
    await after.close();
  });
});

describe('roll-calls as what changed', () => {
  const COUNT = 600;
  let database: Database;
  let slots: readonly CalledSlot[];
  beforeEach(() => {
    database = openSqliteDatabase(join(directory, 'cloud.sqlite'));
    slots = [];
  });
  afterEach(() => database.close());

  const named = (slot: number) => ({
    originHash: slot === 0 ? OPERATOR_ORIGIN_HASH : hash(`origin ${slot}`),
    recordHash: hash(`record ${slot}`),
  });

  async function call(number: number, changes: readonly SlotChange[]): Promise<Uint8Array> {
    slots = nextRoll(slots, number, changes);
    const { root, blocks } = rollTree(slots, number);
    await database.write(async (sql) => {
      const parentHash = hash('parent');
      const block = { blockNumber: number, blockTime: number, parentHash };
      await addAnchor(sql, {
        ...{ log: LOG, number, leaf: hash(`leaf ${number}`), rollRoot: root, slots: slots.length },
        ...block,
      });
      await addRollCall(sql, { log: LOG, number, changes, slots, blocks });
    });
    return root;
  }

  const begin = () =>
    call(
      0,
      Array.from({ length: COUNT }, (_, slot) => ({
        ...{ slot, size: 0, root: EMPTY_ROOT, named: named(slot) },
      })),
    );
  const grow = (slot: number, size: number): SlotChange => ({
    ...{ slot, size, root: hash(`${slot} ${size}`), named: null },
  });

  it('prove any slot in any of them', async () => {
    const roots = [
      await begin(),
      await call(1, [grow(5, 3), grow(599, 4)]),
      await call(2, [grow(5, 9)]),
    ];
    for (const [number, root] of roots.entries())
      for (const slot of [0, 5, 255, 256, 599]) {
        const { call: bytes, path } = await database.read((sql) =>
          provenCall(sql, LOG, number, slot),
        );
        expect(() => verifyInclusion(slot, COUNT, leafHash(bytes), path, root)).not.toThrow();
      }
  });

  it('tell the first that covers a size, and forget what a chain took back', async () => {
    await begin();
    await call(1, [grow(5, 3)]);
    await call(2, [grow(5, 9)]);
    const covering = (size: number, before = 9) =>
      database.read((sql) => firstCallCovering(sql, LOG, hash('origin 5'), size, before));
    expect(await covering(2)).toEqual({ slot: 5, number: 1, size: 3 });
    expect(await covering(4)).toEqual({ slot: 5, number: 2, size: 9 });
    expect(await covering(4, 2)).toBeNull();
    await database.write((sql) => cutRollCalls(sql, LOG, 2, COUNT));
    expect(await covering(4)).toBeNull();
    expect(await covering(3)).toEqual({ slot: 5, number: 1, size: 3 });
  });
});
