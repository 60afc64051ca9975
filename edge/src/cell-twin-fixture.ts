/** For tests: a collar whose positions endanger the animal. */
import { parseDecimal, type Reading, utf8 } from '@sigill/evidence';
import type { AgentObservation } from './observation.ts';
import type { SourcePlan } from './sources/source-plan.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export const COLLAR: SourcePlan = {
  name: 'wolf',
  driver: 'chirpstack',
  cadenceMs: null,
  heartbeatMs: DAY_MS,
  heartbeats: 'device',
  frames: 'keep',
  sensitive: { cell: '0.1 deg', periodMs: HOUR_MS },
};

export function fix(latitude: string, longitude: string, device = 'w-1'): AgentObservation {
  const degrees = (text: string, unit: string) => ({ value: parseDecimal(text), unit, code: null });
  return {
    kind: 'position',
    device,
    time: null,
    fields: {
      'position.latitude': degrees(latitude, 'lat'),
      'position.longitude': degrees(longitude, 'lon'),
    },
    frame: utf8(`${latitude} ${longitude}`),
  };
}

export function twinsIn(readings: readonly Reading[]): Reading[] {
  return readings.filter(({ source, kind }) => source === 'wolf~cell' && kind === 'position');
}
