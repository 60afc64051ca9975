import { createHash } from 'node:crypto';
import { EMPTY_ROOT, logKey, type NoteKey, signCheckpoint } from '@sigill/evidence';
import { beforeEach, describe, expect, it } from 'vitest';
import { newSigner } from '../testing/site-fixture.ts';
import { beginState, type FolderStore, openFolderStore } from './folder-store.ts';
import { createFakeDisk, type FakeDisk, PowerLoss } from './state-disk-fake.ts';
import type { CosignedHead } from './witness-store.ts';

const log = newSigner();
const key: NoteKey = { name: 'witness.example/w', type: 4, publicKey: newSigner().publicKey };
const ORIGINS = ['example.org/a', 'example.org/b', 'example.org/c'] as const;
const keyOf = (origin: string) => logKey(origin, log.publicKey);

function head(origin: string, size: number, time = 1000 + size): CosignedHead {
  const root = Uint8Array.from(createHash('sha256').update(`${origin} ${size}`).digest());
  const note = signCheckpoint({ origin, size, root }, log);
  return { origin, size, root, note, time };
}

let disk: FakeDisk;
beforeEach(async () => {
  disk = createFakeDisk();
  await beginState(disk, key);
});

const open = (on = disk) => openFolderStore(on, key, keyOf);

describe('the memory of a witness', () => {
  it('is what it was, after a restart', async () => {
    const store = await open();
    expect(await store.head(ORIGINS[0])).toBeNull();
    expect(await store.advance(0, head(ORIGINS[0], 3))).toBe(true);
    expect(await store.advance(3, head(ORIGINS[0], 5))).toBe(true);
    expect(await store.advance(0, head(ORIGINS[1], 1))).toBe(true);
    const again = await open();
    expect(await again.head(ORIGINS[0])).toEqual(head(ORIGINS[0], 5));
    expect(await again.head(ORIGINS[1])).toEqual(head(ORIGINS[1], 1));
    expect(await again.newestTime()).toBe(1005);
    expect(again.keys()).toEqual([keyOf(ORIGINS[0]), keyOf(ORIGINS[1])]);
  });

  it('moves from where it stands, and from nowhere else', async () => {
    const store = await open();
    expect(await store.advance(2, head(ORIGINS[0], 3))).toBe(false);
    await store.advance(0, head(ORIGINS[0], 3));
    expect(await store.advance(0, head(ORIGINS[0], 4))).toBe(false);
    expect(await store.head(ORIGINS[0])).toEqual(head(ORIGINS[0], 3));
  });

  it('of why it must not sign again stays', async () => {
    await (await open()).retire('it forgot');
    expect(await (await open()).retired()).toBe('it forgot');
  });
});

describe('power that fails in any step', () => {
  const plan = [
    [ORIGINS[0], 0, 3],
    [ORIGINS[1], 0, 2],
    [ORIGINS[0], 3, 4],
    [ORIGINS[0], 4, 4],
    [ORIGINS[2], 0, 1],
    [ORIGINS[1], 2, 9],
  ] as const;

  /** What was told to be durable, and what was under way. */
  async function work(store: FolderStore) {
    const told = new Map<string, number>();
    for (const [at, [origin, from, to]] of plan.entries()) {
      try {
        await store.advance(from, head(origin, to, 2000 + at));
      } catch (error) {
        return { told, underWay: { origin, to }, error };
      }
      told.set(origin, to);
    }
    return { told, underWay: null, error: null };
  }

  it('takes nothing back that was told', async () => {
    const whole = await open();
    const before = disk.steps();
    expect((await work(whole)).underWay).toBeNull();
    const steps = disk.steps() - before;
    expect(steps).toBe(27);
    for (let step = 1; step <= steps; step += 1) {
      for (const kept of [true, false]) {
        disk = createFakeDisk();
        await beginState(disk, key);
        const store = await open();
        disk.failAt(step);
        const { told, underWay, error } = await work(store);
        expect((error as Error).cause).toBeInstanceOf(PowerLoss);
        const after = disk.afterPowerLoss(kept);
        const again = await open(after);
        for (const origin of ORIGINS) {
          const size = (await again.head(origin))?.size ?? 0;
          const least = told.get(origin) ?? 0;
          const may = origin === underWay?.origin ? [least, underWay.to] : [least];
          expect(may, `step ${step}`).toContain(size);
        }
        // And it goes on.
        const size = (await again.head(ORIGINS[0]))?.size ?? 0;
        expect(await again.advance(size, head(ORIGINS[0], size + 1))).toBe(true);
        expect((await (await open(after)).head(ORIGINS[0]))?.size).toBe(size + 1);
      }
    }
  });
});

describe('a disk that takes no more', () => {
  it('costs a cosignature, and is tried again', async () => {
    const store = await open();
    await store.advance(0, head(ORIGINS[0], 3));
    disk.refuse('ENOSPC', 'write');
    await expect(store.advance(3, head(ORIGINS[0], 4))).rejects.toMatchObject({
      ...{ code: 'WITNESS_STATE', retryable: true },
      message: expect.stringContaining('ENOSPC'),
    });
    expect((await store.head(ORIGINS[0]))?.size).toBe(3);
    expect(await store.advance(3, head(ORIGINS[0], 4))).toBe(true);
  });

  it.each(['rename', 'syncFolder'] as const)(
    'in a %s leaves open what is on it: nothing is kept until it was read again',
    async (what) => {
      const store = await open();
      await store.advance(0, head(ORIGINS[0], 3));
      disk.refuse('EIO', what);
      await expect(store.advance(3, head(ORIGINS[0], 4))).rejects.toMatchObject({
        code: 'WITNESS_STATE',
      });
      await expect(store.advance(3, head(ORIGINS[0], 4))).rejects.toMatchObject({
        code: 'WITNESS_STATE',
      });
      const { size } = (await (await open()).head(ORIGINS[0])) as CosignedHead;
      expect([3, 4]).toContain(size);
    },
  );
});

describe('a memory that is not whole', () => {
  beforeEach(async () => {
    const store = await open();
    await store.advance(0, head(ORIGINS[0], 3));
    await store.advance(0, head(ORIGINS[1], 3));
  });
  const file = () => [...disk.content.keys()].find((name) => name.startsWith('log/')) ?? '';
  const change = (name: string, edit: (bytes: Buffer) => Buffer) =>
    disk.content.set(name, { bytes: edit(disk.content.get(name)?.bytes ?? Buffer.alloc(0)) });

  it.each<[string, () => void]>([
    ['without its list', () => disk.content.delete('logs')],
    ['without everything', () => disk.content.clear()],
    ['without a log', () => disk.content.delete(file())],
    ['of which a log was cut', () => change(file(), (bytes) => bytes.subarray(0, 100))],
    ['of which a log is empty', () => change(file(), () => Buffer.alloc(0))],
    ['of which a bit flipped', () => change(file(), (bytes) => flipped(bytes, 150))],
    ['of which the list was cut', () => change('logs', (bytes) => bytes.subarray(0, -3))],
    ['of which the list is another witness’s', () => change('logs', (bytes) => flipped(bytes, 70))],
    ['of which a log lies under another name', () => disk.content.set('log/00', swapped())],
  ])('%s retires it, with a sentence that says so', async (_, spoil) => {
    spoil();
    await expect(open()).rejects.toMatchObject({
      code: 'WITNESS_RETIRED',
      message: expect.stringContaining('its key must never sign again'),
    });
  });

  it('is not begun anew over an old one', async () => {
    await expect(beginState(disk, key)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    disk.content.delete('logs');
    await expect(beginState(disk, key)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });

  const swapped = () => ({ bytes: disk.content.get(file())?.bytes ?? Buffer.from(EMPTY_ROOT) });

  function flipped(bytes: Buffer, at: number): Buffer {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  }
});
