/**
 * A fleet anchored by one notary: gateways that grow at every interval of a day, a cloud in a process of its own, the
 * notary here with a development ledger. Time is compressed: an interval ends when its anchor is in a block. At the end
 * every claim of the evidence must hold: of each gateway's last reading, and of a few gateways' all.
 * @module
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchBlockHashes } from '@sigill/cloud';
import { readKeyFile } from '@sigill/edge';
import {
  type Beacon,
  judge,
  type LedgerPolicy,
  originHash,
  type Policy,
  parseEvidence,
  parsePolicy,
  signSlotRecord,
  toBase64,
  verifyLedgerState,
} from '@sigill/evidence';
import { createCloudClient, createHttpClient, judgeBeacon, systemTimers } from '@sigill/gateway';
import { readProcess } from '../bench/process-figures.ts';
import { done } from '../testing/commands-fixture.ts';
import { createFleetGateway, type FleetGateway, type Send } from '../testing/fleet-gateway.ts';
import { startFleetNotary } from '../testing/fleet-notary.ts';
import { useLedgerPort } from '../testing/notary-site.ts';
import { createRandom } from '../testing/random.ts';
import { startSigill } from '../testing/sigill-process.ts';
import { eventually, freePort } from '../testing/waiting.ts';

export interface FleetOptions {
  readonly count: number;
  readonly intervals: number;
  /** How many gateways have all their readings judged. */
  readonly whole: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface FleetReport {
  readonly intervals: number;
  readonly anchors: number;
  readonly readings: number;
  readonly judged: number;
  /** Readings with a claim that does not hold. */
  readonly unproven: readonly string[];
  /** What notary or gateways complained of. */
  readonly complaints: readonly string[];
  readonly callMs: Spread;
  readonly tellMs: Spread;
  /** All gateways of an interval: batch, receipt, witness. */
  readonly growMs: Spread;
  readonly beaconMs: Spread;
  readonly evidenceMs: Spread;
  readonly perGateway: {
    /** Of the news of an anchor. */
    readonly beaconBytes: number;
    readonly gasShare: number;
    readonly notaryDiskBytesPerInterval: number;
    readonly cloudMsPerInterval: number;
  };
  readonly gasUsed: number;
  readonly cloud: { readonly rssMiB: number; readonly processorSeconds: number };
  readonly evidenceBytes: Spread;
}

export interface Spread {
  readonly median: number;
  readonly worst: number;
}

// As many as a cloud takes in at once.
const AT_ONCE = 12;
// Some gateways stand still for some intervals: then their age tells.
const SILENT_SHARE = 0.1;

export async function runFleet(options: FleetOptions): Promise<FleetReport> {
  const { count, intervals, say } = options;
  const directory = await mkdtemp(join(tmpdir(), 'sigill-fleet-'));
  const at = (...names: string[]) => join(directory, ...names);
  const random = createRandom(options.seed);
  const [port, ledgerPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  await done(
    ...['cloud', 'init', at('cloud'), '--name', 'fleet', '--origins', 'fleet.example'],
    ...['--listen', `127.0.0.1:${port}`, '--ledger', 'development'],
  );
  await useLedgerPort(at('cloud'), ledgerPort);
  const policy = parsePolicy(
    (await readFile(at('cloud', 'policy.json'), 'utf8')).trimEnd(),
  ) as Policy & { ledger: LedgerPolicy };
  const cloud = startSigill(['cloud', 'run', at('cloud', 'cloud.yaml')]);
  const send: Send = (path, type, body) => post(agent, url + path, type, body);
  try {
    await eventually('the cloud answers', async () => (await fetch(`${url}/health`)).ok).catch(
      (error: Error) => {
        throw new Error(`${error.message}; it says ${cloud.said()}`);
      },
    );
    const operator = readKeyFile(at('cloud', 'keys', 'operator.pem'));
    const fleet = Array.from({ length: count }, (_, index) => createFleetGateway(index + 1));
    for (const { record } of fleet) {
      const body = JSON.stringify({ record: toBase64(signSlotRecord(record, operator)) });
      await send('/enroll/v1/records', 'application/json', body);
    }
    say(`${count} gateways are let in`);
    const notary = await startFleetNotary({
      ...{ directory: at('notary'), cloud: url, policy, port: ledgerPort },
      keystore: at('cloud', 'keys', 'anchor.json'),
    });
    const http = createHttpClient(new URL(url), null);
    const client = createCloudClient(http, systemTimers);
    const times = { call: [] as number[], tell: [] as number[], grow: [] as number[] };
    const beaconMs: number[] = [];
    const complaints: string[] = [];
    const beacons = new Map<number, Beacon>();
    let beaconBytes = 0;

    async function askBeacon({ slot, origin, size, root }: FleetGateway): Promise<void> {
      const known = beacons.get(slot)?.anchorIndex ?? -1;
      const told = await client.beacon(origin, known, new AbortController().signal);
      if (told === null) return;
      beaconBytes = JSON.stringify(told, (_, value) =>
        value instanceof Uint8Array ? toBase64(value) : value,
      ).length;
      try {
        const own = { slot, id: originHash(origin), size: size(), root };
        beacons.set(slot, judgeBeacon(told, policy.ledger, own).beacon);
      } catch (error) {
        complaints.push(`${origin}: ${(error as Error).message}`);
      }
    }

    for (let interval = 0; interval < intervals; interval += 1) {
      const growing = fleet.filter(() => random() >= SILENT_SHARE);
      times.grow.push(
        await timed(() =>
          each(growing, ({ grow, slot }) =>
            grow(1 + Math.floor(random() * 3), beacons.get(slot) ?? null, send),
          ),
        ),
      );
      const { callMs, tellMs } = await notary.interval();
      times.call.push(callMs);
      times.tell.push(tellMs);
      beaconMs.push(await timed(() => each(fleet, askBeacon)));
      if ((interval + 1) % 12 === 0)
        say(`${interval + 1} intervals; the last call took ${Math.round(callMs)} ms`);
    }
    await notary.settle();
    const figures = readProcess(cloud.child.pid ?? 0);
    const judged = await judgeAll(fleet, options, policy, url);
    const gasUsed = await notary.gasUsed();
    const report: FleetReport = {
      ...{ intervals, anchors: notary.given(), gasUsed },
      readings: fleet.reduce((sum, one) => sum + one.readings(), 0),
      ...{ judged: judged.ms.length, unproven: judged.unproven },
      complaints: [...complaints, ...notary.events.map(({ text }) => text)],
      ...{ callMs: spread(times.call), tellMs: spread(times.tell), growMs: spread(times.grow) },
      ...{ beaconMs: spread(beaconMs), evidenceMs: spread(judged.ms) },
      evidenceBytes: spread(judged.bytes),
      perGateway: {
        ...{ beaconBytes, gasShare: round(gasUsed / count) },
        notaryDiskBytesPerInterval: round(
          (await sizeOf(at('notary', 'notary', 'calls'))) / intervals / count,
        ),
        cloudMsPerInterval: round((figures.processorSeconds * 1000) / intervals / count),
      },
      cloud: {
        rssMiB: Math.round(figures.rssBytes / 1_048_576),
        processorSeconds: figures.processorSeconds,
      },
    };
    http.close();
    await notary.close();
    return report;
  } finally {
    agent.destroy();
    await cloud.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Of every gateway its last reading, of some every one. */
async function judgeAll(
  fleet: readonly FleetGateway[],
  { whole }: FleetOptions,
  policy: Policy & { ledger: LedgerPolicy },
  url: string,
) {
  const wanted = fleet.flatMap((one, index) => {
    const last = one.readings() - 1;
    const all = Array.from({ length: last + 1 }, (_, seq) => ({ ...one, seq }));
    return index < whole ? all : all.slice(-1);
  });
  const unproven: string[] = [];
  const [ms, bytes]: [number[], number[]] = [[], []];
  const blocks = new Map<number, Awaited<ReturnType<typeof fetchBlockHashes>>>();
  for (const { agent, seq, origin } of wanted) {
    let text = '';
    ms.push(
      await timed(async () => {
        text = await (await fetch(`${url}/api/v1/evidence/${agent}/${seq}`)).text();
      }),
    );
    bytes.push(text.length);
    try {
      const file = parseEvidence(text);
      if (file.ledger === null) throw new Error('it is not anchored');
      const { contract, profile, endpoints } = policy.ledger;
      const { blockNumber } = verifyLedgerState(file.ledger, contract, profile);
      const known = blocks.get(blockNumber) ?? (await fetchBlockHashes(endpoints, blockNumber));
      blocks.set(blockNumber, known);
      const { claims } = judge(file, policy, { blocks: known.seen });
      // No frames are kept here, so nothing is decoded again.
      const open = claims.filter(({ claim, holds }) => holds !== 'yes' && claim !== 'decoded');
      for (const { claim, holds } of open) unproven.push(`${origin} ${seq}: ${claim} ${holds}`);
    } catch (error) {
      unproven.push(`${origin} ${seq}: ${(error as Error).message} ${text.slice(0, 200)}`);
    }
  }
  return { unproven, ms, bytes };
}

async function each<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of left) await work(one);
    }),
  );
}

function post(agent: Agent, url: string, type: string, body: Uint8Array | string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
    const asked = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        response.statusCode === 200
          ? resolve(text)
          : reject(new Error(`${url}: ${response.statusCode} ${text}`)),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return { median: round(median), worst: round(sorted.at(-1) ?? 0) };
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(
    async ({ parentPath, name }) => (await stat(join(parentPath, name))).size,
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
