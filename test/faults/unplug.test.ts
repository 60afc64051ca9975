import { expect, it } from 'vitest';
import { faultsOf, runUnplugCampaign } from './unplug.ts';

// The long form is `npm run campaign -- unplug --count 300`.
it('an adapter pulled and put back is heard again in two seconds, and the other sources lose nothing', async () => {
  const seed = Number(process.env.SIGILL_SEED ?? Date.now() % 100_000);
  const lines: string[] = [];
  const report = await runUnplugCampaign({
    ...{ count: 20, seed, measuresCpu: false },
    out: (line) => lines.push(line),
  });
  const told = `seed ${seed}\n${lines.join('\n')}\n${JSON.stringify(report, null, 2)}`;
  // A young process still grows; the long form measures its memory.
  expect(
    faultsOf(report).filter((fault) => !fault.startsWith('memory')),
    told,
  ).toEqual([]);
}, 240_000);
