import { describe, expect, it } from 'vitest';
import { createFakeTimers } from '../timers-fake.ts';
import { createFakeDisk, type FakeDisk, fingerprint } from './disk-fake.ts';
import type { Journal } from './journal.ts';
import { all, text, word } from './journal-contract.ts';
import { openSegmentJournal } from './segment-journal.ts';

const DIRECTORY = '/journal';
const RECORDS = 24;

/** What had been promised, and what had been asked for, when the power went. */
interface Moment {
  readonly name: string;
  readonly disk: FakeDisk;
  readonly resolved: number;
  readonly appended: number;
  readonly released: number;
}

describe('power lost at every step of writing, rolling and releasing', () => {
  it('keeps every resolved append, in order, and nothing that was not appended', async () => {
    const moments = await momentsOfATrace();
    expect(moments.length).toBeGreaterThan(150);
    for (const moment of moments) await expectPromiseKept(moment);
  });

  it('keeps them when power goes again at every step of the recovery', async () => {
    for (const moment of await momentsOfATrace()) {
      const again: Moment[] = [];
      const { disk } = moment;
      disk.onBoundary = () => again.push(...statesOf(disk, moment));
      await (await open(disk)).close();
      disk.onBoundary = null;
      for (const second of distinct(again)) await expectPromiseKept(second);
    }
  });

  it('keeps what only the kernel had when the process is killed and power goes later', async () => {
    const disk = createFakeDisk();
    const journal = await open(disk);
    await journal.append(word('record 0'));
    void journal.append(word('record 1')).catch(() => undefined);
    disk.fault = (operation) => (operation === 'syncData' ? 'EIO' : null);
    await journal.close();

    const killed = disk.kill();
    const reopened = await open(killed);
    const believed = await readAll(reopened);
    expect(believed).toEqual(['record 0', 'record 1']);
    for (const state of killed.crashStates()) {
      expect(await read(state.disk), state.name).toEqual(believed);
    }
  });
});

async function momentsOfATrace(): Promise<Moment[]> {
  const disk = createFakeDisk();
  const moments: Moment[] = [];
  let resolved = 0;
  let appended = 0;
  let released = 0;
  disk.onBoundary = () => moments.push(...statesOf(disk, { resolved, appended, released }));
  const journal = await open(disk);
  for (const groupSize of [1, 3, 1, 4, 2, 3, 1, 6, 2, 1]) {
    const group: Promise<unknown>[] = [];
    for (let index = 0; index < groupSize; index++) {
      group.push(journal.append(record(appended)).then(() => resolved++));
      appended++;
    }
    await Promise.all(group);
    if (appended === 15) {
      released = 13;
      await journal.release(await positionOf(journal, released));
    }
  }
  expect(appended).toBe(RECORDS);
  await journal.close();
  return distinct(moments);
}

function statesOf(disk: FakeDisk, known: Omit<Moment, 'name' | 'disk'>): Moment[] {
  return [...disk.crashStates()].map((state) => ({ ...state, ...known }));
}

/** Many moments leave the same disk behind; the one with the most promises is the one to check. */
function distinct(moments: readonly Moment[]): Moment[] {
  const byContents = new Map<string, Moment>();
  for (const moment of moments) {
    const key = `${fingerprint(moment.disk)} ${moment.appended} ${moment.released}`;
    const known = byContents.get(key);
    if (known === undefined || known.resolved < moment.resolved) byContents.set(key, moment);
  }
  return [...byContents.values()];
}

async function expectPromiseKept(moment: Moment): Promise<void> {
  const numbers = (await read(moment.disk.kill())).map((line) => Number(line.split(' ')[1]));
  const first = numbers[0] ?? 0;
  const expected = Array.from({ length: numbers.length }, (_, index) => first + index);
  expect(numbers, moment.name).toEqual(expected);
  expect(first, moment.name).toBeLessThanOrEqual(moment.released);
  expect(first + numbers.length, moment.name).toBeGreaterThanOrEqual(moment.resolved);
  expect(first + numbers.length, moment.name).toBeLessThanOrEqual(moment.appended);
}

async function read(disk: FakeDisk): Promise<string[]> {
  const journal = await open(disk);
  const before = await readAll(journal);
  await journal.append(word('and on'));
  await journal.close();
  const reopened = await open(disk);
  const after = await readAll(reopened);
  await reopened.close();
  expect(after).toEqual([...before, 'and on']);
  return before;
}

async function readAll(journal: Journal): Promise<string[]> {
  return text(await all(journal.read(journal.heads()[0] ?? 0, 1000)));
}

async function positionOf(journal: Journal, number: number): Promise<number> {
  const records = await all(journal.read(0, 1000));
  const index = text(records).findIndex((line) => line.startsWith(`record ${number} `));
  return records[index]!.position;
}

function record(number: number): Uint8Array {
  return word(`record ${number} ${'.'.repeat(number)}`);
}

function open(disk: FakeDisk): Promise<Journal> {
  return openSegmentJournal({
    directory: DIRECTORY,
    disk,
    timers: createFakeTimers(),
    commitWindowMs: 0,
    segmentBytes: 120,
  });
}
