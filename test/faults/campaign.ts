/**
 * Long campaigns, by name: npm run campaign -- kill [--count 20] [--seed N]
 */
import { parseArgs } from 'node:util';

interface CampaignOptions {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

interface Campaign {
  readonly count: number;
  /** Resolves to a report and to what in it must not be. */
  run(options: CampaignOptions): Promise<{ readonly report: object; readonly bad: boolean }>;
}

/**
 * Each loads what it needs when it is chosen. `kill`: long enough between kills that most meet a part at work, short
 * enough that some meet it while it starts.
 */
const CAMPAIGNS: Readonly<Record<string, Campaign>> = {
  kill: {
    count: 1000,
    async run({ count, seed, say }) {
      const { killSite } = await import('./kill-site.ts');
      const report = await killSite({ kills: count, seed, longestMs: 1500, say });
      const { lost, twice, holes, untold, complaints } = report;
      return {
        report,
        bad: [lost, twice, holes, untold, complaints].some(({ length }) => length > 0),
      };
    },
  },
  'kill-demo': {
    count: 20,
    async run({ count, seed, say }) {
      const { killDemo } = await import('./kill-demo.ts');
      const report = await killDemo({ kills: count, seed, longestMs: 12_000, say });
      const faults = [report.holes, report.untold, report.unproven, report.leftProcesses];
      return { report, bad: faults.some((found) => found.length > 0) };
    },
  },
  // Evidence files changed at random, every parser fed with what is nearly good, and each bit of a file flipped.
  mutate: {
    count: 100_000,
    async run(options) {
      const { mutate } = await import('./mutate-evidence.ts');
      const report = mutate(options);
      return { report, bad: report.believed.length > 0 || report.crashed.length > 0 };
    },
  },
  fuzz: {
    count: 20_000,
    async run(options) {
      const { fuzzParsers } = await import('./mutate-evidence.ts');
      const report = fuzzParsers(options);
      return { report, bad: report.wrong.length > 0 };
    },
  },
  bits: {
    count: 10,
    async run(options) {
      const { flipBits } = await import('./mutate-evidence.ts');
      const report = flipBits(options);
      return { report, bad: report.survivors.length > 0 };
    },
  },
  fleet: {
    count: 1000,
    async run({ count, seed, say }) {
      const { runFleet } = await import('./fleet.ts');
      const report = await runFleet({ count, seed, say, intervals: 144, whole: 3 });
      return { report, bad: report.unproven.length > 0 || report.complaints.length > 0 };
    },
  },
  mqtt: {
    count: 20,
    async run({ count, seed, say }) {
      const { killMqtt } = await import('./mqtt-kill.ts');
      const report = await killMqtt({ count, seed, say });
      return { report, bad: report.lost.length > 0 || report.twice.length > 0 };
    },
  },
  storm: {
    count: 500,
    async run({ count, seed, say }) {
      const { stormMqtt } = await import('./mqtt-storm.ts');
      const report = await stormMqtt({ devices: count, seed, say });
      return { report, bad: report.againMs > 60_000 };
    },
  },
  unplug: {
    count: 300,
    async run({ count, seed, say }) {
      const { faultsOf, runUnplugCampaign } = await import('./unplug.ts');
      const report = await runUnplugCampaign({ count, seed, out: say });
      const faults = faultsOf(report);
      return { report: { ...report, faults }, bad: faults.length > 0 };
    },
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string' }, seed: { type: 'string' } },
});
const name = positionals[0] ?? '';
const campaign = Object.hasOwn(CAMPAIGNS, name) ? CAMPAIGNS[name] : undefined;
const say = (line: string) => process.stdout.write(`${line}\n`);

if (campaign === undefined) {
  process.stderr.write(
    `Usage: npm run campaign -- ${Object.keys(CAMPAIGNS).join('|')} [--count N] [--seed N]\n`,
  );
  process.exitCode = 2;
} else {
  const seed = Number(values.seed ?? Date.now() % 100_000);
  const count = Number(values.count ?? campaign.count);
  say(`seed ${seed}`);
  const started = performance.now();
  const { report, bad } = await campaign.run({ count, seed, say });
  const seconds = Math.round((performance.now() - started) / 1000);
  say(JSON.stringify({ count, seconds, ...report }, null, 2));
  process.exitCode = bad ? 1 : 0;
}
