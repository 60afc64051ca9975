/** What every archive promises; each implementation's test calls this with a way to open one. */
import { afterEach, describe, expect, it } from 'vitest';
import type { BatchArchive, BatchKey } from './batch-archive.ts';

export interface ArchiveUnderTest {
  /** The same archive each time: what was appended before is still there. */
  open(): Promise<BatchArchive>;
  dispose(): Promise<void>;
}

export function testArchive(name: string, create: () => Promise<ArchiveUnderTest>): void {
  describe(`${name} keeps the archive's promise`, () => {
    let disposals: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const dispose of disposals.reverse()) await dispose();
      disposals = [];
    });

    async function archive(): Promise<{ reopen(): Promise<BatchArchive>; first: BatchArchive }> {
      const place = await create();
      let open = await place.open();
      const first = open;
      disposals.push(async () => {
        await open.close();
        await place.dispose();
      });
      return {
        first,
        async reopen() {
          await open.close();
          open = await place.open();
          return open;
        },
      };
    }

    it('gives back the bytes that were appended', async () => {
      const { first } = await archive();
      expect(await first.append(key(1, 0), bytes('zero'))).toBe('stored');
      expect(await first.get(key(1, 0))).toEqual(bytes('zero'));
      expect(await first.get(key(1, 1))).toBeNull();
      expect(await first.get(key(2, 0))).toBeNull();
    });

    it('keeps everything across a restart', async () => {
      const { first, reopen } = await archive();
      await first.append(key(1, 0), bytes('zero'));
      await first.append(key(1, 1), bytes('one'));
      const again = await reopen();
      expect(await again.get(key(1, 1))).toEqual(bytes('one'));
      expect(await again.append(key(1, 0), bytes('zero'))).toBe('known');
      expect(await texts(again.all())).toEqual(['zero', 'one']);
    });

    it('takes equal bytes again as known, also while the first are still being written', async () => {
      const { first } = await archive();
      const both = await Promise.all([
        first.append(key(1, 0), bytes('zero')),
        first.append(key(1, 0), bytes('zero')),
      ]);
      expect(both).toEqual(['stored', 'known']);
      expect(await first.append(key(1, 0), bytes('zero'))).toBe('known');
      expect(await texts(first.all())).toEqual(['zero']);
    });

    it('refuses other bytes under the same number and keeps the first', async () => {
      const { first } = await archive();
      const [stored, refused] = await Promise.allSettled([
        first.append(key(1, 0), bytes('zero')),
        first.append(key(1, 0), bytes('ZERO')),
      ]);
      expect(stored.status).toBe('fulfilled');
      expect(refused).toMatchObject({ reason: { code: 'ARCHIVE_CONFLICT' } });
      await expect(first.append(key(1, 0), bytes('null'))).rejects.toMatchObject({
        code: 'ARCHIVE_CONFLICT',
      });
      expect(await first.get(key(1, 0))).toEqual(bytes('zero'));
    });

    it('gives a range of one agent by number, skipping holes', async () => {
      const { first } = await archive();
      for (const batch of [3, 0, 1, 200, 5]) {
        await first.append(key(1, batch), bytes(`one-${batch}`));
        await first.append(key(2, batch), bytes(`two-${batch}`));
      }
      expect(await texts(first.range(key(1, 0).agent, 1, 200))).toEqual([
        'one-1',
        'one-3',
        'one-5',
      ]);
      expect(await texts(first.range(key(3, 0).agent, 0, 10))).toEqual([]);
    });

    it('gives what is left of an erased batch, and keeps its neighbours, across a restart', async () => {
      const { first, reopen } = await archive();
      for (const batch of [0, 1, 2])
        await first.append(key(1, batch), bytes(`whole batch ${batch}`));
      await first.erase(key(1, 1), bytes('left'));
      await assertLeft(first);
      await assertLeft(await reopen());
    });

    async function assertLeft(one: BatchArchive): Promise<void> {
      expect(await one.get(key(1, 1))).toEqual(bytes('left'));
      const all = ['whole batch 0', 'left', 'whole batch 2'];
      expect(await texts(one.range(key(1, 0).agent, 0, 9))).toEqual(all);
      expect(await texts(one.all())).toEqual(all);
    }

    it('does not take an erased batch again, nor erase what is not there or nothing', async () => {
      const { first } = await archive();
      await first.append(key(1, 0), bytes('whole batch'));
      await first.erase(key(1, 0), bytes('left'));
      await expect(first.append(key(1, 0), bytes('whole batch'))).rejects.toMatchObject({
        code: 'ARCHIVE_CONFLICT',
      });
      expect(await first.append(key(1, 0), bytes('left'))).toBe('known');
      await first.erase(key(1, 0), bytes('le'));
      expect(await first.get(key(1, 0))).toEqual(bytes('le'));
      await expect(first.erase(key(1, 0), bytes('a much longer one'))).rejects.toMatchObject({
        code: 'ARCHIVE_CONFLICT',
      });
      await expect(first.erase(key(1, 7), bytes(''))).rejects.toMatchObject({
        code: 'ARCHIVE_DAMAGED',
      });
    });

    it('reads a batch whole while others are erased around it', async () => {
      const { first } = await archive();
      const numbers = Array.from({ length: 40 }, (_, i) => i);
      for (const i of numbers) await first.append(key(1, i), bytes(`whole batch ${i}`));
      const erasing = Promise.all(numbers.map((i) => first.erase(key(1, i), bytes(`left ${i}`))));
      for (const i of numbers)
        expect([`whole batch ${i}`, `left ${i}`]).toContain(
          Buffer.from((await first.get(key(1, i))) ?? []).toString(),
        );
      await erasing;
      expect(await texts(first.all())).toEqual(numbers.map((i) => `left ${i}`));
    });

    it('takes many appends at once, in the order of the calls', async () => {
      const { first } = await archive();
      const numbers = Array.from({ length: 300 }, (_, i) => i);
      await Promise.all(numbers.map((i) => first.append(key(1, i), bytes(`b${i}`))));
      expect(await texts(first.all())).toEqual(numbers.map((i) => `b${i}`));
      expect(await texts(first.range(key(1, 0).agent, 0, 300))).toHaveLength(300);
    });
  });
}

export function key(agent: number, batch: number): BatchKey {
  return { agent: new Uint8Array(16).fill(agent), batch };
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export async function texts(batches: AsyncIterable<{ bytes: Uint8Array }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { bytes } of batches) found.push(Buffer.from(bytes).toString());
  return found;
}
