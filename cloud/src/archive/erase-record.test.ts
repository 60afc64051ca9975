import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytes, key, texts } from './archive-contract.ts';
import { openSegmentArchive } from './segment-archive.ts';
import { encodeErased, encodeRecord } from './segment-format.ts';

const SECRET = 'the family was at home';
const COUNT = 60;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sigill-erase-'));
});
afterEach(() => rm(directory, { recursive: true }));

const whole = (batch: number) => `${SECRET} ${batch}. `;

async function filled(count = COUNT): Promise<void> {
  const archive = await openSegmentArchive(directory, { segmentBytes: 2000 });
  for (let i = 0; i < count; i++) await archive.append(key(1, i), bytes(whole(i)));
  await archive.close();
}

async function allFiles(): Promise<string> {
  const names = await readdir(directory);
  return (await Promise.all(names.map((name) => readFile(join(directory, name), 'latin1')))).join();
}

describe('what is erased', () => {
  it('stands in no file of the archive any more, nor in a torn tail that was set aside', async () => {
    await filled(3);
    await writeFile(
      join(directory, '0000000001.segment.cut-99'),
      encodeRecord(key(1, 1), bytes(whole(1))).subarray(0, 60),
    );
    await writeFile(join(directory, '0000000001.segment.cut-7'), Buffer.alloc(64));
    const archive = await openSegmentArchive(directory);
    await archive.erase(key(1, 1), bytes('left'));
    await archive.close();
    const content = await allFiles();
    expect(content).not.toContain(whole(1));
    expect(content).toContain(whole(2));
    expect((await readdir(directory)).filter((name) => name.includes('.cut-'))).toEqual([
      '0000000001.segment.cut-7',
    ]);
  });

  it('is gone after a crash in the middle of the overwriting, and its index lost too', async () => {
    await filled(3);
    const record = encodeRecord(key(1, 1), bytes(whole(1)));
    const erased = encodeErased(key(1, 1), bytes('left'), record.length) as Buffer;
    const path = join(directory, '0000000001.segment');
    const content = await readFile(path);
    const offset = content.indexOf(record);
    erased.copy(content, offset, 0, 40);
    await writeFile(path, content);
    await writeFile(`${path}.erase-${offset}`, erased);
    await writeFile(`${path}.erase-8.new`, 'half');
    await rm(join(directory, 'index.sqlite'));
    const archive = await openSegmentArchive(directory);
    expect(await texts(archive.all())).toEqual([whole(0), 'left', whole(2)]);
    await archive.close();
    expect((await readdir(directory)).filter((name) => name.includes('erase'))).toEqual([]);
    expect(await allFiles()).not.toContain(whole(1));
  });

  it('is gone or whole, and nothing else is touched, wherever the process was killed', async () => {
    await filled();
    await appendFile(
      join(directory, '0000000001.segment.cut-3'),
      encodeRecord(key(1, 1), bytes(whole(1))),
    );
    let done = -1;
    for (let round = 0; done < COUNT - 1; round += 1) {
      // Every few erasures a SIGKILL, wherever they are then.
      done = Math.max(done, await killedAfter(3 + (round % 5)));
      const archive = await openSegmentArchive(directory, { segmentBytes: 2000 });
      const found = await texts(archive.all());
      await archive.close();
      expect(found).toHaveLength(COUNT);
      const content = await allFiles();
      for (const [batch, text] of found.entries()) {
        expect([`left ${batch}`, whole(batch)]).toContain(text);
        if (batch <= done) expect(text).toBe(`left ${batch}`);
        expect(content.includes(whole(batch))).toBe(text === whole(batch));
      }
    }
  }, 60_000);
});

/** The last batch it said it had erased. */
async function killedAfter(lines: number): Promise<number> {
  const script = join(import.meta.dirname, 'erase-kill-fixture.ts');
  const child = spawn(process.execPath, [script, directory, String(COUNT)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let last = -1;
  let fresh = 0;
  for await (const line of createInterface(child.stdout)) {
    const batch = Number(/^erased (\d+)$/.exec(line)?.[1] ?? -1);
    last = Math.max(last, batch);
    if (batch >= 0 && ++fresh >= lines && last >= started + lines) child.kill('SIGKILL');
  }
  await exited;
  started = last;
  return last;
}
let started = -1;
