import { describe, expect, it } from 'vitest';
import { writeQuestion } from '../energy/modbus-meter/adu.ts';
import { registerMaps } from '../energy/modbus-meter/maps/index.ts';
import { modbusMeter } from '../energy/modbus-meter/modbus-meter.ts';
import { planBlocks } from '../energy/modbus-meter/register-map.ts';
import { plain, runSession } from '../testing/driver-contract.ts';
import { createModbusMeterSimulator } from './modbus-meter.ts';

const INSTALLED = Date.UTC(2026, 5, 1);
const NOON = Date.UTC(2026, 5, 3, 10);

describe('simulated Modbus meter', () => {
  it.each([...registerMaps.values()])('answers as the map of $id says', (map) => {
    const options = { meter: map.id, address: '9' };
    const device = createModbusMeterSimulator({ seed: 7, installedAt: INSTALLED, options });
    const heard = planBlocks(map.points, map.maxRegisters).flatMap((block) => {
      const question = { ...block, address: 9, read: map.read, transaction: 0 };
      const bytes = writeQuestion('rtu', question);
      return [bytes, ...device.hear(bytes, NOON)];
    });
    const [observation] = runSession(modbusMeter, options, heard).observations.map(plain);
    expect(observation?.device).toBe('9');
    expect(Object.keys(observation?.fields ?? {})).toHaveLength(map.points.length);
    const [value = '', unit] = observation?.fields['energy.import'] ?? [];
    const kilowattHours = Number(value) / (unit === 'Wh' ? 1000 : 1);
    expect(kilowattHours).toBeGreaterThan(1);
    expect(kilowattHours).toBeLessThan(200);
  });

  it('hears a question cut anywhere, answers none but its own, and says nothing by itself', () => {
    const device = createModbusMeterSimulator({ seed: 7, installedAt: INSTALLED });
    const ask = (address: number) =>
      writeQuestion('rtu', { address, read: 4, start: 0, count: 2, transaction: 0 });
    expect(device.speak(NOON)).toEqual([]);
    expect(device.hear(ask(2), NOON)).toEqual([]);
    const question = ask(1);
    const answers = Array.from(question, (byte) => device.hear(Uint8Array.of(byte), NOON)).flat();
    expect(answers).toHaveLength(1);
    expect(answers).toEqual(device.hear(question, NOON));
  });

  it('knows no meter but those of the maps', () => {
    expect(() => createModbusMeterSimulator({ seed: 1, options: { meter: 'x' } })).toThrow(
      /meter is one of sdm630/,
    );
  });
});
