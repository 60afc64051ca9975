/**
 * How fast a cloud takes readings in, over HTTP, until they can be queried:
 *
 *     node cloud/src/testing/ingest-bench.ts [fields] [readings a second, 0: as fast as it goes] [seconds]
 *
 * The cloud is a process of its own; batches are sealed beforehand. Prints one line of JSON.
 * @module
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Field } from '@sigill/evidence';
import { createCloudFixture, postBatches } from './cloud-fixture.ts';
import { type FixtureReading, START } from './site-fixture.ts';

const RUN = `
  import { commands } from ${JSON.stringify(join(import.meta.dirname, '../commands.ts'))};
  const { stdout, stderr, stdin, env } = process;
  const signal = new AbortController().signal;
  const command = commands.find(({ name }) => name === 'cloud run');
  await command.run([process.argv.at(-1)], { stdin, stdout, stderr, env, signal });
`;
// The gateway's limits: a batch closes at so many readings or bytes.
const BATCH_READINGS = 500;
const BATCH_BYTES = 262_144;
const METERS = 100;

const [fieldCount = 1, rate = 0, seconds = 10] = process.argv.slice(2).map(Number);
const fixture = await createCloudFixture();
const child = spawn(process.execPath, ['--input-type=module', '-e', RUN, fixture.configFile], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
const url = await new Promise<string>((resolve) =>
  child.stdout.once('data', (text) => resolve(String(text).trim())),
);
try {
  console.log(JSON.stringify(await measure()));
} finally {
  child.kill('SIGKILL');
  await fixture.dispose();
}

async function measure(): Promise<object> {
  const { agent, origin } = fixture.site;
  const total = (rate === 0 ? (fieldCount === 1 ? 20_000 : 4000) : rate) * seconds;
  const perBatch = Math.min(
    BATCH_READINGS,
    Math.floor(BATCH_BYTES / (fieldCount === 1 ? 200 : 2600)),
  );
  const batches = Array.from({ length: Math.ceil(total / perBatch) }, (_, b) =>
    agent.seal(Array.from({ length: perBatch }, (_, i) => reading(b * perBatch + i))),
  );
  const sent = batches.length * perBatch;
  const bytes = batches.reduce((sum, batch) => sum + batch.bytes.length, 0);
  const cpu = await cpuSeconds();
  const answers: number[] = [];
  const began = performance.now();
  for (let next = 0; next < batches.length; ) {
    const ready =
      rate === 0 ? next + 16 : Math.floor((((performance.now() - began) / 1000) * rate) / perBatch);
    const window = batches.slice(next, Math.min(ready, next + 16));
    if (window.length === 0) {
      await sleep(20);
      continue;
    }
    const asked = performance.now();
    const answer = await postBatches(url, origin, next, window);
    next = ((await answer.json()) as { next: number }).next;
    answers.push(performance.now() - asked);
  }
  const durable = performance.now() - began;
  while ((await arrival()) < batches.length) await sleep(10);
  const queryable = performance.now() - began;
  answers.sort((a, b) => a - b);
  return {
    fields: fieldCount,
    readings: sent,
    megabytes: Number((bytes / 1e6).toFixed(1)),
    durablePerSecond: Math.round((sent * 1000) / durable),
    queryablePerSecond: Math.round((sent * 1000) / queryable),
    cpuSeconds: Number(((await cpuSeconds()) - cpu).toFixed(2)),
    wallSeconds: Number((queryable / 1000).toFixed(2)),
    answerMs: { median: at(answers, 0.5), p99: at(answers, 0.99) },
  };
}

function reading(seq: number): FixtureReading {
  const fields = Array.from(
    { length: fieldCount },
    (_, i): Field => ({
      name: `energy.import.t${String(i).padStart(2, '0')}`,
      value: { mantissa: BigInt((seq * 7 + i * 131) % 1_000_000), exponent: -3 },
      unit: 'kWh',
      code: `1-0:${i}.8.0`,
    }),
  );
  const device = `meter-${seq % METERS}`;
  const time = START + 1000 * Math.floor(seq / METERS);
  return fieldCount === 1
    ? { device, time, fields }
    : { device, time, fields, frame: randomBytes(900) };
}

async function arrival(): Promise<number> {
  return ((await (await fetch(`${url}/health`)).json()) as { arrival: number }).arrival;
}

async function cpuSeconds(): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (.*)$/m.exec(text)?.[1]);
}

function at(sorted: readonly number[], part: number): number {
  return Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0);
}
