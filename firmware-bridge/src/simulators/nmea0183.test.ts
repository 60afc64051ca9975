import { formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { runSession } from '../testing/driver-contract.ts';
import { nmea0183 } from '../wildlife/nmea0183/nmea0183.ts';
import { createReceiverSimulator } from './nmea0183.ts';
import { CENTRE, findPlace, metresBetween, type Point } from './town/places.ts';

const NIGHT = Date.UTC(2026, 8, 14, 21);
const HOUR = 3_600_000;

function read(epoch: Uint8Array) {
  const { observations, rejected } = runSession(nmea0183, {}, [epoch]);
  expect(rejected).toEqual([]);
  expect(observations.length).toBe(1);
  return observations[0];
}

function pointOf(epoch: Uint8Array): Point | null {
  const fields = read(epoch)?.fields ?? {};
  const [latitude, longitude] = ['latitude', 'longitude'].map((axis) => {
    const value = fields[`position.${axis}`]?.value;
    return isDecimal(value) ? Number(formatDecimal(value)) : null;
  });
  return latitude == null || longitude == null ? null : { latitude, longitude };
}

describe('a simulated receiver', () => {
  it('says what the driver reads: where the fox is, within a few metres, and when', () => {
    const { epoch, at } = createReceiverSimulator({ seed: 4 });
    let fixes = 0;
    for (let ms = NIGHT; ms < NIGHT + 6 * HOUR; ms += 97_000) {
      expect(read(epoch(ms))?.time).toBe(Math.floor(ms / 1000) * 1000);
      const point = pointOf(epoch(ms));
      if (point === null) continue;
      fixes++;
      expect(metresBetween(point, at(Math.floor(ms / 1000) * 1000))).toBeLessThan(4);
      expect(metresBetween(point, CENTRE)).toBeLessThan(1500);
    }
    expect(fixes).toBeGreaterThan(150);
    expect(fixes).toBeLessThan(223);
  });

  it('walks as a fox does: never faster than it can, resting now and then, round by its earth', () => {
    const { at } = createReceiverSimulator({ seed: 4 });
    const speeds: number[] = [];
    let nearest = Number.POSITIVE_INFINITY;
    for (let ms = NIGHT; ms < NIGHT + 2 * HOUR; ms += 1000) {
      speeds.push(metresBetween(at(ms), at(ms + 1000)));
      nearest = Math.min(nearest, metresBetween(at(ms), findPlace('den').at));
    }
    expect(Math.max(...speeds)).toBeLessThan(5);
    expect(speeds.filter((speed) => speed < 0.6).length).toBeGreaterThan(speeds.length / 10);
    expect(nearest).toBeLessThan(30);
  });

  it('says the same at the same time, and is another animal with another seed', () => {
    const once = createReceiverSimulator({ seed: 4 });
    expect(createReceiverSimulator({ seed: 4 }).epoch(NIGHT)).toEqual(once.epoch(NIGHT + 999));
    expect(createReceiverSimulator({ seed: 5 }).epoch(NIGHT)).not.toEqual(once.epoch(NIGHT));
  });

  it('rides on a lorry through the town, always with a fix', () => {
    const lorry = createReceiverSimulator({ seed: 1, options: { carrier: 'lorry' } });
    for (let ms = NIGHT; ms < NIGHT + HOUR; ms += 61_000)
      expect(pointOf(lorry.epoch(ms))).not.toBeNull();
  });
});
