import { expect, it } from 'vitest';
import { killDemo } from './kill-demo.ts';

// The long form is `npm run campaign -- kill --count 20`.
it('the demonstration killed at random moments loses nothing, repeats nothing and proves everything', async () => {
  const seed = Number(process.env.SIGILL_SEED ?? Date.now() % 100_000);
  const lines: string[] = [];
  const report = await killDemo({
    kills: 2,
    seed,
    longestMs: 4000,
    say: (line) => lines.push(line),
  });
  expect(report, `seed ${seed}\n${lines.join('\n')}`).toMatchObject({
    holes: [],
    untold: [],
    unproven: [],
    leftProcesses: [],
  });
  expect(report.readings).toBeGreaterThan(5);
}, 240_000);
