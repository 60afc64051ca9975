import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batch, power, testReadingStore } from '../reading-store-contract.ts';
import { openEmbeddedStore } from './embedded-store.ts';

for (const sortAfter of [1_000_000, 10]) {
  testReadingStore(`the embedded store, sorting after ${sortAfter} points,`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sigill-readings-'));
    return {
      open: () => openEmbeddedStore(join(directory, 'readings.duckdb'), { sortAfter }),
      dispose: () => rm(directory, { recursive: true }),
    };
  });
}

describe('the embedded store', () => {
  it('leaves no trace of a write that fails, and takes it when it comes again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sigill-readings-'));
    const store = await openEmbeddedStore(join(directory, 'readings.duckdb'));
    await store.write([batch(1, 0, [power(0, 1000, '1')])]);
    const tooLate = batch(2, 1, [
      power(1, 2000, '2', 'kW'),
      { ...power(2, 0, '3'), kind: 'a\uD800' },
    ]);
    const broken = { ...tooLate, arrival: Number.NaN };
    await expect(store.write([broken])).rejects.toMatchObject({ code: 'READINGS_FAILED' });
    expect(store.arrival()).toBe(1);
    expect((await store.streams())[0]?.latest.seq).toBe(0);
    await store.write([batch(2, 1, [power(1, 2000, '2')])]);
    const range = await store.range(
      { agent: 'ab'.repeat(16), source: 'house', device: 'meter', field: 'power' },
      { from: 0, to: 5000, points: 9 },
    );
    expect(range?.values).toEqual([1, 2]);
    await store.close();
    await rm(directory, { recursive: true });
  });
});
