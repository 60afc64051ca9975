/** What every reading store promises; each implementation's test calls this with a way to open one. */
import { parseDecimal, type Reading } from '@sigill/evidence';
import { afterEach, describe, expect, it } from 'vitest';
import type { ReadingStore, StoredBatch, StreamName } from './reading-store.ts';

export interface StoreUnderTest {
  /** The same store each time. */
  open(): Promise<ReadingStore>;
  dispose(): Promise<void>;
}

export function testReadingStore(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the reading store's promise`, () => {
    let under: StoreUnderTest;
    let store: ReadingStore | null = null;
    afterEach(async () => {
      await store?.close();
      store = null;
      await under.dispose();
    });

    async function fresh(): Promise<ReadingStore> {
      under = await create();
      store = await under.open();
      return store;
    }
    async function reopened(): Promise<ReadingStore> {
      await store?.close();
      store = await under.open();
      return store;
    }

    it('gives raw points when there are few, in the order of time', async () => {
      const store = await fresh();
      await store.write([
        batch(1, 0, [power(0, 3000, '1.5'), power(1, 1000, '-2.50'), power(2, 2000, '0')]),
      ]);
      expect(await store.range(POWER, { from: 0, to: 10_000, points: 10 })).toEqual({
        unit: 'W',
        times: [1000, 2000, 3000],
        values: [-2.5, 0, 1.5],
        low: [-2.5, 0, 1.5],
        high: [-2.5, 0, 1.5],
      });
      expect(await store.range(POWER, { from: 1000, to: 3000, points: 10 })).toMatchObject({
        times: [1000, 2000],
      });
    });

    it('gives mean, least and greatest of fixed steps when there are many', async () => {
      const store = await fresh();
      const readings = Array.from({ length: 1000 }, (_, i) => power(i, i * 10, String(i % 100)));
      await store.write([batch(1, 0, readings)]);
      const range = await store.range(POWER, { from: 0, to: 10_000, points: 10 });
      expect(range?.times).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]);
      expect(range?.values).toEqual(Array(10).fill(49.5));
      expect(range?.low).toEqual(Array(10).fill(0));
      expect(range?.high).toEqual(Array(10).fill(99));
    });

    it('never gives more points than asked for, also before 1970', async () => {
      const store = await fresh();
      const readings = Array.from({ length: 97 }, (_, i) => power(i, i * 7 - 333, String(i)));
      await store.write([batch(1, 0, readings)]);
      for (const points of [2, 3, 10, 50, 96]) {
        const range = await store.range(POWER, { from: -1000, to: 1000, points });
        expect(range?.times.length).toBeLessThanOrEqual(points);
        expect(range?.times).toEqual([...(range?.times ?? [])].sort((a, b) => a - b));
      }
    });

    it('keeps both of two readings of one millisecond', async () => {
      const store = await fresh();
      await store.write([batch(1, 0, [power(0, 1000, '1'), power(1, 1000, '2')])]);
      expect(await store.range(POWER, { from: 0, to: 2000, points: 9 })).toMatchObject({
        values: [1, 2],
      });
    });

    it('tells which numbers of each device lie in a time, and the nearest outside', async () => {
      const store = await fresh();
      const times = [0, 1000, 2000, 3000, 9000];
      const first = times.map((time, n) => power(n, time, '1'));
      await store.write([batch(1, 0, first), batch(2, 1, [power(9, 9500, '1')])]);
      const { agent, source, device } = POWER;
      const spans = (from: number, to: number, upTo = 9) =>
        store.spans({ agent, source, from, to, upTo });
      const [, , third] = first as [Reading, Reading, Reading];
      expect(third.n).toBe(2);
      expect(await spans(1000, 3000)).toEqual([
        { device, inside: { first: 1, last: 2 }, before: 0, after: 3 },
      ]);
      expect(await spans(0, 99_000)).toMatchObject([{ before: null, after: null }]);
      expect(await spans(0, 99_000, 0)).toMatchObject([{ inside: { first: 0, last: 4 } }]);
      expect(await spans(4000, 5000)).toEqual([{ device, inside: null, before: 3, after: 4 }]);
      expect(await spans(99_000, 99_001)).toMatchObject([{ inside: null, after: null }]);
      expect(await store.spans({ ...{ agent, source: 'no', from: 0, to: 1, upTo: 9 } })).toEqual(
        [],
      );
    });

    it('tells where the readings of some numbers are', async () => {
      const store = await fresh();
      await store.write([batch(1, 0, [power(0, 500, '1')]), batch(2, 1, [power(1, 900, '1')])]);
      const { agent, source, device } = POWER;
      const places = await store.placesOf({ agent, source, upTo: 9 }, [
        { device, first: -1, last: 0 },
        { device: 'none', first: 0, last: 9 },
      ]);
      expect(places).toEqual([{ device, n: 0, seq: 0, batch: 0, time: 500 }]);
    });

    it('writes a batch once, however often it comes', async () => {
      const store = await fresh();
      const one = batch(1, 0, [power(0, 1000, '1')]);
      await store.write([one, one]);
      await store.write([one]);
      const again = await reopened();
      await again.write([{ ...one, arrival: 9 }, batch(10, 1, [power(1, 2000, '2')])]);
      expect(await again.range(POWER, { from: 0, to: 5000, points: 9 })).toMatchObject({
        values: [1, 2],
      });
      expect(await again.readings({ limit: 10 })).toHaveLength(2);
    });

    it('tells how far it is, also after a restart', async () => {
      const store = await fresh();
      expect(store.arrival()).toBe(0);
      await store.write([batch(4, 0, [power(0, 1000, '1')]), batch(7, 1, [power(1, 2000, '2')])]);
      expect(store.arrival()).toBe(7);
      expect((await reopened()).arrival()).toBe(7);
    });

    it('lists streams with the newest text of each field, by sequence and not by time', async () => {
      const store = await fresh();
      await store.write([
        batch(1, 0, [power(0, 9000, '1.0'), power(1, 5000, '2.50'), about(2, 6000, 'heartbeat')]),
      ]);
      for (const one of [store, await reopened()]) {
        expect(await one.streams()).toEqual([
          {
            ...STREAM,
            kind: 'meter',
            latest: { seq: 2, n: 2, time: 6000, batch: 0 },
            fields: [{ name: 'power', unit: 'W', value: '2.50', time: 5000 }],
          },
        ]);
      }
    });

    it('keeps texts and flags: text has no points, a flag is 0 or 1', async () => {
      const store = await fresh();
      const fields = [
        { name: 'door.open', value: true, unit: null, code: null },
        { name: 'message', value: 'hello', unit: null, code: '0-0:96.13.0' },
      ];
      await store.write([batch(1, 0, [{ ...power(0, 1000, '1'), fields }])]);
      const at = { from: 0, to: 5000, points: 9 };
      expect(await store.range({ ...STREAM, field: 'door.open' }, at)).toMatchObject({
        values: [1],
      });
      expect(await store.range({ ...STREAM, field: 'message' }, at)).toMatchObject({ values: [] });
      expect(await store.range({ ...STREAM, field: 'unknown' }, at)).toBeNull();
      expect((await store.streams())[0]?.fields.map(({ value }) => value)).toEqual([
        'true',
        'hello',
      ]);
    });

    it('never mixes units: the one the device used last, or the one asked for', async () => {
      const store = await fresh();
      await store.write([batch(1, 0, [power(0, 1000, '1500'), power(1, 2000, '1.5', 'kW')])]);
      const at = { from: 0, to: 5000, points: 9 };
      expect(await store.range(POWER, at)).toMatchObject({ unit: 'kW', values: [1.5] });
      expect(await store.range({ ...POWER, unit: 'W' }, at)).toMatchObject({ values: [1500] });
      expect((await store.streams())[0]?.fields).toHaveLength(1);
    });

    it('lists readings newest first, page by page, and skips those that are gone', async () => {
      const store = await fresh();
      const readings = Array.from({ length: 25 }, (_, i) => power(i, 1000 + (i >> 1), '1'));
      await store.write([batch(1, 0, [...readings.slice(0, 5), null, ...readings.slice(6)])]);
      const found: number[] = [];
      for (let before: string | undefined; ; ) {
        const page = await store.readings({ before, limit: 7 });
        found.push(...page.map(({ seq }) => seq));
        before = page.at(-1)?.cursor;
        if (page.length < 7) break;
      }
      expect(found).toEqual([...readings.keys()].filter((seq) => seq !== 5).reverse());
    });

    it('lists the readings of one stream between two times', async () => {
      const store = await fresh();
      const other = { ...power(2, 1500, '3'), source: 'shed', n: 0 };
      await store.write([batch(1, 0, [power(0, 1000, '1'), power(1, 2000, '2'), other])]);
      const seqs = async (query: Record<string, unknown>) =>
        (await store.readings({ limit: 9, ...query })).map(({ seq }) => seq);
      expect(await seqs({ source: 'house' })).toEqual([1, 0]);
      expect(await seqs({ source: 'barn' })).toEqual([]);
      expect(await seqs({ from: 1500 })).toEqual([1, 2]);
      expect(await seqs({ to: 1500 })).toEqual([0]);
      expect((await store.readings({ limit: 1 }))[0]).toMatchObject({
        ...STREAM,
        n: 1,
        kind: 'meter',
        time: 2000,
        batch: 0,
      });
    });

    it('tells where an agent’s streams go on behind one of its batches', async () => {
      const store = await fresh();
      const other = (seq: number, n: number) => ({ ...power(seq, 1000, '1'), n, device: 'tap' });
      await store.write([
        batch(1, 0, [power(0, 1000, '1'), power(1, 1000, '1'), null]),
        batch(2, 1, [other(3, 0), power(4, 1000, '1')]),
        { ...batch(3, 0, [power(0, 1000, '1')]), agent: new Uint8Array(16) },
      ]);
      const meter = { source: 'house', device: 'meter' };
      expect(await store.nextNumbers(STREAM.agent, 0)).toEqual([{ ...meter, nextN: 2 }]);
      expect(await store.nextNumbers(STREAM.agent, 9)).toEqual([
        { ...meter, nextN: 5 },
        { source: 'house', device: 'tap', nextN: 1 },
      ]);
      expect(await store.nextNumbers('cd'.repeat(16), 9)).toEqual([]);
    });

    it('erases readings, also the newest, and goes on, also after a restart', async () => {
      const store = await fresh();
      const texts = power(2, 3000, '3.25');
      const fields = [{ name: 'message', value: 'at home', unit: null, code: null }];
      await store.write([
        batch(1, 0, [power(0, 1000, '1'), power(1, 2000, '2'), texts]),
        batch(2, 1, [
          { ...power(3, 4000, '9'), fields: [...power(3, 4000, '9').fields, ...fields] },
        ]),
      ]);
      const { agent } = STREAM;
      const at = { from: 0, to: 10_000, points: 9 };
      await Promise.all([
        store.erase([1, 3, 77].map((seq) => ({ agent, seq }))),
        store.range(POWER, at),
        store.write([batch(3, 2, [power(4, 5000, '4')])]),
      ]);
      await store.erase([{ agent, seq: 4 }]);
      const check = async (one: ReadingStore) => {
        expect((await one.range(POWER, at))?.values).toEqual([1, 3.25]);
        expect((await one.readings({ limit: 9 })).map(({ seq }) => seq)).toEqual([2, 0]);
        const [stream] = await one.streams();
        expect(stream?.latest).toMatchObject({ seq: 2 });
        expect(JSON.stringify(stream)).not.toContain('at home');
        expect(one.arrival()).toBe(3);
      };
      await check(store);
      const again = await reopened();
      await check(again);
      await again.write([batch(3, 2, [power(4, 5000, '4')]), batch(4, 3, [power(5, 6000, '5')])]);
      expect((await again.readings({ limit: 9 })).map(({ seq }) => seq)).toEqual([5, 2, 0]);
    });

    it('takes many batches of many series at once', async () => {
      const store = await fresh();
      const batches = Array.from({ length: 20 }, (_, b) =>
        batch(
          b + 1,
          b,
          Array.from({ length: 300 }, (_, i) => ({
            ...power(b * 300 + i, b * 300 + i, String(b)),
            device: `meter-${i % 50}`,
          })),
        ),
      );
      await Promise.all([store.write(batches.slice(0, 10)), store.write(batches.slice(10))]);
      expect(await store.streams()).toHaveLength(50);
      const again = await reopened();
      const range = await again.range(
        { ...POWER, device: 'meter-7' },
        { from: 0, to: 1e6, points: 500 },
      );
      expect(range?.values).toHaveLength(120);
    });
  });
}

const AGENT = new Uint8Array(16).fill(0xab);
const STREAM: StreamName = { agent: 'ab'.repeat(16), source: 'house', device: 'meter' };
const POWER = { ...STREAM, field: 'power' };

export function batch(
  arrival: number,
  number: number,
  readings: readonly (Reading | null)[],
): StoredBatch {
  return { arrival, agent: AGENT, batch: number, readings };
}

export function power(seq: number, time: number, value: string, unit = 'W'): Reading {
  return {
    agent: AGENT,
    seq,
    source: 'house',
    device: 'meter',
    n: seq,
    kind: 'meter',
    time,
    clock: { quality: 1, maxErrorMs: null, deviceTime: null, uptimeMs: 1 },
    origin: { driver: 'test', frameHash: null },
    fields: [{ name: 'power', value: parseDecimal(value), unit, code: '1-0:1.7.0' }],
    salt: new Uint8Array(16),
  };
}

function about(seq: number, time: number, kind: string): Reading {
  return { ...power(seq, time, '0'), kind, fields: [] };
}
