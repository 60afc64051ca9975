import { expect, it } from 'vitest';
import { killMqtt } from './mqtt-kill.ts';

// The long form is `npm run campaign -- mqtt --count 20`.
it('a gateway killed while devices publish has every message it acknowledged, and none twice', async () => {
  const seed = Number(process.env.SIGILL_SEED ?? Date.now() % 100_000);
  const lines: string[] = [];
  const report = await killMqtt({ count: 3, seed, say: (line) => lines.push(line) });
  const said = `seed ${seed}\n${lines.join('\n')}`;
  expect(report, said).toMatchObject({ lost: [], twice: [] });
  expect(report.acknowledged, said).toBeGreaterThan(100);
}, 240_000);
