import { formatDecimal, isDecimal } from '@sigill/evidence';
import { expect, it } from 'vitest';
import { mqttJson } from '../mqtt-json/mqtt-json.ts';
import { createPlugSimulator } from './mqtt-json.ts';

const NOON = Date.UTC(2026, 5, 3, 10);

function kilowattHours(plug: ReturnType<typeof createPlugSimulator>, ms: number): number {
  const [message] = plug.speak(ms);
  if (!message) throw new Error('nothing said');
  const session = mqttJson.createSession({ profile: 'tasmota', zone: 'UTC', rest: 'drop' });
  const [observation] = session.receive(message, ms).observations;
  expect(observation).toMatchObject({ kind: 'meter', device: 'plug-7', time: ms });
  const value = observation?.fields['energy.import']?.value;
  return isDecimal(value) ? Number(formatDecimal(value)) : Number.NaN;
}

it('speaks what the driver reads, and counts on when it is started anew', () => {
  const options = { seed: 7, installedAt: NOON - 86_400_000 };
  const before = kilowattHours(createPlugSimulator(options), NOON);
  const after = kilowattHours(createPlugSimulator(options), NOON + 3_600_000);
  expect(before).toBeGreaterThan(0);
  expect(after - before).toBeGreaterThan(0);
  expect(after - before).toBeLessThan(0.25);
});
