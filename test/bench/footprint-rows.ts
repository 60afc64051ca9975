/**
 * Which footprints are taken, and the tables they stand in.
 * @module
 */
import { loadavg } from 'node:os';
import {
  benchFootprint,
  type FootprintCase,
  type FootprintReport,
  type FootprintSettings,
} from './footprint.ts';

export interface FootprintRun {
  readonly seconds: number;
  /** Where code stays compiled from one start to the next. */
  readonly compileCache: string;
  say(line: string): void;
}

// As much as garbage collection and compiler need to be done with the beginning.
const WARM_UP_MS = 20_000;
// Starts the process and ends it again, so that its code is compiled and kept.
const FIRST_START = { warmUpMs: 0, measuredMs: 1_000 };

const quiet = { meters: 0, messagesPerSecond: 0, payloadBytes: 0, commitWindowMs: null };
const PACES: readonly FootprintCase[] = [
  quiet,
  { ...quiet, meters: 1 },
  { ...quiet, meters: 4 },
  { ...quiet, messagesPerSecond: 100, payloadBytes: 60 },
  { ...quiet, messagesPerSecond: 100, payloadBytes: 200 },
  { ...quiet, messagesPerSecond: 2_000, payloadBytes: 60 },
  { ...quiet, messagesPerSecond: 2_000, payloadBytes: 200 },
];
const WINDOWS_MS = [10, 200, 1_000];
const WINDOW_PACE = { ...quiet, messagesPerSecond: 100, payloadBytes: 200 };

const DEFAULTS: FootprintSettings = {
  title: 'as started by hand',
  flags: [],
  env: {},
};

/** As the service that `sigill install` writes starts it: a smaller nursery, fewer pools of free memory. */
const smallBox = (compileCache: string): FootprintSettings => ({
  title: 'as sigill install starts it',
  flags: [],
  env: {
    NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=256',
    NODE_COMPILE_CACHE: compileCache,
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '131072',
  },
});

export async function footprintTables({ seconds, compileCache, say }: FootprintRun): Promise<void> {
  const measured = { warmUpMs: WARM_UP_MS, measuredMs: seconds * 1000 };
  const small = smallBox(compileCache);
  const settings = Object.entries(small.env).map(([name, value]) => `${name}=${value}`);
  say(`${small.title}: ${settings.join(' ')}`);
  const first = await benchFootprint({ ...quiet, meters: 1 }, { ...FIRST_START, settings: small });
  say(`the gateway's data lie on ${first.deviceIs}`);
  for (const started of [DEFAULTS, small]) {
    say(`\n${started.title}`);
    for (const given of PACES) {
      const report = await benchFootprint(given, { ...measured, settings: started });
      for (const line of describe(given, report)) say(line);
    }
  }
  say(`\ndurability window against wear: ${titleOf(WINDOW_PACE)}`);
  for (const commitWindowMs of WINDOWS_MS) {
    const given = { ...WINDOW_PACE, commitWindowMs };
    const report = await benchFootprint(given, { ...measured, settings: small });
    say(`  window ${commitWindowMs} ms`);
    for (const line of [...describe(given, report).slice(1), ...describeWear(report)]) say(line);
  }
}

function titleOf({ meters, messagesPerSecond, payloadBytes }: FootprintCase): string {
  if (messagesPerSecond > 0) return `${messagesPerSecond} messages/s of ${payloadBytes} bytes`;
  if (meters > 0) return `${meters} P1 ${meters === 1 ? 'meter' : 'meters'}, a telegram a second`;
  return 'idle';
}

function describe(given: FootprintCase, report: FootprintReport): string[] {
  const { gateway, children, load, seconds, device } = report;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const lines = [
    `  ${titleOf(given)}`,
    `    ${mb(gateway.rssBytes)} resident (at most ${mb(report.peakRssBytes)}; no file behind it ${mb(gateway.anonymousBytes)}; its share ${mb(gateway.pssBytes)}), ${percent(gateway.processorShare)} of a core; load of the machine ${loadavg()[0]?.toFixed(1)}`,
  ];
  if (given.meters > 0)
    lines.push(
      `    serial children together: ${mb(children.rssBytes)} resident (their share ${mb(children.pssBytes)}), ${percent(children.processorShare)} of a core`,
    );
  if (load !== null) {
    const { sent, acknowledged, p50Ms, p99Ms } = load;
    lines.push(
      `    ${sent} messages sent, ${acknowledged} acknowledged; PUBACK p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms; ${report.sentToCloud} batches at the cloud`,
    );
  }
  if (device === null) return lines;
  const each =
    report.payloadBytes === 0 ? '' : `, ${times(device.bytes, report.payloadBytes)} payload`;
  lines.push(
    `    written to the device ${rate(device.bytes, seconds)}${each} (by the process ${rate(report.dirtiedBytes, seconds)}); ${(device.writes / seconds).toFixed(1)} writes/s, ${(device.flushes / seconds).toFixed(1)} flushes/s`,
  );
  return lines;
}

// A card of 16 GB: 500 programme cycles are cheap TLC, 3,000 a card made for writing (MLC or pseudo-SLC).
const CARD_BYTES = 16e9;
const CYCLES = [500, 3_000];
// What a card programs at once: a smaller write takes a page all the same.
const PAGE_BYTES = 16 * 1024;
const YEAR_SECONDS = 365.25 * 86_400;

/** Between a card that gathers all it is sent and one that programs a page for each write. */
function describeWear({ device, seconds }: FootprintReport): string[] {
  if (device === null) return [];
  const programmed = Math.max(device.bytes, device.writes * PAGE_BYTES);
  const years = (bytes: number, cycles: number) =>
    ((CARD_BYTES * cycles) / (bytes / seconds) / YEAR_SECONDS).toFixed(1);
  return CYCLES.map(
    (cycles) =>
      `    a 16 GB card of ${cycles} cycles lasts ${years(device.bytes, cycles)} years by the bytes, ${years(programmed, cycles)} if each write programs a page of 16 KiB at least`,
  );
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function rate(bytes: number, seconds: number): string {
  return `${(bytes / seconds / 1000).toFixed(1)} kB/s`;
}

function times(bytes: number, payload: number): string {
  return `${(bytes / payload).toFixed(1)} ×`;
}
