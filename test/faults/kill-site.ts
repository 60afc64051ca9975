/**
 * Kills cloud, gateway (with its broker) and a remote agent with SIGKILL at random moments while two meters
 * speak and a device publishes, and then asks the cloud for everything: what was acknowledged is there once, no
 * number is missing, each outage is told, no store was damaged.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPseudoTerminal, type PseudoTerminal } from '@sigill/firmware-bridge/simulators';
import { type CountingPublisher, startCountingPublisher } from '../testing/counting-publisher.ts';
import { type EnrolledSite, enrollSite, type PartName } from '../testing/enrolled-site.ts';
import { p1Telegram, p1Time } from '../testing/p1-telegram.ts';
import { createRandom } from '../testing/random.ts';
import type { RunningSigill } from '../testing/sigill-process.ts';
import { eventually } from '../testing/waiting.ts';
import { findHoles, listAllReadings, type ToldReading } from './completeness.ts';

export interface KillSiteOptions {
  readonly kills: number;
  readonly seed: number;
  /** The longest a part works before the next kill. */
  readonly longestMs: number;
  readonly say: (line: string) => void;
}

export interface KillSiteReport {
  readonly readings: number;
  readonly acknowledged: number;
  readonly killed: Readonly<Record<PartName, number>>;
  /** Numbers that the device had an acknowledgement for and the cloud has not, or has twice. */
  readonly lost: readonly number[];
  readonly twice: readonly number[];
  readonly holes: readonly string[];
  /** Kills after which the stream does not begin with a gap. */
  readonly untold: readonly string[];
  /** What the parts said of damaged stores, refused batches or two histories. */
  readonly complaints: readonly string[];
}

interface Outage {
  readonly part: PartName;
  readonly from: number;
}

const PARTS: readonly PartName[] = ['cloud', 'gateway', 'agent'];
/** One part, or two, or all of them, as a power cut takes them. The gateway holds the most, so it dies the most. */
const WAYS: readonly (readonly PartName[])[] = [
  ...([
    ['gateway'],
    ['gateway'],
    ['gateway'],
    ['agent'],
    ['agent'],
    ['cloud'],
    ['cloud'],
  ] as PartName[][]),
  ...([['gateway', 'agent'], ['gateway', 'cloud'], PARTS] as PartName[][]),
];
const METERS = {
  house: '4530303331303033303031363939353135',
  barn: '4530303331303033303031363939353136',
};
const TELEGRAM_MS = 250;
const PUBLISH_MS = 40;
// Now and then everything comes to rest, so that a fault is found near the kill that made it.
const REST_EVERY = 50;
const SETTLE_MS = 120_000;
const QUIET_MS = 8000;
const COMPLAINT =
  /CORRUPT|DAMAGED|CONFLICT|QUARANTINE|FROZEN|FORKED|BATCH_LOST|two histories|older copy/;

export async function killSite(options: KillSiteOptions): Promise<KillSiteReport> {
  const { kills, seed, longestMs, say } = options;
  const random = createRandom(seed);
  const directory = await mkdtemp(join(tmpdir(), 'sigill-kill-site-'));
  const terminals = { house: await openPseudoTerminal(), barn: await openPseudoTerminal() };
  const running = new Map<PartName, RunningSigill>();
  const said: string[] = [];
  const outages: Outage[] = [];
  const killed = { cloud: 0, gateway: 0, agent: 0 };
  let publisher: CountingPublisher | null = null;
  const meters = setInterval(() => speak(terminals), TELEGRAM_MS);
  try {
    const site = await enrollSite(directory, {
      house: terminals.house.path,
      barn: terminals.barn.path,
    });
    say('let in; everything starts');
    for (const part of PARTS) running.set(part, site.start(part));
    publisher = startCountingPublisher({
      ...{ port: site.brokerPort, ...site.client, topic: 'plugs/1', id: 'plug-1' },
      intervalMs: PUBLISH_MS,
    });
    const counting = publisher;
    await eventually('both meters are read', () => isRead(site, 0), SETTLE_MS);
    for (let kill = 1; kill <= kills; kill += 1) {
      await sleep(Math.round(random() * longestMs));
      for (const part of WAYS[Math.floor(random() * WAYS.length)] ?? PARTS) {
        const process = running.get(part) as RunningSigill;
        process.child.kill('SIGKILL');
        await process.ended;
        said.push(process.said());
        outages.push({ part, from: Date.now() });
        killed[part] += 1;
        running.set(part, site.start(part));
      }
      if (kill % REST_EVERY === 0 || kill === kills) {
        const since = Date.now();
        await eventually('all is read again', () => isRead(site, since), SETTLE_MS);
        say(`${kill}/${kills} kills; ${counting.acknowledged.size} messages acknowledged`);
      }
    }
    await publisher.stop();
    clearInterval(meters);
    const readings = await settled(site);
    for (const process of running.values()) said.push(process.said());
    return { ...judge(readings, publisher, outages), killed, complaints: complaintsOf(said) };
  } finally {
    clearInterval(meters);
    await publisher?.stop();
    for (const process of running.values()) await process.stop();
    for (const terminal of Object.values(terminals)) await terminal.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function speak(terminals: Readonly<Record<keyof typeof METERS, PseudoTerminal>>): void {
  const now = Date.now();
  const kilowatts = `0${((now % 9000) / 1000).toFixed(3)}`;
  for (const [name, meter] of Object.entries(METERS)) {
    const time = p1Time(now);
    terminals[name as keyof typeof METERS].write(p1Telegram({ meter, kilowatts, time }));
  }
}

/** Both meters have said something that the cloud has, later than `since`. */
async function isRead({ url }: EnrolledSite, since: number): Promise<boolean> {
  const { streams } = (await (await fetch(`${url}/api/v1/streams`)).json()) as {
    streams: { source: string; kind: string; latest: { time: number } | null }[];
  };
  return ['house', 'barn'].every((source) =>
    streams.some((s) => s.source === source && s.kind === 'meter' && (s.latest?.time ?? 0) > since),
  );
}

interface TemperatureReading extends ToldReading {
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** Every reading, once nothing more comes: the meters are silent, and heartbeats are minutes apart. */
async function settled({ url }: EnrolledSite): Promise<TemperatureReading[]> {
  let before = -1;
  return eventually(
    'everything is in the cloud',
    async () => {
      const all = (await listAllReadings(url)) as TemperatureReading[];
      if (all.length === before) return all;
      before = all.length;
      await sleep(QUIET_MS);
      return null;
    },
    SETTLE_MS,
  );
}

function numberOf({ source, kind, fields }: TemperatureReading): number[] {
  if (source !== 'plugs' || kind !== 'climate') return [];
  return fields.filter(({ name }) => name === 'temperature').map(({ value }) => Number(value));
}

function judge(
  readings: readonly TemperatureReading[],
  { acknowledged }: CountingPublisher,
  outages: readonly Outage[],
): Omit<KillSiteReport, 'killed' | 'complaints'> {
  const numbers = readings.flatMap(numberOf);
  const once = new Set(numbers);
  return {
    readings: readings.length,
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((n) => !once.has(n)),
    twice: numbers.filter((n, index) => numbers.indexOf(n) !== index).slice(0, 20),
    holes: findHoles(readings),
    untold: outages.flatMap((outage) => findUntold(readings, outage)),
  };
}

/** The first that a stream says after its agent was killed is that something is missing. */
function findUntold(readings: readonly ToldReading[], { part, from }: Outage): string[] {
  if (part === 'cloud') return [];
  const source = part === 'gateway' ? 'house' : 'barn';
  const stream = readings
    .filter((reading) => reading.source === source && reading.device !== '')
    .sort((a, b) => a.n - b.n);
  const after = stream.find(({ time }) => time > from);
  if (after === undefined || after.kind === 'gap') return [];
  return [`${part} killed at ${new Date(from).toISOString()}: n ${after.n} is a ${after.kind}`];
}

function complaintsOf(said: readonly string[]): string[] {
  return said.flatMap((text) => text.split('\n').filter((line) => COMPLAINT.test(line)));
}
