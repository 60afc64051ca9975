import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { decodeBatch, decodeReading, leafHash, toHex } from '@sigill/evidence';
import { expect, it } from 'vitest';
import { checkedReadings, createFakeRandom, sealedBatches } from './agent-fixture.ts';
import { exactOf } from './cell-twin.ts';
import { twinsIn } from './cell-twin-fixture.ts';
import { PERIOD_REAL_MS, startFastAgent } from './cell-twin-killed-fixture.ts';

const KILLS = 8;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

it(`seals each twin once through ${KILLS} kills at any moment (seed ${SEED})`, async () => {
  const random = createFakeRandom(SEED);
  const directory = await mkdtemp(join(tmpdir(), 'sigill-twins-'));
  try {
    for (let life = 0; life < KILLS; life++) await liveUntilLine(directory, 5 + random(1)[0]!);
    const agent = await startFastAgent(directory);
    // The hour's mark of its clock comes each six seconds; a minute's twins are sealed at the minute.
    await setTimeout(3 * PERIOD_REAL_MS);
    const batches = await sealedBatches(agent);
    agent.subscribe((batch) => batches.push(batch));
    await agent.close();

    checkedReadings(batches);
    const contents = batches.flatMap((batch) => decodeBatch(batch.bytes).readings);
    const fixes = contents.filter((bytes) => {
      const { source, kind } = decodeReading(bytes);
      return source === 'wolf' && kind === 'position';
    });
    const twins = twinsIn(contents.map((bytes) => decodeReading(bytes)));
    expect(fixes.length).toBeGreaterThan(KILLS);
    expect(twins.map((twin) => toHex(exactOf(twin)!)).toSorted()).toEqual(
      fixes.map((bytes) => toHex(leafHash(bytes))).toSorted(),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}, 120_000);

/** Killed some lines in: while fixes come, or while twins are sealed. */
async function liveUntilLine(directory: string, count: number): Promise<void> {
  const fixture = new URL('./cell-twin-killed-fixture.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [fixture, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let lines = 0;
  for await (const _ of createInterface({ input: child.stdout })) {
    lines += 1;
    if (lines === count) child.kill('SIGKILL');
  }
  await exited;
  expect(lines).toBeGreaterThanOrEqual(count);
}
