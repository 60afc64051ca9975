/**
 * What a gateway takes of a box: memory, processor, and what it writes to the card, at the paces that sites have. The
 * gateway is a process as it is run, with its broker, and a cloud beside it so that batches go on their way and are
 * released.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askStatus } from '@sigill/edge';
import {
  createP1Simulator,
  openPseudoTerminal,
  type PseudoTerminal,
} from '@sigill/firmware-bridge/simulators';
import { eventually } from '../testing/waiting.ts';
import { type FootprintSite, startFootprintSite } from './footprint-site.ts';
import { type DeviceWrites, type MeasuredDisk, openMeasuredDisk } from './measured-disk.ts';
import type { PacedLoadOptions, PacedLoadReport } from './paced-load.ts';
import { childrenOf, type ProcessFigures, readProcess, sumOf } from './process-figures.ts';

export interface FootprintCase {
  /** P1 meters, each with a telegram a second. */
  readonly meters: number;
  /** QoS 1 messages of devices; each is a reading. */
  readonly messagesPerSecond: number;
  readonly payloadBytes: number;
  /** Null: the default. */
  readonly commitWindowMs: number | null;
}

/** How the process is started. */
export interface FootprintSettings {
  readonly title: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface FootprintReport {
  /** Medians over the intervals; the processor's is a share of one core. */
  readonly gateway: Footprint;
  /** The processes that hold serial ports, together. */
  readonly children: Footprint;
  readonly peakRssBytes: number;
  readonly seconds: number;
  /** Bytes of device messages in that time. */
  readonly payloadBytes: number;
  readonly messages: number;
  /** As the kernel accounts them to the process, in pages. */
  readonly dirtiedBytes: number;
  /** Null where it cannot be told. */
  readonly device: DeviceWrites | null;
  /** Which device that is, and who else writes to it. */
  readonly deviceIs: string;
  readonly load: PacedLoadReport | null;
  /** Batches that the cloud has at the end. */
  readonly sentToCloud: number;
}

export interface Footprint {
  readonly rssBytes: number;
  readonly anonymousBytes: number;
  readonly pssBytes: number;
  readonly processorShare: number;
}

export interface FootprintOptions {
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly settings: FootprintSettings;
}

// So many that one that something else disturbed does not count.
const INTERVALS = 6;
const SERIAL_START_MS = 3_000;

export async function benchFootprint(
  given: FootprintCase,
  options: FootprintOptions,
): Promise<FootprintReport> {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-footprint-'));
  const disk = await openMeasuredDisk(directory);
  const meters: Meter[] = [];
  try {
    while (meters.length < given.meters) meters.push(await startMeter(meters.length));
    const site = join(directory, 'site');
    const data = join(disk.directory, 'data');
    await mkdir(site);
    const running = await startFootprintSite({
      ...{ directory: site, data, commitWindowMs: given.commitWindowMs },
      meters: meters.map(({ terminal }) => terminal.path),
      flags: options.settings.flags,
      env: options.settings.env,
    });
    try {
      return await measure({ given, options, running, disk, data, meters });
    } finally {
      await running.stop();
    }
  } finally {
    for (const meter of meters) await meter.stop();
    await disk.remove();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Measured {
  readonly given: FootprintCase;
  readonly options: FootprintOptions;
  readonly running: FootprintSite;
  readonly disk: MeasuredDisk;
  readonly data: string;
  readonly meters: readonly Meter[];
}

async function measure(parts: Measured): Promise<FootprintReport> {
  const { given, options, running, disk, data, meters } = parts;
  const pid = running.gateway.child.pid!;
  const load = given.messagesPerSecond === 0 ? null : await startLoad(given, running);
  try {
    await sleep(SERIAL_START_MS + options.warmUpMs);
    await load?.report();
    const metersBefore = bytesOf(meters);
    const deviceBefore = await disk.written();
    const before = readProcess(pid);
    const startedMs = performance.now();
    const intervals: Interval[] = [];
    let peakRssBytes = 0;
    for (let made = 0; made < INTERVALS; made += 1) {
      intervals.push(await measureInterval(pid, options.measuredMs / INTERVALS));
      peakRssBytes = Math.max(peakRssBytes, intervals.at(-1)!.gateway.rssBytes);
    }
    const seconds = (performance.now() - startedMs) / 1000;
    const after = readProcess(pid);
    const loaded = (await load?.report()) ?? null;
    const deviceAfter = await disk.written();
    const metered = bytesOf(meters);
    const acknowledged = loaded?.acknowledged ?? 0;
    return {
      gateway: medianOf(intervals.map(({ gateway }) => gateway)),
      children: medianOf(intervals.map(({ children }) => children)),
      ...{ peakRssBytes, seconds },
      payloadBytes: acknowledged * given.payloadBytes + (metered.bytes - metersBefore.bytes),
      messages: acknowledged + (metered.telegrams - metersBefore.telegrams),
      dirtiedBytes: after.dirtiedBytes - before.dirtiedBytes,
      device: deviceAfter && deviceBefore && difference(deviceAfter, deviceBefore),
      deviceIs: disk.what,
      load: loaded,
      sentToCloud: await batchesAtCloud(data),
    };
  } finally {
    load?.stop();
  }
}

interface Interval {
  readonly gateway: Footprint;
  readonly children: Footprint;
}

async function measureInterval(pid: number, ms: number): Promise<Interval> {
  const read = () => ({
    atMs: performance.now(),
    gateway: readProcess(pid),
    children: sumOf(childrenOf(pid).map(readProcess)),
  });
  const before = read();
  await sleep(ms);
  const after = read();
  const seconds = (after.atMs - before.atMs) / 1000;
  const footprint = (of: 'gateway' | 'children') => toFootprint(before[of], after[of], seconds);
  return { gateway: footprint('gateway'), children: footprint('children') };
}

function toFootprint(before: ProcessFigures, after: ProcessFigures, seconds: number): Footprint {
  const { rssBytes, anonymousBytes, pssBytes, processorSeconds } = after;
  const processorShare = (processorSeconds - before.processorSeconds) / seconds;
  return { rssBytes, anonymousBytes, pssBytes, processorShare };
}

function medianOf(all: readonly Footprint[]): Footprint {
  const median = (key: keyof Footprint) =>
    all.map((one) => one[key]).toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!;
  return {
    rssBytes: median('rssBytes'),
    anonymousBytes: median('anonymousBytes'),
    pssBytes: median('pssBytes'),
    processorShare: median('processorShare'),
  };
}

function difference(after: DeviceWrites, before: DeviceWrites): DeviceWrites {
  return {
    bytes: after.bytes - before.bytes,
    writes: after.writes - before.writes,
    flushes: after.flushes - before.flushes,
  };
}

interface GatewayAnswer {
  readonly cloud: { readonly sent: number };
}

/** That the way to the cloud ran, as the gateway itself tells it. */
function batchesAtCloud(data: string): Promise<number> {
  return eventually('the cloud has a batch', async () => {
    const status = (await askStatus(data)) as GatewayAnswer | null;
    return status?.cloud.sent;
  });
}

interface RunningLoad {
  report(): Promise<PacedLoadReport>;
  stop(): void;
}

// One message of a device each second, ten a second where there are many.
const DEVICES = { most: 200, perSecond: 1 };

async function startLoad(given: FootprintCase, site: FootprintSite): Promise<RunningLoad> {
  const { messagesPerSecond, payloadBytes } = given;
  const { port, username, password } = site;
  const devices = Math.min(DEVICES.most, Math.ceil(messagesPerSecond / DEVICES.perSecond));
  const options: PacedLoadOptions = {
    ...{ port, username, password, devices, messagesPerSecond, payloadBytes },
  };
  const script = join(import.meta.dirname, 'paced-load.ts');
  const child: ChildProcess = fork(script, [JSON.stringify(options)], { execArgv: [] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the load ended with ${code}`);
  });
  ended.catch(() => {});
  const next = async () => (await Promise.race([once(child, 'message'), ended]))[0];
  await next();
  return {
    report() {
      child.send('report');
      return next();
    },
    stop: () => child.kill(),
  };
}

interface Meter {
  readonly terminal: PseudoTerminal;
  said(): { readonly bytes: number; readonly telegrams: number };
  stop(): Promise<void>;
}

async function startMeter(seed: number): Promise<Meter> {
  const terminal = await openPseudoTerminal();
  const { telegram } = createP1Simulator({ seed: seed + 1 });
  let [bytes, telegrams] = [0, 0];
  const ticking = setInterval(() => {
    const said = telegram(Date.now());
    bytes += said.length;
    telegrams += 1;
    terminal.write(said);
  }, 1000);
  return {
    terminal,
    said: () => ({ bytes, telegrams }),
    async stop() {
      clearInterval(ticking);
      await terminal.close();
    },
  };
}

function bytesOf(meters: readonly Meter[]): { bytes: number; telegrams: number } {
  const said = meters.map((meter) => meter.said());
  return {
    bytes: said.reduce((sum, { bytes }) => sum + bytes, 0),
    telegrams: said.reduce((sum, { telegrams }) => sum + telegrams, 0),
  };
}
