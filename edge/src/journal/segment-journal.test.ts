import { afterEach, describe, expect, it } from 'vitest';
import { createFakeTimers } from '../timers-fake.ts';
import { createFakeDisk, type DiskOperation, type FakeDisk } from './disk-fake.ts';
import type { Journal } from './journal.ts';
import { all, testJournal, text, word } from './journal-contract.ts';
import { openSegmentJournal, type SegmentJournalOptions } from './segment-journal.ts';

const timers = createFakeTimers();
const opened: Journal[] = [];

async function open(
  disk: FakeDisk,
  options: Partial<SegmentJournalOptions> = {},
): Promise<Journal> {
  const journal = await openSegmentJournal({
    directory: '/journal',
    disk,
    timers,
    commitWindowMs: 0,
    ...options,
  });
  opened.push(journal);
  return journal;
}

afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close().catch(() => undefined);
});

testJournal((options) => open(createFakeDisk(), options));

describe('a group commit', () => {
  it('shares one sync among the appends of its window', async () => {
    const disk = createFakeDisk();
    const journal = await open(disk, { commitWindowMs: 200 });
    const syncs = countSyncs(disk);

    const appends = Promise.all(['a', 'b', 'c'].map((value) => journal.append(word(value))));
    await timers.advance(199);
    expect(syncs()).toBe(0);
    await timers.advance(1);
    await appends;

    expect(syncs()).toBe(1);
  });

  it('waits no longer than the shortest window that an append of it asks for', async () => {
    const disk = createFakeDisk();
    const journal = await open(disk, { commitWindowMs: 200 });
    const syncs = countSyncs(disk);

    const slow = journal.append(word('slow'), 60_000);
    await timers.advance(50);
    const usual = journal.append(word('usual'));
    await timers.advance(100);
    const fast = journal.append(word('fast'), 10);
    await timers.advance(9);
    expect(syncs()).toBe(0);
    await timers.advance(1);
    await Promise.all([slow, usual, fast]);
    expect(syncs()).toBe(1);

    const later = journal.append(word('later'), 500);
    await timers.advance(499);
    expect(syncs()).toBe(1);
    await timers.advance(1);
    await later;
    expect(syncs()).toBe(2);
  });

  it('does not wait for its window when it is large', async () => {
    const disk = createFakeDisk();
    const journal = await open(disk, { commitWindowMs: 200 });

    await journal.append(new Uint8Array(300_000));
  });

  it('refuses appends beyond what may wait for the disk', async () => {
    const journal = await open(createFakeDisk(), { commitWindowMs: 200, maxWaitingBytes: 10 });

    const first = journal.append(word('12345678'));
    await expect(journal.append(word('12345678'))).rejects.toMatchObject({
      code: 'JOURNAL_BUSY',
      retryable: true,
    });
    await timers.advance(200);
    await first;
  });

  it('makes durable what waits when the journal is closed', async () => {
    const disk = createFakeDisk();
    const journal = await open(disk, { commitWindowMs: 200 });
    const append = journal.append(word('waiting'));

    await journal.close();
    await append;

    expect(await contents(disk)).toEqual(['waiting']);
  });
});

describe('a segment', () => {
  it('takes records however large its head has grown', async () => {
    const journal = await open(createFakeDisk(), {
      segmentBytes: 100,
      segmentHead: () => new Uint8Array(500),
    });
    for (let index = 0; index < 12; index++) await journal.append(word(`record ${index}`));

    expect(journal.heads().length).toBeLessThan(5);
  });
});

describe('one writer', () => {
  it('is refused a journal that another holds, and gets it when that one closes', async () => {
    const disk = createFakeDisk();
    const first = await open(disk);

    await expect(open(disk)).rejects.toMatchObject({ code: 'JOURNAL_LOCKED' });
    await first.close();
    await open(disk);
  });
});

describe('a failing disk', () => {
  const faults: [DiskOperation, string][] = [
    ['write', 'ENOSPC'],
    ['write', 'EIO'],
    ['syncData', 'EIO'],
    ['create', 'EMFILE'],
    ['create', 'EROFS'],
    ['syncDirectory', 'EIO'],
  ];

  it.each(faults)(
    '%s gives %s: the append is refused, and so is every one after it',
    async (operation, errno) => {
      const disk = createFakeDisk();
      const journal = await open(disk, { segmentBytes: 40 });
      await journal.append(word('promised before'));
      failOnce(disk, operation, errno);

      await expect(journal.append(word('a record in a new segment'))).rejects.toMatchObject({
        code: 'JOURNAL_FAILED',
        retryable: true,
      });
      await expect(journal.append(word('and the next'))).rejects.toMatchObject({
        code: 'JOURNAL_FAILED',
      });
      await journal.close();

      const again = await open(disk, { segmentBytes: 40 });
      await again.append(word('after'));
      const texts = text(await all(again.read(0, 10)));
      expect(texts[0]).toBe('promised before');
      expect(texts.at(-1)).toBe('after');
    },
  );

  it('the appends waiting behind a failed sync are refused with it', async () => {
    const disk = createFakeDisk();
    const journal = await open(disk);
    await journal.append(word('promised'));
    failOnce(disk, 'syncData', 'EIO');

    const first = journal.append(word('first')).catch((error) => error.code);
    await Promise.resolve();
    await Promise.resolve();
    const behind = journal.append(word('behind')).catch((error) => error.code);

    expect(await Promise.all([first, behind])).toEqual(['JOURNAL_FAILED', 'JOURNAL_FAILED']);
  });

  it('a short write is continued', async () => {
    const disk = createFakeDisk();
    const journal = await open(disk);
    failOnce(disk, 'write', 'SHORT');
    await journal.append(word('in two parts'));
    await journal.close();

    expect(await contents(disk)).toEqual(['in two parts']);
  });

  it('what became readable but not durable in a failed sync is durable once the journal is open again', async () => {
    const disk = createFakeDisk();
    const journal = await open(disk);
    await journal.append(word('promised'));
    failOnce(disk, 'syncData', 'EIO');
    await expect(journal.append(word('unsure'))).rejects.toThrow();
    await journal.close();

    const again = await open(disk);
    const believed = text(await all(again.read(0, 10)));

    expect(believed).toEqual(['promised', 'unsure']);
    for (const state of disk.crashStates()) {
      expect(await contents(state.disk), state.name).toEqual(believed);
    }
  });

  it('an open that fails leaves the journal to the next one', async () => {
    const disk = createFakeDisk();
    await (await open(disk)).close();
    failOnce(disk, 'list', 'EIO');

    await expect(open(disk)).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
    await open(disk);
  });
});

describe('damage', () => {
  it('in a record that another group follows is an error, not a torn tail', async () => {
    const disk = createFakeDisk();
    await appendAll(disk, ['first', 'second', 'third']);
    flipBit(disk, 14);

    await expect(open(disk)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' });
  });

  it('in an older segment is an error when it is read, and leaves the others readable', async () => {
    const disk = createFakeDisk();
    await appendAll(disk, ['first', 'second', 'third'], { segmentBytes: 30 });
    flipBit(disk, 14);
    const journal = await open(disk, { segmentBytes: 30 });

    await expect(all(journal.read(0, 1))).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' });
    expect(text(await all(journal.read(journal.heads()[1]!, 9)))).toEqual(['second', 'third']);
  });

  it('of a missing segment is an error', async () => {
    const disk = createFakeDisk();
    await appendAll(disk, ['first', 'second', 'third'], { segmentBytes: 30 });
    const [, second] = (await disk.list('/journal')).filter((name) => name.endsWith('.seg'));
    await disk.remove(`/journal/${second}`);

    await expect(open(disk)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' });
  });

  it('of any single bit is found, or cuts only the last group', async () => {
    const disk = createFakeDisk();
    await appendAll(disk, ['first', 'second', 'third']);
    const size = 3 * 12 + 'firstsecondthird'.length;
    for (let bit = 0; bit < size * 8; bit++) {
      const damaged = disk.kill();
      flipBit(damaged, Math.floor(bit / 8), 1 << (bit % 8));
      const read = await contents(damaged).catch((error) => error.code);
      expect(['JOURNAL_CORRUPT', ['first', 'second']], `bit ${bit}`).toContainEqual(read);
    }
  });
});

async function appendAll(
  disk: FakeDisk,
  values: readonly string[],
  options: Partial<SegmentJournalOptions> = {},
): Promise<void> {
  const journal = await open(disk, options);
  for (const value of values) await journal.append(word(value));
  await journal.close();
}

async function contents(disk: FakeDisk): Promise<string[]> {
  const journal = await open(disk);
  const texts = text(await all(journal.read(journal.heads()[0] ?? 0, 1000)));
  await journal.close();
  return texts;
}

function countSyncs(disk: FakeDisk): () => number {
  let count = 0;
  disk.fault = (operation) => {
    if (operation === 'syncData') count++;
    return null;
  };
  return () => count;
}

function failOnce(disk: FakeDisk, failing: DiskOperation, errno: string): void {
  disk.fault = (operation) => {
    if (operation !== failing) return null;
    disk.fault = null;
    return errno;
  };
}

function flipBit(disk: FakeDisk, at: number, mask = 1): void {
  disk.damage('/journal/0000000000000000.seg', at, mask);
}
