/**
 * The path of a reading, in two halves: driver bytes to durable journal, in one process; and journal
 * to queryable in the cloud, with the gateway and the cloud as the processes they are.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Agent,
  createAgent,
  createSystemClock,
  readBootId,
  systemDisk,
  systemTimers,
  toSourcePlan,
} from '@sigill/edge';
import { createSigner, fromBase64 } from '@sigill/evidence';
import { parseDocument } from 'yaml';
import { runSigill, startSigill } from '../testing/sigill-process.ts';
import { eventually, freePort } from '../testing/waiting.ts';
import { type PartShare, profiled, readProfiles } from './profile.ts';
import type { Workload } from './workloads.ts';

export interface Rate {
  readonly messages: number;
  readonly readings: number;
  readonly fields: number;
  readonly megabytes: number;
  readonly seconds: number;
}

export interface HalfReport extends Rate {
  /** Where the processor's time went, by process. */
  readonly spent: Readonly<Record<string, readonly PartShare[]>>;
}

const SOURCE = 'bench';
const ORIGIN = 'sigill.example/bench/site';
// As many messages as a busy serial server hands over at once; the journal's own bound is 4 times that.
const AT_ONCE = 256;
const ROUNDS_IN_FLIGHT = 4;
const CHUNK_BYTES = 4096;

/** Driver bytes to durable journal; the time counts until the last reading is on disk. */
export async function benchToJournal(workload: Workload, isProfiled: boolean): Promise<HalfReport> {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-bench-'));
  try {
    await initSite(directory, 1);
    const agent = await openSiteAgent(directory, workload);
    const run = () => feed(agent, workload, workload.toJournal);
    const { result, shares } = isProfiled
      ? await profiled(run)
      : { result: await run(), shares: null };
    await agent.close();
    return { ...result, spent: shares === null ? {} : { agent: shares } };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A journal full of readings; then cloud and gateway start, and the time counts from the first answer to the last reading. */
export async function benchToCloud(workload: Workload, isProfiled: boolean): Promise<HalfReport> {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-bench-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const profiles = (name: string) => join(directory, `profile-${name}`);
  const flags = (name: string) =>
    isProfiled ? ['--cpu-prof', '--cpu-prof-dir', profiles(name)] : [];
  try {
    await initSite(directory, port);
    const agent = await openSiteAgent(directory, workload);
    const fed = await feed(agent, workload, workload.toCloud);
    await agent.close();
    const cloud = startSigill(['cloud', 'run', join(directory, 'cloud.yaml')], {
      flags: flags('cloud'),
    });
    await eventually('the cloud answers', async () => (await fetch(`${url}/api/v1/status`)).ok);
    const gateway = startSigill(['gateway', 'run', join(directory, 'gateway.yaml')], {
      flags: flags('gateway'),
    });
    // From the first reading on, so that starting the gateway does not count.
    const first = await eventually('the first readings', () => countReadings(url));
    const started = performance.now();
    const last = await eventually(
      'the last reading',
      async () => {
        const found = await countReadings(url);
        return found !== null && found >= fed.readings ? found : null;
      },
      600_000,
    );
    const seconds = (performance.now() - started) / 1000;
    await gateway.stop();
    await cloud.stop();
    const share = (last - first) / fed.readings;
    return {
      messages: fed.messages * share,
      readings: fed.readings * share,
      fields: fed.fields * share,
      megabytes: fed.megabytes * share,
      seconds,
      spent: isProfiled
        ? { gateway: readProfiles(profiles('gateway')), cloud: readProfiles(profiles('cloud')) }
        : {},
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function feed(agent: Agent, workload: Workload, count: number): Promise<Rate> {
  const messages = workload.messages(count);
  const chunks = chunksOf(messages);
  const session = workload.driver.createSession({});
  let [readings, fields, bytes] = [0, 0, 0];
  const rounds: Promise<unknown>[] = [];
  const started = performance.now();
  let round: Promise<void>[] = [];
  for (const chunk of chunks) {
    bytes += chunk.length;
    for (const observation of session.receive({ bytes: chunk }, Date.now()).observations) {
      readings += 1;
      fields += Object.keys(observation.fields).length;
      round.push(agent.observe(SOURCE, observation));
    }
    if (round.length < AT_ONCE) continue;
    rounds.push(Promise.all(round));
    round = [];
    if (rounds.length >= ROUNDS_IN_FLIGHT) await rounds.shift();
  }
  await Promise.all([...rounds, ...round]);
  const seconds = (performance.now() - started) / 1000;
  return { messages: messages.length, readings, fields, megabytes: bytes / 1e6, seconds };
}

function chunksOf(messages: readonly Uint8Array[]): Uint8Array[] {
  const whole = Buffer.concat(messages);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < whole.length; at += CHUNK_BYTES)
    chunks.push(whole.subarray(at, at + CHUNK_BYTES));
  return chunks;
}

async function initSite(directory: string, port: number): Promise<void> {
  const made = await runSigill([
    ...['gateway', 'init', directory, '--name', 'bench-gateway', '--origin', ORIGIN],
    ...['--cloud', `http://127.0.0.1:${port}`, '--ledger', 'none'],
    // Nothing listens there: the readings are in the journal already.
    ...['--source', `${SOURCE}=dsmr-p1:127.0.0.1:9`],
  ]);
  if (made.code !== 0) throw new Error(made.stderr);
  const file = join(directory, 'gateway.yaml');
  const document = parseDocument(await readFile(file, 'utf8'));
  document.setIn(['checkpoint', 'intervalMs'], 1000);
  await writeFile(file, document.toString());
}

/** The agent of the site, with the journal that its gateway finds afterwards. */
async function openSiteAgent(directory: string, { driver }: Workload): Promise<Agent> {
  const pem = await readFile(join(directory, 'keys/agent.pem'), 'utf8');
  const signer = createSigner(fromBase64(pem.replace(/-----[^-]+-----|\s/g, '')));
  const plan = {
    name: SOURCE,
    cadenceMs: 1000,
    heartbeatMs: 300_000,
    heartbeats: 'device',
    frames: 'keep',
  } as const;
  return createAgent({
    directory: join(directory, 'data/agent'),
    disk: systemDisk,
    timers: systemTimers,
    clock: createSystemClock(),
    random: (length) => Uint8Array.from(randomBytes(length)),
    signer,
    origin: ORIGIN,
    sources: [toSourcePlan(plan, driver, {})],
    boot: readBootId(),
    software: 'sigill/bench',
    configuration: new Uint8Array(32),
  });
}

async function countReadings(url: string): Promise<number | null> {
  const answer = await fetch(`${url}/api/v1/streams`);
  const { streams } = (await answer.json()) as {
    streams: { source: string; device: string; latest: { n: number } | null }[];
  };
  const counts = streams
    .filter(({ source }) => source === SOURCE)
    .map(({ latest }) => (latest?.n ?? -1) + 1);
  const sum = counts.reduce((total, count) => total + count, 0);
  return sum > 0 ? sum : null;
}
