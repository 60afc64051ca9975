import { decodeBatch, decodeReading, leafHash, type Reading, toHex } from '@sigill/evidence';
import { expect, it } from 'vitest';
import { checkedReadings, OTHER_BOOT, sealedBatches, startAgent } from './agent-fixture.ts';
import { exactOf } from './cell-twin.ts';
import { COLLAR, fix, HOUR_MS, twinsIn } from './cell-twin-fixture.ts';
import { type FakeDisk, fingerprint } from './journal/disk-fake.ts';
import { isCellSource } from './sources/source-plan.ts';
import { createFakeTimers } from './timers-fake.ts';

const LIMITS = { batch: { count: 5 }, journal: { segmentBytes: 2500 } };
const FIXES = 11;
const MINUTE_MS = 60_000;

it('power lost at any step loses no twin, seals none twice, and puts no other reading beside them', async () => {
  const moments = await momentsOfAnHour();
  expect(moments.length).toBeGreaterThan(60);
  let interrupted = 0;
  for (const [index, moment] of moments.entries()) {
    const boot = index % 2 === 0 ? {} : { boot: OTHER_BOOT };
    interrupted += Number(await isInterrupted(moment, boot));
  }
  expect(interrupted).toBeGreaterThan(5);
});

/** Every state that power loss could have left while fixes came, and while their twins were sealed. */
async function momentsOfAnHour(): Promise<FakeDisk[]> {
  const moments = new Map<string, FakeDisk>();
  const { agent, disk, timers } = await startAgent({ sources: [COLLAR], ...LIMITS });
  const note = () => {
    for (const state of disk.crashStates()) moments.set(fingerprint(state.disk), state.disk);
  };
  disk.onBoundary = note;
  for (let step = 0; step < FIXES; step++)
    await agent.observe('wolf', fix(`63.${step}5`, '12.05', `w-${step % 2}`));
  await timers.advance(HOUR_MS);
  disk.onBoundary = null;
  note();
  return [...moments.values()];
}

/** Whether twins were still owed when it started again. */
async function isInterrupted(disk: FakeDisk, given: { boot?: Uint8Array }): Promise<boolean> {
  const timers = createFakeTimers();
  await timers.advance(2 * HOUR_MS - MINUTE_MS);
  const { agent } = await startAgent({
    sources: [COLLAR],
    ...LIMITS,
    ...given,
    disk: disk.kill(),
    timers,
  });
  const atStart = twinsIn(checkedReadings(await sealedBatches(agent))).length;
  await agent.observe('wolf', fix('63.99', '12.05'));
  await timers.advance(MINUTE_MS);
  const contents = (await sealedBatches(agent)).map((batch) => decodeBatch(batch.bytes).readings);
  const readings = contents.flat().map((bytes) => decodeReading(bytes));
  const exact = contents
    .flat()
    .filter((bytes) => isFix(decodeReading(bytes)))
    .map(leafHash);
  const twins = twinsIn(readings).map((twin) => toHex(exactOf(twin)!));
  expect(twins.toSorted()).toEqual(exact.map(toHex).toSorted());
  for (const batch of contents) {
    const sources = batch.map((bytes) => decodeReading(bytes));
    if (twinsIn(sources).length > 0)
      expect(sources.every(({ source }) => isCellSource(source))).toBe(true);
  }
  return atStart > 0 && atStart < exact.length - 1;
}

function isFix({ source, kind }: Reading): boolean {
  return source === 'wolf' && kind === 'position';
}
