import { formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { chirpstack } from '../lorawan/chirpstack/chirpstack.ts';
import {
  binFill,
  collarPosition,
  createChirpstackSimulator,
  UPLINK_INTERVAL_MS,
} from './chirpstack.ts';
import { findStreet, metresBetween } from './town/places.ts';

const NOON = Date.UTC(2026, 5, 3, 10);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function read(codec: string, ms: number, seed = 7) {
  const [message] = createChirpstackSimulator({ seed, options: { codec } }).speak(ms);
  if (!message) throw new Error('nothing said');
  const { bytes, topic = '' } = message;
  const { observations, rejected } = chirpstack
    .createSession({ codec })
    .receive({ bytes, topic }, ms);
  expect(rejected).toEqual([]);
  const [observation] = observations;
  if (!observation) throw new Error('nothing told');
  const number = (name: string) => {
    const value = observation.fields[name]?.value;
    return isDecimal(value) ? Number(formatDecimal(value)) : Number.NaN;
  };
  return { ...observation, topic, number };
}

describe('simulated bin', () => {
  it('speaks what the driver reads', () => {
    const { kind, device, time, topic, number } = read('milesight-udl', NOON);
    expect(kind).toBe('level');
    expect(topic).toContain(`/device/${device}/event/up`);
    expect(time).toBe(NOON);
    expect(number('distance')).toBeGreaterThan(200);
    expect(number('distance')).toBeLessThan(1450);
  });

  it('fills, and is emptied every week', () => {
    const fills = Array.from({ length: 24 * 28 }, (_, hour) => binFill(7, NOON + hour * HOUR));
    const falls = fills.slice(1).filter((fill, i) => fill < fills[i]!);
    expect(falls).toHaveLength(4);
    expect(falls.every((fill) => fill < 0.05)).toBe(true);
    expect(Math.max(...fills)).toBeGreaterThan(0.4);
  });

  it('says the same for the same moment, another seed another thing', () => {
    expect(read('milesight-udl', NOON).frame).toEqual(read('milesight-udl', NOON).frame);
    expect(read('milesight-udl', NOON, 8).device).not.toBe(read('milesight-udl', NOON).device);
  });
});

describe('simulated collar', () => {
  it('walks along the forest path, no faster than an animal', () => {
    const { line } = findStreet('Skogsstigen');
    let before = collarPosition(7, NOON);
    for (let ms = NOON; ms < NOON + DAY; ms += UPLINK_INTERVAL_MS) {
      const { kind, number } = read('abeeway', ms);
      expect(kind).toBe('position');
      const told = {
        latitude: number('position.latitude'),
        longitude: number('position.longitude'),
      };
      const at = collarPosition(7, ms);
      expect(metresBetween(told, at)).toBeLessThan(12);
      expect(metresBetween(before, at)).toBeLessThan(2 * (UPLINK_INTERVAL_MS / 1000));
      const corners = line.map((point) => metresBetween(at, point));
      expect(Math.min(...corners)).toBeLessThan(300);
      before = at;
    }
  });
});

it('knows no device but these', () => {
  expect(() => createChirpstackSimulator({ seed: 1, options: { codec: 'toaster' } })).toThrow(
    /codec is one of milesight-udl, abeeway, not toaster/,
  );
});
