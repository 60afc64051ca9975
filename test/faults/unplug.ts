/**
 * An adapter pulled and put back again and again, under the same number or another, while three other
 * sources run: how soon it is heard again, that the others lose nothing, and what all of it costs.
 * Ports are real pseudo-terminals behind one link, as udev makes links to adapters.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../testing/random.ts';
import { eventually } from '../testing/waiting.ts';
import { costsOf, slopeOf } from './process-costs.ts';
import { babble, createPlug, type Devices, type Plug, startDevices } from './unplug-devices.ts';
import { PLUGGED, type SourceReport, STEADY, type UnplugPlace } from './unplug-messages.ts';
import { type RunningAgent, startAgent } from './unplug-process.ts';

export interface UnplugOptions {
  readonly count: number;
  readonly seed: number;
  readonly out: (line: string) => void;
  /** Whether processor time is measured too, which takes a minute. */
  readonly measuresCpu?: boolean;
}

export interface UnplugReport {
  /** From the node being there to the first reading of its device, ms. */
  readonly recovery: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The longest of them, with what else the machine had to do then (its load average). */
  readonly slowest: readonly {
    readonly cycle: number;
    readonly ms: number;
    readonly load: number;
  }[];
  /** Times it came back under another number. */
  readonly renumbered: number;
  /** Of each steady source: telegrams sent, and what became of them. */
  readonly steady: Readonly<Record<string, SourceReport & { readonly sent: number }>>;
  readonly plugged: SourceReport;
  readonly memory: { readonly startMb: number; readonly endMb: number; readonly kbACycle: number };
  /** Percent of one processor, of the agent with the holders of its ports. */
  readonly cpu: Readonly<Record<string, number>> | null;
  /** What the noise was taken for, by its source. */
  readonly noise: Readonly<Record<string, string | undefined>> | null;
  readonly agentEnded: boolean;
}

const MEASURE_MS = 10_000;
const RECOVERY_MS = 30_000;
// Until noise is known for what it is.
const KNOWN_MS = 5000;
// Its code is compiled and its caches are filled by then.
const WARM_CYCLES = 0.2;

export async function runUnplugCampaign(options: UnplugOptions): Promise<UnplugReport> {
  const { count, seed, out, measuresCpu = true } = options;
  const random = createRandom(seed);
  const directory = mkdtempSync(join(tmpdir(), 'sigill-unplug-'));
  const plug = createPlug(join(directory, 'plug'));
  const devices = await startDevices();
  const place: UnplugPlace = {
    ...{ plug: plug.path, port: devices.port.path, tcpPort: devices.tcpPort },
  };
  const agent = startAgent(join(directory, 'agent'), place);
  try {
    await agent.ready;
    await plug.plugIn(false);
    await eventually('all ways are open', async () => {
      const states = await agent.health();
      return Object.values(states).every((state) => state === 'starting' || state === 'ok');
    });
    const saying = devices.say(agent.deliver);
    const recoveries: UnplugReport['slowest'][number][] = [];
    const resident: number[] = [];
    let renumbered = 0;
    for (let cycle = 1; cycle <= count && !agent.hasEnded(); cycle++) {
      await plug.pull(random() < 0.5);
      if (random() < 0.2) await flap(plug, random);
      await sleep(random() < 0.1 ? 3000 + random() * 3000 : random() * 1500);
      const isOther = random() < 0.6;
      if (isOther) renumbered++;
      const { said } = plug;
      await plug.plugIn(isOther);
      const since = performance.now();
      const heard = await agent.hears(said, RECOVERY_MS);
      const ms = Math.round(heard - since);
      recoveries.push({ cycle, ms, load: Math.round(loadavg()[0]! * 10) / 10 });
      resident.push(costsOf(agent.pid).residentKb);
      await sleep(200 + random() * 600);
      if (cycle % 20 === 0) out(`${cycle} of ${count}: ${ms} ms`);
    }
    const meter = createCpuMeter(agent.pid, out);
    if (measuresCpu) await measureCpu(meter, agent, plug);
    await saying.stop();
    await sleep(2000); // the last batch is closed
    const reports = await agent.report();
    if (measuresCpu) await measureBabblingTcp(meter, agent, devices);
    const steady = STEADY.map((name) => [name, { sent: saying.sent(name), ...reports[name]! }]);
    return {
      recovery: percentiles(recoveries.map(({ ms }) => ms)),
      slowest: recoveries.toSorted((a, b) => b.ms - a.ms).slice(0, 3),
      renumbered,
      steady: Object.fromEntries(steady),
      plugged: reports[PLUGGED]!,
      memory: memoryOf(resident),
      cpu: measuresCpu ? meter.shares : null,
      noise: measuresCpu ? meter.noise : null,
      agentEnded: agent.hasEnded(),
    };
  } finally {
    await agent.stop();
    await devices.stop();
    await plug.pull(true);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What must not be in a report; empty when all is well. */
export function faultsOf(report: UnplugReport): string[] {
  const { recovery, steady, memory, cpu, noise, agentEnded } = report;
  const faults: string[] = [];
  if (agentEnded) faults.push('the agent ended');
  if (!(recovery.p99 <= 2000)) faults.push(`recovery p99 ${recovery.p99} ms`);
  for (const [name, { sent, readings, missing, twice, gaps }] of Object.entries(steady)) {
    if (readings !== sent || missing + twice + gaps > 0)
      faults.push(`${name}: ${sent} sent, ${readings} read, ${missing} missing, ${gaps} gaps`);
  }
  if (memory.kbACycle > 100) faults.push(`memory grows by ${memory.kbACycle} kB a cycle`);
  if (cpu !== null && cpu.away! - cpu.quiet! > 2) faults.push(`${cpu.away} % while it is away`);
  for (const [name, state] of Object.entries(noise ?? {}))
    if (state !== 'babbling') faults.push(`the noise of ${name} is taken for ${state}`);
  return faults;
}

/** Put in and pulled at once, before anything may open it. */
async function flap(plug: Plug, random: () => number): Promise<void> {
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
    await plug.plugIn(random() < 0.5);
    await sleep(random() * 150);
    await plug.pull(random() < 0.5);
    await sleep(random() * 100);
  }
}

interface CpuMeter {
  readonly shares: Record<string, number>;
  readonly noise: Record<string, string | undefined>;
  measure(what: string): Promise<void>;
}

function createCpuMeter(pid: number, out: (line: string) => void): CpuMeter {
  const shares: Record<string, number> = {};
  return {
    shares,
    noise: {},
    async measure(what) {
      const before = costsOf(pid).cpuMs;
      await sleep(MEASURE_MS);
      shares[what] = Math.round((1000 * (costsOf(pid).cpuMs - before)) / MEASURE_MS) / 10;
      out(`processor, ${what}: ${shares[what]} %`);
    },
  };
}

/** The steady sources go on all the while. */
async function measureCpu(meter: CpuMeter, agent: RunningAgent, plug: Plug): Promise<void> {
  plug.isSilent = true;
  await meter.measure('quiet');
  await plug.pull(false);
  await sleep(2000);
  await meter.measure('away');
  await plug.plugIn(true);
  const end = babble((bytes) => plug.write(bytes));
  await sleep(KNOWN_MS);
  await meter.measure('babbling port');
  meter.noise[PLUGGED] = (await agent.health())[PLUGGED];
  end();
  plug.isSilent = false;
  await agent.hears(plug.said, RECOVERY_MS);
}

async function measureBabblingTcp(
  meter: CpuMeter,
  agent: RunningAgent,
  devices: Devices,
): Promise<void> {
  const end = devices.babble();
  await sleep(KNOWN_MS);
  await meter.measure('babbling tcp');
  meter.noise.tcp = (await agent.health()).tcp;
  end();
}

function percentiles(values: readonly number[]): UnplugReport['recovery'] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function memoryOf(resident: readonly number[]): UnplugReport['memory'] {
  const warm = resident.slice(Math.floor(resident.length * WARM_CYCLES));
  const megabytes = (kb = 0) => Math.round(kb / 102.4) / 10;
  return {
    startMb: megabytes(warm[0]),
    endMb: megabytes(warm.at(-1)),
    kbACycle: Math.round(slopeOf(warm)),
  };
}
