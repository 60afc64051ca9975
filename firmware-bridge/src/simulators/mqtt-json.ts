/**
 * A plug with Tasmota between the wall and a pump: what it tells every so often of its energy.
 * @module
 */
import type { SimulatedDevice, SimulatorOptions } from './device.ts';
import { INSTALLED_AT } from './dsmr-p1.ts';
import { noise } from './random.ts';
import { runningSum } from './running-sum.ts';

const MINUTE = 60_000;
const [RUNS, VOLTAGE] = [4001, 4002];
const IDLE_WATTS = 1;

export function createPlugSimulator({
  seed,
  installedAt = INSTALLED_AT,
}: SimulatorOptions): SimulatedDevice {
  const energy = runningSum(
    Math.floor(installedAt / MINUTE),
    () => ({ wattMinutes: 0 }),
    (sum, minute) => {
      sum.wattMinutes += plugWatts(seed, minute);
    },
  );
  return {
    hear: () => [],
    speak: (ms) => {
      const minute = Math.floor(ms / MINUTE);
      const watts = plugWatts(seed, minute);
      const volts = 228 + Math.floor(6 * noise(seed, VOLTAGE, minute));
      const factor = watts > IDLE_WATTS ? 0.86 : 0.3;
      const apparent = Math.round(watts / factor);
      const kilowattHours = (energy(minute).wattMinutes / 60_000).toFixed(5);
      const payload =
        `{"Time":"${new Date(ms).toISOString().slice(0, 19)}","ENERGY":{` +
        `"TotalStartTime":"${new Date(installedAt).toISOString().slice(0, 19)}",` +
        `"Total":${kilowattHours},"Power":${watts},"ApparentPower":${apparent},` +
        `"ReactivePower":${Math.round(Math.sqrt(apparent ** 2 - watts ** 2))},` +
        `"Factor":${factor.toFixed(2)},"Voltage":${volts},"Current":${(apparent / volts).toFixed(3)}}}`;
      return [{ topic: `tele/plug-${seed}/SENSOR`, bytes: new TextEncoder().encode(payload) }];
    },
  };
}

/** The pump runs for a third of the time, in stretches of some minutes. */
function plugWatts(seed: number, minute: number): number {
  const runs = noise(seed, RUNS, Math.floor(minute / 7)) < 0.33;
  return runs ? 180 + Math.floor(40 * noise(seed, RUNS, minute)) : IDLE_WATTS;
}
