import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leafHash, rootAt, treeRoot } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainHead, entryOfReading } from './agent-chains.ts';
import { advanceWitnessed, witnessedLog } from './checkpoints.ts';
import type { Database } from './database.ts';
import { testDatabase } from './database-contract.ts';
import { addQuarantined, listAlarms, listQuarantined, raiseAlarm } from './quarantine.ts';
import { addSiteLog, appendEntries, cutEntries, nextEntry } from './site-logs.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import { appendLeaves, overTree } from './tiles.ts';

testDatabase('the database in SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-database-'));
  return {
    open: async (steps) => openSqliteDatabase(join(directory, 'cloud.sqlite'), steps),
    dispose: () => rm(directory, { recursive: true }),
  };
});

describe('the repositories', () => {
  let directory: string;
  let database: Database;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sigill-database-'));
    database = openSqliteDatabase(join(directory, 'cloud.sqlite'));
  });
  afterEach(async () => {
    await database.close();
    await rm(directory, { recursive: true });
  });

  it('keep a tree whose root is that of its leaves, at every size and after a cut', async () => {
    const leaves = Array.from({ length: 600 }, (_, i) =>
      leafHash(new Uint8Array([i & 255, i >> 8])),
    );
    await database.write(async (sql) => {
      for (let at = 0; at < leaves.length; at += 7) {
        await appendLeaves(sql, 'log', at, leaves.slice(at, at + 7));
      }
    });
    for (const size of [1, 7, 255, 256, 257, 512, 600]) {
      const root = await database.read((sql) =>
        overTree(sql, 'log', size, (read) => rootAt(size, read)),
      );
      expect(root).toEqual(treeRoot(leaves.slice(0, size)));
    }
    const other = leafHash(new Uint8Array([9, 9, 9]));
    await database.write((sql) => appendLeaves(sql, 'log', 300, [other]));
    const root = await database.read((sql) =>
      overTree(sql, 'log', 301, (read) => rootAt(301, read)),
    );
    expect(root).toEqual(treeRoot([...leaves.slice(0, 300), other]));
  });

  it('find the batch that holds a reading, and where a chain stands, also after a cut', async () => {
    const agent = new Uint8Array(16).fill(7);
    const header = (batch: number, firstSeq: number, count: number) => ({
      agent,
      batch,
      hash: new Uint8Array(32).fill(batch),
      firstSeq,
      count,
    });
    await database.write(async (sql) => {
      await addSiteLog(sql, 'log');
      await appendEntries(sql, 'log', 0, [
        { entry: 0, leaf: agent, believed: true, header: header(0, 0, 10) },
        { entry: 1, leaf: agent, believed: false, header: header(1, 10, 10) },
        { entry: 2, leaf: agent, believed: true, header: header(2, 20, 5) },
        { entry: 3, leaf: agent, believed: false, header: null },
      ]);
    });
    const head = () => database.read((sql) => chainHead(sql, agent));
    expect(await head()).toMatchObject({ batch: 2, nextSeq: 25 });
    const entry = async (seq: number) =>
      (await database.read((sql) => entryOfReading(sql, agent, seq)))?.entry;
    expect([
      await entry(0),
      await entry(9),
      await entry(10),
      await entry(24),
      await entry(25),
    ]).toEqual([0, 0, undefined, 2, undefined]);
    await database.write((sql) => cutEntries(sql, 'log', 1));
    expect(await database.read((sql) => nextEntry(sql, 'log'))).toBe(1);
    expect(await head()).toMatchObject({ batch: 0, nextSeq: 10 });
    await expect(database.write((sql) => appendEntries(sql, 'log', 4, []))).rejects.toMatchObject({
      code: 'DATABASE_FAILED',
      retryable: true,
    });
    expect(await entry(24)).toBeUndefined();
  });

  it('move the witness on only from where it stands', async () => {
    const at = (size: number) => ({
      origin: 'log',
      size,
      root: new Uint8Array(32),
      note: `${size}`,
    });
    const advance = (from: number, to: number) =>
      database.write((sql) => advanceWitnessed(sql, from, at(to)));
    expect(await advance(0, 5)).toBe(true);
    expect(await advance(0, 6)).toBe(false);
    expect(await advance(4, 6)).toBe(false);
    expect(await advance(5, 9)).toBe(true);
    expect(await database.read((sql) => witnessedLog(sql, 'log'))).toMatchObject({ size: 9 });
  });

  it('keep a quarantined batch once, and count an alarm that comes again', async () => {
    const poison = {
      origin: 'log',
      entry: 3,
      code: 'BATCH_ROOT',
      detail: 'x',
      bytes: new Uint8Array(9),
    };
    const alarm = { origin: 'log', code: 'CHECKPOINT_ROOT', about: '5', detail: 'other root' };
    await database.write(async (sql) => {
      await addQuarantined(sql, poison, 1000);
      await addQuarantined(sql, poison, 2000);
      await raiseAlarm(sql, alarm, 1000);
      await raiseAlarm(sql, alarm, 3000);
    });
    expect(await database.read((sql) => listQuarantined(sql, 'log', 10))).toHaveLength(1);
    expect(await database.read(listAlarms)).toEqual([
      { ...alarm, firstAt: 1000, lastAt: 3000, times: 2 },
    ]);
  });
});
