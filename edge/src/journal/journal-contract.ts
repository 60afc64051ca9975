import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EdgeError } from '../errors.ts';
import type { Journal, JournalOptions, JournalRecord, Position } from './journal.ts';

/** What every journal does. `open` gives an empty one whose appends become durable without anybody advancing a clock. */
export function testJournal(open: (options: JournalOptions) => Promise<Journal>): void {
  describe('as any journal', () => {
    let journal: Journal;

    async function reopen(options: JournalOptions = {}): Promise<void> {
      await journal.close();
      journal = await open(options);
    }

    beforeEach(async () => {
      journal = await open({});
    });
    afterEach(() => journal.close());

    it('gives back what was appended, in order', async () => {
      const appended = await Promise.all(words('alpha', 'beta', 'gamma').map(journal.append));

      const records = await all(journal.read(0, 10));

      expect(text(records)).toEqual(['alpha', 'beta', 'gamma']);
      expect(records.map((record) => record.position)).toEqual(appended);
    });

    it('links each record to the next by position', async () => {
      await Promise.all(words('alpha', 'beta', 'gamma').map(journal.append));
      const [first, second] = await all(journal.read(0, 10));

      expect(second?.position).toBe(first?.next);
      expect(text(await all(journal.read(second!.position, 10)))).toEqual(['beta', 'gamma']);
    });

    it('reads no more than asked for, and the same again', async () => {
      await Promise.all(words('alpha', 'beta', 'gamma').map(journal.append));

      expect(text(await all(journal.read(0, 2)))).toEqual(['alpha', 'beta']);
      expect(text(await all(journal.read(0, 2)))).toEqual(['alpha', 'beta']);
    });

    it('has nothing to read when empty', async () => {
      expect(await all(journal.read(0, 10))).toEqual([]);
      expect(journal.heads()).toEqual([]);
    });

    it('opens a segment when it is told to, so that all before can go', async () => {
      await reopen({ segmentHead: () => word('head') });
      await journal.append(word('before'));
      journal.roll();
      await journal.append(word('after'));
      await journal.append(word('and on'));
      expect(journal.heads()).toHaveLength(2);
      await journal.release(journal.heads()[1]!);

      expect(text(await all(journal.read(journal.heads()[0]!, 9)))).toEqual([
        'head',
        'after',
        'and on',
      ]);
    });

    it('begins every segment with a record that knows what came before it', async () => {
      let appended = 0;
      await reopen({ segmentBytes: 100, segmentHead: () => word(`head after ${appended}`) });
      for (let index = 0; index < 12; index++) {
        const done = journal.append(word(`record number ${index} of 12`));
        appended++;
        await done;
      }

      const texts = text(await all(journal.read(0, 100)));

      expect(journal.heads().length).toBeGreaterThan(2);
      for (const position of journal.heads()) {
        const [head, behind] = text(await all(journal.read(position, 2)));
        expect(behind).toBe(`record number ${head?.slice('head after '.length)} of 12`);
      }
      expect(texts.filter((line) => line.startsWith('record'))).toHaveLength(12);
    });

    it('releases whole segments, and what is held stays readable', async () => {
      await reopen({ segmentBytes: 100 });
      const positions: Position[] = [];
      for (let index = 0; index < 12; index++) {
        positions.push(await journal.append(word(`record number ${index} of 12`)));
      }

      await journal.release(positions[7]!);

      const first = journal.heads()[0]!;
      expect(first).toBeGreaterThan(0);
      expect(first).toBeLessThanOrEqual(positions[7]!);
      expect(text(await all(journal.read(positions[7]!, 100)))).toHaveLength(5);
      await expect(all(journal.read(0, 1))).rejects.toMatchObject({ code: 'JOURNAL_POSITION' });
    });

    it('takes releases that overlap, and closes only when they are done', async () => {
      await reopen({ segmentBytes: 100 });
      const positions: Position[] = [];
      for (let index = 0; index < 12; index++) {
        positions.push(await journal.append(word(`record number ${index} of 12`)));
      }

      const releases = [3, 7, 5].map((index) => journal.release(positions[index]!));
      await journal.close();
      await Promise.all(releases);
    });

    it('keeps the newest segment whatever is released', async () => {
      const position = await journal.append(word('alpha'));
      await journal.release(position + 1_000_000);

      expect(text(await all(journal.read(position, 1)))).toEqual(['alpha']);
    });

    it('refuses when full, and takes records again after a release', async () => {
      await reopen({ segmentBytes: 100, maxBytes: 300 });
      const positions: Position[] = [];
      const refusal = await fill(journal, positions);

      expect(refusal).toMatchObject({ code: 'JOURNAL_FULL', retryable: true });
      expect(journal.usage().heldBytes).toBeLessThanOrEqual(300);
      await journal.release(positions.at(-1)!);
      await journal.append(word('after the release'));
    });

    it('refuses empty and oversized records', async () => {
      await reopen({ maxRecordBytes: 8 });

      await expect(journal.append(word(''))).rejects.toMatchObject({ code: 'RECORD_SIZE' });
      await expect(journal.append(word('nine byte'))).rejects.toMatchObject({
        code: 'RECORD_SIZE',
      });
      await journal.append(word('8 bytes!'));
    });

    it('takes nothing after it is closed', async () => {
      await journal.close();

      await expect(journal.append(word('late'))).rejects.toMatchObject({ code: 'JOURNAL_CLOSED' });
    });
  });
}

async function fill(journal: Journal, positions: Position[]): Promise<EdgeError> {
  for (;;) {
    try {
      positions.push(await journal.append(word('a record of some length')));
    } catch (error) {
      return error as EdgeError;
    }
  }
}

export function word(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function words(...values: string[]): Uint8Array[] {
  return values.map(word);
}

export function text(records: readonly JournalRecord[]): string[] {
  return records.map((record) => new TextDecoder().decode(record.payload));
}

export async function all(records: AsyncIterable<JournalRecord>): Promise<JournalRecord[]> {
  const list: JournalRecord[] = [];
  for await (const record of records) list.push(record);
  return list;
}
