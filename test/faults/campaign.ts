/**
 * Long campaigns, by name: npm run campaign -- kill [--count 20] [--seed N]
 */
import { parseArgs } from 'node:util';
import { killDemo } from './kill-demo.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 100_000);
const say = (line: string) => process.stdout.write(`${line}\n`);

if (positionals[0] === 'kill') {
  say(`seed ${seed}`);
  const started = performance.now();
  const kills = Number(values.count ?? 20);
  const report = await killDemo({ kills, seed, longestMs: 12_000, say });
  say(
    JSON.stringify(
      { kills, seconds: Math.round((performance.now() - started) / 1000), ...report },
      null,
      2,
    ),
  );
  const bad = [report.holes, report.untold, report.unproven, report.leftProcesses];
  process.exitCode = bad.some((found) => found.length > 0) ? 1 : 0;
} else {
  process.stderr.write('Usage: npm run campaign -- kill [--count 20] [--seed N]\n');
  process.exitCode = 2;
}
