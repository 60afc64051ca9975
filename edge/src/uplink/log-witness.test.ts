import { originHash } from '@sigill/evidence';
import { expect, it } from 'vitest';
import { createFakeDisk, type FakeDisk } from '../journal/disk-fake.ts';
import { openLogWitness } from './log-witness.ts';
import { createSiteLog, type FixtureSiteLog } from './site-log-fixture.ts';

const DIRECTORY = '/data';

it('remembers the newest checkpoint, whenever the power goes', async () => {
  const log = createSiteLog();
  const disk = createFakeDisk();
  const witness = await open(disk, log);
  const moments: { disk: FakeDisk; kept: number; followed: number }[] = [];
  let kept = 0;
  let followed = 0;
  disk.onBoundary = () => {
    for (const state of disk.crashStates()) moments.push({ disk: state.disk, kept, followed });
  };
  for (let size = 1; size <= 5; size++) {
    log.add({ number: size, seal: new Uint8Array([size]) });
    await witness.follow(log.checkpoint(), followed, log.consistency(followed));
    followed = size;
    await witness.keep();
    kept = size;
  }
  disk.onBoundary = null;

  expect(moments.length).toBeGreaterThan(40);
  for (const moment of moments) {
    const { newest } = await open(moment.disk.kill(), log);
    expect(newest.size).toBeGreaterThanOrEqual(moment.kept);
    expect(newest.size).toBeLessThanOrEqual(moment.followed);
  }
});

it('writes once for many checkpoints, and not at all for none', async () => {
  const log = createSiteLog();
  const disk = createFakeDisk();
  const witness = await open(disk, log);
  let writes = 0;
  disk.fault = (operation) => {
    if (operation === 'write') writes++;
    return null;
  };
  await witness.keep();
  expect(writes).toBe(0);
  log.add({ number: 0, seal: new Uint8Array([1]) });
  await witness.follow(log.checkpoint(), 0, []);
  await Promise.all([witness.keep(), witness.keep(), witness.keep()]);
  expect(writes).toBe(1);
});

it('of another gateway, or damaged, begins anew and leaves what it found', async () => {
  const log = createSiteLog();
  const disk = createFakeDisk();
  const witness = await open(disk, log);
  log.add({ number: 0, seal: new Uint8Array([1]) });
  await witness.follow(log.checkpoint(), 0, []);
  await witness.keep();

  expect((await open(disk, createSiteLog())).newest.size).toBe(0);
  expect([...disk.files().keys()]).toContain(`${DIRECTORY}/site-log-checkpoint-unread`);
});

it('of a log that continues a closed one begins anew, without a word, and leaves its note under its number', async () => {
  const log = createSiteLog();
  const disk = createFakeDisk();
  const witness = await open(disk, log);
  log.add({ number: 0, seal: new Uint8Array([1]) });
  await witness.follow(log.checkpoint(), 0, []);
  await witness.keep();
  expect(witness.log).toBeNull();

  const third = log.next(3);
  const words: unknown[] = [];
  const tell = (_facts: unknown, text: string) => words.push(text);
  const listening = { info: tell, warn: tell, error: tell };
  const earlier = [log.next(2).name.origin, log.name.origin];
  for (let opening = 0; opening < 2; opening++) {
    const next = await open(disk, third, { earlier, log: listening });
    expect(next.newest.size).toBe(0);
    expect(next.log).toEqual(originHash(third.name.origin));
  }
  const note = disk.files().get(`${DIRECTORY}/site-log-checkpoint-1`);
  expect(new TextDecoder().decode(note)).toBe(log.checkpoint());
  expect(words).toEqual([]);
});

it('keeps the proof against each generation, however much there is against another', async () => {
  const disk = createFakeDisk();
  const first = createSiteLog();
  const second = first.next();
  const evidence = () => [...disk.files().keys()].filter((path) => path.includes('contradiction'));
  for (const log of [first, second]) {
    const earlier = log === second ? [first.name.origin] : [];
    const witness = await open(disk, log, { earlier });
    for (let size = 0; size < 12; size++) log.add({ number: size, seal: new Uint8Array([size]) });
    await witness.follow(log.checkpoint(), 0, []);
    const before = evidence().length;
    for (let size = 11; size > 0; size--) {
      log.entries.pop();
      const shown = witness.follow(log.checkpoint(), size + 1, []);
      await expect(shown).rejects.toMatchObject({ code: 'SITE_LOG_SHORTER' });
    }
    expect(evidence().length - before).toBe(8);
  }
});

function open(
  disk: FakeDisk,
  log: FixtureSiteLog,
  given: Partial<Parameters<typeof openLogWitness>[0]> = {},
) {
  return openLogWitness({ disk, directory: DIRECTORY, siteLog: log.name, ...given });
}
