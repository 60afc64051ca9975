/**
 * How fast the calendar answers over many readings, over HTTP:
 *
 *     node cloud/src/testing/completeness-bench.ts [readings, 10000000] [streams, 100] [days, 31]
 *
 * Readings are made up in memory and given to the calendar's store as the projector gives them, in batches of 500, 64 to
 * a transaction; nothing is sealed, because the calendar looks at numbers, times and kinds alone. One reading in a
 * thousand never comes, one in a thousand is a stated gap. Prints one line of JSON.
 * @module
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reading } from '@sigill/evidence';
import { openCompletenessStore } from '../completeness/completeness-store.ts';
import { DAY_MS } from '../completeness/steps.ts';
import type { StoredBatch } from '../readings/reading-store.ts';
import { createCloudFixture } from './cloud-fixture.ts';

const [total = 10_000_000, streams = 100, days = 31] = process.argv.slice(2).map(Number);
// 2026-03-01T00:00:00Z
const FROM = 1_772_323_200_000;
const AGENT = new Uint8Array(16).fill(7);
const BATCH = 500;
const GROUP = 64;
const ASKED = 50;
const SOURCES = 10;

const fixture = await createCloudFixture();
try {
  const path = join(fixture.directory, 'data', 'completeness.sqlite');
  console.log(JSON.stringify({ ...(await fill(path)), ...(await ask(path)) }));
} finally {
  await fixture.dispose();
}

async function fill(path: string): Promise<object> {
  const store = await openCompletenessStore(path);
  const began = performance.now();
  let arrival = 0;
  for (let at = 0; at < total; ) {
    const group: StoredBatch[] = [];
    for (let i = 0; i < GROUP && at < total; i++) {
      const readings = Array.from({ length: BATCH }, () => reading(at++)).filter(
        (one) => one !== null,
      );
      group.push({ arrival: ++arrival, agent: AGENT, batch: arrival, readings });
    }
    await store.write(group);
  }
  await store.close();
  const seconds = (performance.now() - began) / 1000;
  return {
    readings: total,
    streams,
    days,
    fillSeconds: Math.round(seconds),
    perSecond: Math.round(total / seconds),
  };
}

function reading(at: number): Reading | null {
  const n = Math.floor(at / streams);
  const stream = at % streams;
  if (n % 1000 === 999 && n + 1 < total / streams) return null;
  const time = FROM + Math.floor((n * streams * days * DAY_MS) / total);
  const isGap = n % 1000 === 500;
  return {
    ...{ agent: AGENT, seq: at, n, time, kind: isGap ? 'gap' : 'meter' },
    ...{ source: `house-${stream % SOURCES}`, device: `meter-${stream}` },
    clock: { quality: 2, maxErrorMs: 10, deviceTime: null, uptimeMs: 0 },
    origin: { driver: 'sigill', frameHash: null },
    fields: isGap
      ? [
          { name: 'gap.cause', value: 'restart', unit: null, code: null },
          { name: 'gap.from', value: String(time - 1000), unit: 'ms', code: null },
          { name: 'gap.to', value: String(time), unit: 'ms', code: null },
        ]
      : [],
    salt: AGENT,
  };
}

async function ask(path: string): Promise<object> {
  const { url } = await fixture.start();
  const month = `from=${FROM}&to=${FROM + days * DAY_MS}`;
  const agent = Buffer.from(AGENT).toString('hex');
  const { size } = await stat(path);
  return {
    megabytes: Math.round(size / 1e6),
    oneSource: await timed(`${url}/api/v1/completeness?source=house-3&${month}`),
    allOfAnAgent: await timed(`${url}/api/v1/completeness?agent=${agent}&${month}`),
    byMonth: await timed(`${url}/api/v1/completeness?source=house-3&${month}&step=month`),
  };
}

async function timed(address: string): Promise<object> {
  const times: number[] = [];
  let kilobytes = 0;
  let counted = 0;
  for (let i = 0; i < ASKED; i++) {
    const began = performance.now();
    const text = await (await fetch(address)).text();
    times.push(performance.now() - began);
    kilobytes = Math.round(text.length / 1000);
    const { streams: told } = JSON.parse(text) as { streams: { steps: { count: number }[] }[] };
    counted = told.flatMap(({ steps }) => steps).reduce((sum, { count }) => sum + count, 0);
  }
  times.sort((a, b) => a - b);
  const part = (share: number) => Number((times[Math.floor((ASKED - 1) * share)] ?? 0).toFixed(1));
  return { medianMs: part(0.5), p99Ms: part(0.99), kilobytes, counted };
}
