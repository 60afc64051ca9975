/**
 * Benchmarks by name: npm run bench -- path|mqtt|restart|evidence [--runs 3] [--profile], footprint [--seconds 60]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchEvidence } from './evidence.ts';
import { footprintTables } from './footprint-rows.ts';
import { type BrokerReport, benchMqtt, MQTT_CASES } from './mqtt.ts';
import { benchToCloud, benchToJournal, type HalfReport } from './path.ts';
import { benchRestart, RESTART_CASES } from './restart.ts';
import { WORKLOADS } from './workloads.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, profile: { type: 'boolean' }, seconds: { type: 'string' } },
});
const say = (line: string) => process.stdout.write(`${line}\n`);

const runs = Number(values.runs ?? 3);
const isProfiled = values.profile ?? false;
if (positionals[0] === 'path') await path(runs, isProfiled);
else if (positionals[0] === 'mqtt') await mqtt(runs, isProfiled);
else if (positionals[0] === 'restart') await restart(runs);
else if (positionals[0] === 'evidence') await benchEvidence(runs, say);
else if (positionals[0] === 'footprint') await footprint(Number(values.seconds ?? 60));
else {
  process.stderr.write(
    'Usage: npm run bench -- path|mqtt|restart|evidence [--runs 3] [--profile], footprint [--seconds 60]\n',
  );
  process.exitCode = 2;
}

async function path(runs: number, isProfiled: boolean): Promise<void> {
  say(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}; median of ${runs} runs`);
  for (const workload of WORKLOADS) {
    await half(`${workload.name}: driver bytes to durable journal`, runs, () =>
      benchToJournal(workload, isProfiled),
    );
    await half(`${workload.name}: journal to queryable in the cloud`, runs, () =>
      benchToCloud(workload, isProfiled),
    );
  }
}

async function half(title: string, runs: number, run: () => Promise<HalfReport>): Promise<void> {
  const reports: HalfReport[] = [];
  for (let made = 0; made < runs; made += 1) reports.push(await run());
  const byRate = reports.toSorted((a, b) => a.readings / a.seconds - b.readings / b.seconds);
  const median = byRate[Math.floor(byRate.length / 2)]!;
  const per = (amount: number) => Math.round(amount / median.seconds).toLocaleString('en');
  const megabytes = (median.megabytes / median.seconds).toFixed(1);
  say(`\n${title}`);
  say(
    `  ${per(median.messages)} messages/s, ${per(median.readings)} readings/s, ${per(median.fields)} fields/s, ${megabytes} MB/s of device bytes`,
  );
  say(`  all runs, readings/s: ${byRate.map((r) => Math.round(r.readings / r.seconds)).join(' ')}`);
  for (const [process, shares] of Object.entries(median.spent)) {
    const total = shares.reduce((sum, { seconds }) => sum + seconds, 0);
    const top = shares
      .slice(0, 9)
      .map(({ part, seconds }) => `${part} ${Math.round((100 * seconds) / total)} %`);
    say(`  ${process}: ${total.toFixed(1)} s of processor: ${top.join(', ')}`);
  }
}

/** Of each case the run with the median of the gateway's rates, with mosquitto's of the same run beside it. */
async function mqtt(runs: number, isProfiled: boolean): Promise<void> {
  say(
    `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}; median of ${runs} runs`,
  );
  const made = [];
  for (let run = 0; run < runs; run += 1) {
    made.push(await benchMqtt({ warmUpMs: 5_000, measuredMs: 10_000, isProfiled }));
  }
  for (const [index, { title }] of MQTT_CASES.entries()) {
    const reports = made.map(({ reports }) => reports[index]!);
    const byRate = reports.toSorted((a, b) => a.gateway.messages - b.gateway.messages);
    const { gateway, mosquitto } = byRate[Math.floor(byRate.length / 2)]!;
    say(`\n${title}; QoS 1, 200 bytes`);
    say(`  gateway, durable  ${describe(gateway)}`);
    say(`  all runs, messages/s: ${byRate.map((report) => perSecond(report.gateway)).join(' ')}`);
    if (mosquitto === null) say('  mosquitto is not installed: nothing to compare with');
    else {
      const ratio = gateway.messages / gateway.seconds / (mosquitto.messages / mosquitto.seconds);
      say(`  mosquitto         ${describe(mosquitto)}`);
      say(`  gateway to mosquitto ${ratio.toFixed(2)}`);
    }
  }
  const shares = made.at(-1)!.spent;
  const total = shares.reduce((sum, { seconds }) => sum + seconds, 0);
  for (const { part, seconds } of shares.slice(0, 12)) {
    say(`  ${Math.round((100 * seconds) / total)} % ${part}`);
  }
}

function describe(report: BrokerReport): string {
  const { p50Ms, p99Ms, slowestMs, brokerMicroseconds } = report;
  return `${perSecond(report)} messages/s; PUBACK p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, slowest ${slowestMs.toFixed(0)} ms; ${brokerMicroseconds.toFixed(0)} µs of processor each`;
}

function perSecond({ messages, seconds }: BrokerReport): string {
  return Math.round(messages / seconds).toLocaleString('en');
}

async function restart(runs: number): Promise<void> {
  say(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}; median of ${runs} runs`);
  for (const one of RESTART_CASES) {
    const reports = await benchRestart(one, runs);
    const sorted = reports.toSorted((a, b) => a.durableMs - b.durableMs);
    const { durableMs, loadedMs, openMs, heldBytes, nextSeq, batches, rss, processorMs } =
      sorted[Math.floor(sorted.length / 2)]!;
    const ms = (value: number) => `${Math.round(value)} ms`;
    say(`\n${one.title}: ${nextSeq.toLocaleString('en')} readings in ${batches} batches unsent`);
    say(
      `  killed, started again: first new reading durable ${ms(durableMs)} after the start of the process, of which ${ms(processorMs)} of processor (code loaded ${ms(loadedMs)}, journal of ${(heldBytes / 1e6).toFixed(0)} MB opened in ${ms(openMs)}); ${(rss / 1e6).toFixed(0)} MB resident`,
    );
    say(`  all runs: ${sorted.map((report) => ms(report.durableMs)).join(', ')}`);
  }
}

async function footprint(seconds: number): Promise<void> {
  say(
    `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}; each for ${seconds} s, medians of six parts`,
  );
  const compileCache = await mkdtemp(join(tmpdir(), 'sigill-compiled-'));
  try {
    await footprintTables({ seconds, compileCache, say });
  } finally {
    await rm(compileCache, { recursive: true });
  }
}
