import { expect, it } from 'vitest';
import { cutMqtt } from './mqtt-cut.ts';

it('what devices say again because their PUBACK was lost is in the journal once', async () => {
  const seed = Number(process.env.SIGILL_SEED ?? Date.now() % 100_000);
  const report = await cutMqtt({ cuts: 8, seed });
  const said = `seed ${seed}: ${JSON.stringify(report)}`;
  expect(report, said).toMatchObject({ lost: [], twice: [] });
  expect(report.saidAgain, said).toBeGreaterThan(100);
}, 240_000);
