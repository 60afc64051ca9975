import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytes, key, testArchive, texts } from './archive-contract.ts';
import { openSegmentArchive } from './segment-archive.ts';

testArchive('the archive in segment files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-archive-'));
  return {
    open: () => openSegmentArchive(directory, { segmentBytes: 200 }),
    dispose: () => rm(directory, { recursive: true }),
  };
});

describe('segment files', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sigill-archive-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function filled(count: number, segmentBytes: number): Promise<void> {
    const archive = await openSegmentArchive(directory, { segmentBytes });
    for (let i = 0; i < count; i++) await archive.append(key(1, i), bytes(`batch ${i}`));
    await archive.close();
  }

  async function flipBit(before: string): Promise<void> {
    const path = join(directory, '0000000001.segment');
    const content = await readFile(path);
    content.writeUInt8(content.readUInt8(content.indexOf(before)) ^ 1, content.indexOf(before));
    await writeFile(path, content);
  }

  it('starts a new segment when the newest is full', async () => {
    await filled(20, 100);
    const segments = (await readdir(directory)).filter((name) => name.endsWith('.segment'));
    expect(segments.length).toBeGreaterThan(3);
  });

  it('finds everything again without its index', async () => {
    await filled(20, 100);
    for (const name of await readdir(directory)) {
      if (name.startsWith('index.')) await rm(join(directory, name));
    }
    const archive = await openSegmentArchive(directory, { segmentBytes: 100 });
    expect(await archive.get(key(1, 7))).toEqual(bytes('batch 7'));
    expect(await archive.append(key(1, 19), bytes('batch 19'))).toBe('known');
    expect(await texts(archive.range(key(1, 0).agent, 0, 100))).toHaveLength(20);
    await archive.close();
  });

  it.each([
    ['half a prefix', Buffer.from([0, 0, 0])],
    [
      'a record without its end',
      Buffer.concat([Buffer.from([0, 0, 1, 0, 1, 2, 3, 4]), bytes('x')]),
    ],
    ['zeros', Buffer.alloc(64)],
  ])('cuts a torn tail and sets it aside: %s', async (_, tail) => {
    await filled(3, 1000);
    await appendFile(join(directory, '0000000001.segment'), tail);
    const archive = await openSegmentArchive(directory);
    await archive.append(key(1, 3), bytes('batch 3'));
    expect(await texts(archive.all())).toEqual(['batch 0', 'batch 1', 'batch 2', 'batch 3']);
    await archive.close();
    const aside = (await readdir(directory)).find((name) => name.includes('.cut-'));
    expect(await readFile(join(directory, String(aside)))).toEqual(tail);
  });

  it('goes on after a segment that was killed while it was created', async () => {
    await filled(3, 1000);
    await writeFile(join(directory, '0000000002.segment'), 'SIG');
    const archive = await openSegmentArchive(directory);
    await archive.append(key(1, 3), bytes('batch 3'));
    await archive.close();
    const again = await openSegmentArchive(directory);
    expect(await texts(again.all())).toHaveLength(4);
    await again.close();
  });

  it('says where a bit was flipped, and reads the others', async () => {
    await filled(3, 1000);
    await flipBit('batch 1');
    const archive = await openSegmentArchive(directory);
    await expect(archive.get(key(1, 1))).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
    expect(await archive.get(key(1, 2))).toEqual(bytes('batch 2'));
    await archive.close();
  });

  it('refuses an older segment that was changed when its index is lost', async () => {
    await filled(20, 100);
    await flipBit('batch 1');
    for (const name of await readdir(directory)) {
      if (name.startsWith('index.')) await rm(join(directory, name));
    }
    await expect(openSegmentArchive(directory)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  });

  it('refuses segments that end before their index does', async () => {
    await filled(3, 1000);
    await rm(join(directory, '0000000001.segment'));
    await writeFile(join(directory, '0000000001.segment'), 'SIGILLA1');
    await expect(openSegmentArchive(directory)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  });

  it('is open in one process at a time', async () => {
    const archive = await openSegmentArchive(directory);
    await expect(openSegmentArchive(directory)).rejects.toMatchObject({ code: 'ARCHIVE_IN_USE' });
    await archive.close();
  });
});
