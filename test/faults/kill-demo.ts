/**
 * Kills the whole demonstration with SIGKILL at random moments, starting it again each time, and
 * then asks the cloud for everything: no number missing, none twice, every outage told, all proven.
 * @module
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningDemo, startDemo } from '../testing/demo-process.ts';
import { createRandom } from '../testing/random.ts';
import { eventually, freePort } from '../testing/waiting.ts';
import {
  findHoles,
  findUnproven,
  listAllReadings,
  type ToldReading,
  type Unproven,
} from './completeness.ts';

export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  /** The latest moment of a kill, after the start of the demonstration. */
  readonly longestMs: number;
  readonly say: (line: string) => void;
}

export interface KillReport {
  readonly readings: number;
  readonly holes: readonly string[];
  /** Kills after which no gap reading tells of the outage. */
  readonly untold: readonly string[];
  readonly unproven: readonly Unproven[];
  readonly leftProcesses: readonly number[];
}

const SETTLE_MS = 90_000;

export async function killDemo({ kills, seed, longestMs, say }: KillOptions): Promise<KillReport> {
  const random = createRandom(seed);
  const data = await mkdtemp(join(tmpdir(), 'sigill-kill-'));
  const options = { data, port: await freePort(), ledgerPort: await freePort() };
  const url = `http://127.0.0.1:${options.port}`;
  const outages: { readonly from: number; readonly wasReading: boolean }[] = [];
  const left: number[] = [];
  let demo: RunningDemo | null = null;
  try {
    // The first start makes keys and builds the page: let it read once, so that there is a stream.
    let startedAt = Date.now();
    demo = startDemo(options);
    await ready(demo, url, startedAt);
    for (let kill = 1; kill <= kills; kill += 1) {
      const delayMs = Math.round(random() * longestMs);
      await sleep(delayMs);
      const newest = await newestTime(url).catch(() => null);
      const wasReading = newest !== null && Date.now() - newest < 5000;
      demo.signalAll('SIGKILL');
      await demo.ended;
      // Only now: until it is dead it may stamp one more reading.
      const from = Date.now();
      const gone = demo;
      left.push(...(await eventuallyNone(gone)));
      outages.push({ from, wasReading });
      say(`kill ${kill}/${kills} after ${delayMs} ms`);
      startedAt = Date.now();
      demo = startDemo(options);
    }
    await ready(demo, url, startedAt);
    const settledAt = Date.now();
    const readings = await eventually(
      'every reading up to now is final',
      async () => {
        const all = await listAllReadings(url);
        const due = all.filter(({ time }) => time <= settledAt);
        const isSettled = due.every(({ state }) => state === 'final');
        return isSettled && all.some(({ time, kind }) => kind === 'meter' && time > settledAt)
          ? due
          : null;
      },
      SETTLE_MS,
    );
    say(`${readings.length} readings, all final; judging each`);
    const policy = await readFile(join(data, 'policy.json'), 'utf8');
    return {
      readings: readings.length,
      holes: findHoles(readings),
      untold: outages
        .filter((outage) => outage.wasReading && !isTold(readings, outage.from))
        .map(({ from }) => new Date(from).toISOString()),
      unproven: await findUnproven(url, policy, readings),
      leftProcesses: left,
    };
  } finally {
    demo?.signalAll('SIGTERM');
    await demo?.ended;
    demo?.signalAll('SIGKILL');
    await rm(data, { recursive: true, force: true });
  }
}

/** A gap reading in the meter's stream, stamped after the kill and before the next meter reading. */
function isTold(readings: readonly ToldReading[], from: number): boolean {
  const stream = readings.filter(({ source, device }) => source === 'house-17' && device !== '');
  const after = stream.filter(({ time }) => time > from).sort((a, b) => a.seq - b.seq);
  return after[0]?.kind === 'gap';
}

/** It has read something since it was started: what stands there from an earlier life does not count. */
async function ready(demo: RunningDemo, url: string, since: number): Promise<void> {
  await eventually(
    'the demonstration is ready',
    async () => {
      if (demo.child.exitCode !== null) throw new Error(`it ended: ${demo.said()}`);
      const newest = await newestTime(url);
      return newest !== null && newest > since;
    },
    SETTLE_MS,
  );
}

async function newestTime(url: string): Promise<number | null> {
  const answer = await fetch(`${url}/api/v1/streams`);
  const { streams } = (await answer.json()) as {
    streams: { source: string; kind: string; latest: { time: number } | null }[];
  };
  const times = streams
    .filter(({ source, kind }) => source === 'house-17' && kind === 'meter')
    .map(({ latest }) => latest?.time ?? 0);
  return times.length === 0 ? null : Math.max(...times);
}

async function eventuallyNone(demo: RunningDemo): Promise<number[]> {
  await eventually('no process is left', async () => demo.left().length === 0, 5000).catch(
    () => {},
  );
  return demo.left();
}
