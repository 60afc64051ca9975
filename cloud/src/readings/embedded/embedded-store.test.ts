import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
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

  it('has what was erased in none of its files, while it is open and afterwards', async () => {
    const directory = await mkdtemp(join(tmpdir(), "sigill-it's-"));
    const store = await openEmbeddedStore(join(directory, 'readings.duckdb'), { sortAfter: 10 });
    const said = (seq: number, value: string) => ({
      ...power(seq, 1000 * seq, '0'),
      fields: [{ name: 'message', value, unit: null, code: null }],
    });
    for (let i = 0; i < 30; i++)
      await store.write([batch(i + 1, i, [said(i, `the ${i}th message`)])]);
    await store.erase([7, 29].map((seq) => ({ agent: 'ab'.repeat(16), seq })));
    const content = async () => {
      const names = await readdir(directory);
      const files = names.map((name) => readFile(join(directory, name), 'latin1'));
      return (await Promise.all(files)).join();
    };
    expect(await content()).not.toMatch(/the (7|29)th message/);
    await store.close();
    expect(await content()).not.toMatch(/the (7|29)th message/);
    expect(await content()).toContain('the 28th message');
    expect(await readdir(directory)).toEqual(['readings.duckdb']);
    await rm(directory, { recursive: true });
  });
});
