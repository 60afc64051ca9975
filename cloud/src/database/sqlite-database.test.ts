import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leafHash, rootAt, treeRoot } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advanceWitnessed, witnessedLog } from './checkpoints.ts';
import type { Database } from './database.ts';
import { testDatabase } from './database-contract.ts';
import { addQuarantined, listAlarms, listQuarantined, raiseAlarm } from './quarantine.ts';
import { addSiteLog, appendEntries, cutEntries, entryOfReading, nextEntry } from './site-logs.ts';
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

  it('find the batch that holds a reading, and none beyond the last', async () => {
    const agent = new Uint8Array(16).fill(7);
    await database.write(async (sql) => {
      await addSiteLog(sql, 'log');
      await appendEntries(sql, 'log', [
        {
          origin: 'log',
          entry: 0,
          leaf: agent,
          batch: { agent, batch: 0, firstSeq: 0, count: 10 },
        },
        { origin: 'log', entry: 1, leaf: agent, batch: null },
        {
          origin: 'log',
          entry: 2,
          leaf: agent,
          batch: { agent, batch: 2, firstSeq: 20, count: 5 },
        },
      ]);
    });
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
    expect(await entry(24)).toBeUndefined();
  });

  it('move the witness on only from where it stands', async () => {
    const at = (size: number) => ({
      origin: 'log',
      size,
      root: new Uint8Array(32),
      text: `${size}`,
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
    expect(await database.read((sql) => listQuarantined(sql, 'log'))).toHaveLength(1);
    expect(await database.read(listAlarms)).toEqual([
      { ...alarm, firstAt: 1000, lastAt: 3000, times: 2 },
    ]);
  });
});
