/**
 * Benchmarks by name: npm run bench -- path [--runs 3] [--profile]
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchToCloud, benchToJournal, type HalfReport } from './path.ts';
import { WORKLOADS } from './workloads.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, profile: { type: 'boolean' } },
});
const say = (line: string) => process.stdout.write(`${line}\n`);

if (positionals[0] === 'path') await path(Number(values.runs ?? 3), values.profile ?? false);
else {
  process.stderr.write('Usage: npm run bench -- path [--runs 3] [--profile]\n');
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
