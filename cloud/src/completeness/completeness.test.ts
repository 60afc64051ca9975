import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Field, parseDecimal, type Reading, toHex } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredErasure } from '../proofs/erasures.ts';
import { askCompleteness, type CompletenessQuestion } from './completeness.ts';
import { type CompletenessStore, openCompletenessStore } from './completeness-store.ts';
import { DAY_MS } from './steps.ts';

const AGENT = new Uint8Array(16).fill(7);
// 2026-03-01T00:00:00Z
const MARCH = 1_772_323_200_000;
const HOUR_MS = 3_600_000;

let directory: string;
let store: CompletenessStore;
let seq = 0;
let arrival = 0;
let erased: StoredErasure[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sigill-completeness-'));
  store = await openCompletenessStore(join(directory, 'completeness.sqlite'));
  [seq, arrival, erased] = [0, 0, []];
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

type Said = Partial<Reading> & { readonly hours?: number };

/** Hours are of March. */
function say({ hours = 0, ...part }: Said): Reading {
  return {
    agent: AGENT,
    seq: seq++,
    source: 'house-17',
    device: 'meter',
    n: 0,
    kind: 'meter',
    time: MARCH + hours * HOUR_MS,
    clock: { quality: 2, maxErrorMs: 10, deviceTime: null, uptimeMs: 0 },
    origin: { driver: 'dsmr-p1', frameHash: null },
    fields: [],
    salt: new Uint8Array(16),
    ...part,
  };
}

const field = (name: string, value: string | number): Field => ({
  name,
  value: typeof value === 'number' ? parseDecimal(String(value)) : value,
  unit: null,
  code: null,
});
const own = { driver: 'sigill', frameHash: null };
const gap = (part: Said, from: number | null, to: number, count = 3): Said => ({
  ...part,
  kind: 'gap',
  origin: own,
  fields: [
    field('gap.cause', 'power'),
    field('gap.count', count),
    ...(from === null ? [] : [field('gap.from', MARCH + from * HOUR_MS)]),
    field('gap.to', MARCH + to * HOUR_MS),
  ],
});
const plan = (hours: number, state: 'active' | 'retired', heartbeats = 'device'): Said => ({
  ...{
    hours,
    source: '~agent',
    device: '',
    n: Number(state === 'retired'),
    kind: 'plan',
    origin: own,
  },
  fields: [
    field('plan.heartbeat', 300_000),
    field('plan.heartbeats', heartbeats),
    field('plan.source', 'house-17'),
    field('plan.state', state),
  ],
});

const write = (...said: readonly Said[]) =>
  store.write([{ arrival: ++arrival, agent: AGENT, batch: arrival - 1, readings: said.map(say) }]);

async function ask(question: Partial<CompletenessQuestion> = {}, now = MARCH + 60 * DAY_MS) {
  const [stream] = await askCompleteness(
    { store, erasures: async () => erased, now: () => now },
    { source: 'house-17', from: MARCH, to: MARCH + 4 * DAY_MS, step: 'day', ...question },
  );
  return stream?.steps ?? [];
}
const states = async (question: Partial<CompletenessQuestion> = {}, now?: number) =>
  (await ask(question, now)).map(({ state }) => state);

describe('how complete a stream is', () => {
  it('counts by day, n of n, and knows what is not here yet', async () => {
    await write({ n: 0, hours: 1 }, { n: 1, hours: 2 }, { n: 2, hours: 25 }, { n: 3, hours: 49 });
    const steps = await ask();
    expect(steps).toMatchObject([
      { first: 0, last: 1, count: 2, expected: 2, state: 'complete', open: false },
      { first: 2, last: 2, count: 1, expected: 1, state: 'complete', open: false },
      { first: 3, last: 3, count: 1, expected: 1, state: 'complete', open: true },
      { first: null, last: null, count: 0, expected: 0, state: 'none', open: true },
    ]);
    expect(steps[0]).toMatchObject({ from: MARCH, to: MARCH + DAY_MS, gaps: [], missing: [] });
  });

  it('counts a number once, however often its batch comes', async () => {
    await write({ n: 0 }, { n: 1 });
    await write({ n: 0 }, { n: 1 }, { n: 2 });
    expect((await ask())[0]).toMatchObject({ count: 3, expected: 3 });
  });

  it('names numbers that never came in each day they may belong to, until they come', async () => {
    await write({ n: 0, hours: 1 }, { n: 4, hours: 50 });
    expect(await ask()).toMatchObject([
      { missing: [[1, 3]], expected: 4, state: 'missing' },
      { missing: [[1, 3]], expected: 3, state: 'missing' },
      { missing: [[1, 3]], expected: 4, state: 'missing' },
      { state: 'none' },
    ]);
    await write({ n: 2, hours: 26 });
    expect((await ask()).map(({ missing }) => missing)).toEqual([
      [[1, 1]],
      [
        [1, 1],
        [3, 3],
      ],
      [[3, 3]],
      [],
    ]);
    await write({ n: 1, hours: 3 }, { n: 3, hours: 49 });
    expect(await states()).toEqual(['complete', 'complete', 'complete', 'none']);
  });

  it('misses the beginning of a stream too', async () => {
    await write({ n: 2, hours: 25 });
    expect((await ask())[1]).toMatchObject({ missing: [[0, 1]], count: 1, expected: 3 });
    expect((await ask())[0]).toMatchObject({ missing: [], state: 'none' });
  });

  it('fills the days of an offline week when it comes, and shows what the agent states of them', async () => {
    await write({ n: 0, hours: 1 });
    expect(await states()).toEqual(['complete', 'none', 'none', 'none']);
    await write({ n: 1, hours: 30 }, { n: 2, hours: 55 }, gap({ n: 3, hours: 80 }, 55, 80, 12));
    expect(await states()).toEqual(['complete', 'complete', 'gaps', 'gaps']);
    expect((await ask())[3]?.gaps).toEqual([
      { from: MARCH + 55 * HOUR_MS, to: MARCH + 80 * HOUR_MS, count: 12, cause: 'power' },
    ]);
  });

  it('takes a gap of unknown beginning for the day it ends in', async () => {
    await write({ n: 0, hours: 1 }, gap({ n: 1, hours: 80 }, null, 80));
    expect(await states()).toEqual(['complete', 'complete', 'complete', 'gaps']);
  });

  it('believes no gap that a device claims', async () => {
    await write(
      { n: 0 },
      { ...gap({ n: 1 }, 0, 1), origin: { driver: 'mqtt-json', frameHash: null } },
    );
    expect((await ask())[0]).toMatchObject({ gaps: [], state: 'complete' });
  });

  it('takes a silence for a fault only where a sign of life was promised', async () => {
    await write(plan(-1, 'active'), { n: 0, hours: 1 }, { n: 1, hours: 73 });
    expect(await ask()).toMatchObject([
      { state: 'complete', silent: false },
      { state: 'missing', silent: true, expected: 0 },
      { state: 'missing', silent: true },
      { state: 'complete', silent: false },
    ]);
  });

  it.each([
    ['without a plan', []],
    ['after its source was retired', [plan(-2, 'active'), plan(20, 'retired')]],
    ['where the source shows for all its devices that it lives', [plan(-1, 'active', 'source')]],
  ])('takes a silence for what it is %s', async (_, plans) => {
    await write(...plans, { n: 0, hours: 1 }, { n: 1, hours: 73 });
    expect((await states()).slice(1, 3)).toEqual(['complete', 'complete']);
  });

  it('says nothing of days that lie ahead, whatever a clock said', async () => {
    await write({ n: 0, hours: 1 }, { n: 1, hours: 900 }, { n: 2, hours: 2 });
    expect(await states({}, MARCH + DAY_MS)).toEqual(['complete', 'none', 'none', 'none']);
  });

  it('tells erased numbers apart from missing ones, counted before or gone when they came', async () => {
    await write({ n: 0 }, { n: 1 }, { n: 2 }, { n: 5 });
    const name = { source: 'house-17', device: 'meter', seq: 0 };
    const rest = { leafHash: new Uint8Array(32), cose: new Uint8Array() };
    erased = [1, 4].map((n) => ({ ...name, ...rest, n }));
    expect((await ask())[0]).toMatchObject({
      ...{ count: 3, erased: 2, missing: [[3, 3]], expected: 6, state: 'missing' },
    });
    await write({ n: 3 });
    expect((await ask())[0]).toMatchObject({ count: 4, erased: 2, expected: 6, state: 'erased' });
  });

  it('answers by month', async () => {
    await write({ n: 0, hours: 1 }, { n: 2, hours: 40 * 24 });
    const steps = await ask({ step: 'month', to: MARCH + 61 * DAY_MS });
    expect(steps).toMatchObject([
      { from: MARCH, to: MARCH + 31 * DAY_MS, count: 1, missing: [[1, 1]] },
      { to: MARCH + 61 * DAY_MS, count: 1, missing: [[1, 1]] },
    ]);
  });

  it('is the same after a restart, and when it is made again', async () => {
    const batches = [
      [
        { n: 0, hours: 1 },
        { n: 3, hours: 30 },
      ],
      [gap({ n: 4, hours: 60 }, 31, 60)],
    ];
    for (const batch of batches) await write(...batch);
    const before = await ask();
    await store.close();
    store = await openCompletenessStore(join(directory, 'completeness.sqlite'));
    expect(store.arrival()).toBe(2);
    expect(await ask()).toEqual(before);
    await store.forget();
    expect([store.arrival(), await ask()]).toEqual([0, []]);
    for (const batch of batches) await write(...batch);
    expect(await ask()).toEqual(before);
  });

  it('leaves no trace of a write that fails', async () => {
    await write({ n: 0 });
    const bad = { ...say({ n: 2 }), time: Number.NaN };
    await expect(
      store.write([{ arrival: 2, agent: AGENT, batch: 1, readings: [say({ n: 1 }), bad] }]),
    ).rejects.toThrow();
    expect(store.arrival()).toBe(1);
    await write({ n: 1 });
    expect((await ask())[0]).toMatchObject({ count: 2 });
  });

  it('counts as a plain list does, in whatever order numbers come, some twice', async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 100_000);
    let state = seed;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    const came = new Map<number, number>();
    for (let i = 0; i < 60; i++) {
      const said = Array.from({ length: 1 + random(5) }, () => {
        const n = random(120);
        return { n, hours: came.get(n) ?? n * 0.8 };
      });
      for (const { n, hours } of said) came.set(n, hours);
      await write(...said);
    }
    const steps = await ask();
    const all = [...came].sort(([a], [b]) => a - b);
    const last = all.at(-1)?.[0] ?? -1;
    for (const [at, step] of steps.entries()) {
      const inside = all.filter(([, hours]) => Math.floor(hours / 24) === at).map(([n]) => n);
      expect([step.count, step.first, step.last], `seed ${seed}`).toEqual([
        inside.length,
        inside[0] ?? null,
        inside.at(-1) ?? null,
      ]);
    }
    const absent = Array.from({ length: last + 1 }, (_, n) => n).filter((n) => !came.has(n));
    const named = new Set(
      steps.flatMap(({ missing }) =>
        missing.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
      ),
    );
    expect(
      [...named].sort((a, b) => a - b),
      `seed ${seed}`,
    ).toEqual(absent);
  });

  it('keeps streams of agents, sources and devices apart', async () => {
    await write({ n: 0 }, { n: 0, device: 'gas' }, { n: 0, source: 'bin-7' });
    const parts = { store, erasures: async () => [], now: () => MARCH };
    const day = { from: MARCH, to: MARCH + DAY_MS, step: 'day' } as const;
    const of = await askCompleteness(parts, { ...day, agent: toHex(AGENT) });
    expect(of.map(({ source, device }) => `${source} ${device}`)).toEqual([
      'bin-7 meter',
      'house-17 gas',
      'house-17 meter',
    ]);
    expect(await askCompleteness(parts, { ...day, agent: '00'.repeat(16) })).toEqual([]);
  });
});
