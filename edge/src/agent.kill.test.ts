import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { toHex } from '@sigill/evidence';
import { expect, it } from 'vitest';
import {
  checkedReadings,
  createFakeRandom,
  fieldsOf,
  ofKind,
  sealedBatches,
} from './agent-fixture.ts';
import { startRealAgent } from './killed-agent-fixture.ts';
import type { SealedBatch } from './sealer.ts';

const KILLS = 10;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

it(`keeps its word through ${KILLS} kills at any moment (seed ${SEED})`, async () => {
  const random = createFakeRandom(SEED);
  const directory = await mkdtemp(join(tmpdir(), 'sigill-kill-'));
  try {
    const durable: string[] = [];
    const sealed = new Map<string, string>();
    for (let life = 0; life < KILLS; life++) {
      const lines = await liveUntilLine(directory, 1_000_000 * (life + 1), 1 + random(1)[0]!);
      for (const [what, subject = '', hash = ''] of lines.map((line) => line.split(' '))) {
        if (what === 'durable') durable.push(subject);
        if (what === 'sealed') {
          expect(sealed.get(subject) ?? hash, `batch ${subject}`).toBe(hash);
          sealed.set(subject, hash);
        }
      }
    }

    const batches = await closeAndRead(directory);
    for (const batch of batches) {
      const hash = toHex(batch.headerHash);
      expect(sealed.get(String(batch.number)) ?? hash).toBe(hash);
    }
    const readings = checkedReadings(batches);
    const values = ofKind(readings, 'meter').map((r) => String(fieldsOf(r)['energy.import.t1']));
    expect(new Set(values).size).toBe(values.length);
    expect(durable.filter((value) => !values.includes(value))).toEqual([]);
    expect(ofKind(readings, 'boot')).toHaveLength(KILLS + 1);
  } finally {
    await rm(directory, { recursive: true });
  }
}, 120_000);

/** What the agent said until it was killed, which is some lines in. */
async function liveUntilLine(directory: string, first: number, count: number): Promise<string[]> {
  const fixture = new URL('./killed-agent-fixture.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [fixture, directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === count) child.kill('SIGKILL');
  }
  await exited;
  expect(lines.length).toBeGreaterThanOrEqual(count);
  return lines;
}

async function closeAndRead(directory: string): Promise<SealedBatch[]> {
  const agent = await startRealAgent(directory);
  const batches = await sealedBatches(agent);
  agent.subscribe((batch) => batches.push(batch));
  await agent.close();
  return batches;
}
