import { expect, it } from 'vitest';
import { stormMqtt } from './mqtt-storm.ts';

// The long form, with 500 devices, is `npm run campaign -- storm`.
it('devices that lost their gateway are all back within a minute of its return', async () => {
  const seed = Number(process.env.SIGILL_SEED ?? Date.now() % 100_000);
  const report = await stormMqtt({ devices: 100, seed, say: () => undefined });
  expect(report.againMs, `seed ${seed}: ${JSON.stringify(report)}`).toBeLessThan(60_000);
}, 240_000);
