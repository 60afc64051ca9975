/**
 * The receiver of a fox's collar, or of the lorry that collects Sigillstad's bins: one epoch a second. Under the trees the
 * collar sometimes has no fix for ten minutes.
 * @module
 */
import { checksumOf } from '../wildlife/nmea0183/sentence.ts';
import { type SimulatedDevice, type SimulatorOptions, talking } from './device.ts';
import { noise, smoothNoise } from './random.ts';
import { findStreet, METRES_A_DEGREE, metresBetween, type Point } from './town/places.ts';
import { createWalk, type Walk } from './town/walk.ts';

export interface ReceiverSimulator {
  /** The sentences of the second this instant is in. */
  epoch(ms: number): Uint8Array;
  /** Where the animal or the lorry really is: the receiver is a metre or two beside it. */
  at(ms: number): Point;
}

const SECOND = 1000;
const BLOCK = 600_000;
// Channels of the noise.
const [ERROR_NORTH, ERROR_EAST, HEIGHT, SATELLITES, COVER] = [2101, 2102, 2103, 2104, 2105];
const ERROR_METRES = 2.5;
const COVERED = 0.15;
const KNOTS_A_METRE_PER_SECOND = 3600 / 1852;
const MINUTE_DIGITS = 100_000;

export function createReceiver(options: SimulatorOptions): SimulatedDevice {
  const { epoch } = createReceiverSimulator(options);
  return talking(epoch);
}

export function createReceiverSimulator({
  seed,
  options = {},
}: SimulatorOptions): ReceiverSimulator {
  const isLorry = options.carrier === 'lorry';
  const at: Walk = isLorry
    ? createWalk(findStreet('Storgatan').line, {
        seed,
        metresPerSecond: 6,
        spellMs: 60_000,
        walkedPart: 0.4,
        strayMetres: 2,
      })
    : createWalk(findStreet('Skogsstigen').line, {
        seed,
        metresPerSecond: 1.4,
        spellMs: 480_000,
        walkedPart: 0.7,
        strayMetres: 12,
      });
  const measured = (ms: number): Point => {
    const { latitude, longitude } = at(ms);
    const error = (channel: number) =>
      ERROR_METRES * (2 * smoothNoise(seed, channel, ms / 15_000) - 1);
    return {
      latitude: latitude + error(ERROR_NORTH) / METRES_A_DEGREE.north,
      longitude: longitude + error(ERROR_EAST) / METRES_A_DEGREE.east,
    };
  };
  return {
    at,
    epoch(ms) {
      const second = Math.floor(ms / SECOND) * SECOND;
      const isCovered = !isLorry && noise(seed, COVER, Math.floor(second / BLOCK)) < COVERED;
      const bodies = isCovered ? withoutFix(second) : withFix(second, seed, measured);
      const sentences = bodies.map((body) => `$${body}*${hex(checksumOf(body))}\r\n`);
      return new TextEncoder().encode(sentences.join(''));
    },
  };
}

function withFix(ms: number, seed: number, at: Walk): string[] {
  const [before, here] = [at(ms - SECOND), at(ms)];
  const knots = metresBetween(before, here) * KNOTS_A_METRE_PER_SECOND;
  const course = courseOf(before, here);
  const position = `${minutes(here.latitude, 2)},N,${minutes(here.longitude, 3)},E`;
  const count = 7 + Math.floor(5 * smoothNoise(seed, SATELLITES, ms / 60_000));
  const hdop = (2.2 - 0.12 * count).toFixed(2);
  const height = (311 + 6 * smoothNoise(seed, HEIGHT, ms / 90_000)).toFixed(1);
  const used = Array.from({ length: 12 }, (_, i) => (i < count ? two(3 + 2 * i) : '')).join(',');
  return [
    `GNRMC,${timeOf(ms)},A,${position},${knots.toFixed(2)},${course.toFixed(2)},${dateOf(ms)},,,A`,
    `GNGGA,${timeOf(ms)},${position},1,${two(count)},${hdop},${height},M,24.1,M,,`,
    `GNGSA,A,3,${used},1.90,${hdop},1.50`,
  ];
}

function withoutFix(ms: number): string[] {
  return [
    `GNRMC,${timeOf(ms)},V,,,,,,,${dateOf(ms)},,,N`,
    `GNGGA,${timeOf(ms)},,,,,0,02,99.99,,M,,M,,`,
    'GNGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99',
  ];
}

function courseOf(from: Point, to: Point): number {
  const north = (to.latitude - from.latitude) * METRES_A_DEGREE.north;
  const east = (to.longitude - from.longitude) * METRES_A_DEGREE.east;
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}

/** 61.42 is 6125.20000. */
function minutes(degrees: number, width: number): string {
  const units = Math.round(degrees * 60 * MINUTE_DIGITS);
  const whole = Math.floor(units / (60 * MINUTE_DIGITS));
  const rest = (units - whole * 60 * MINUTE_DIGITS) / MINUTE_DIGITS;
  return `${String(whole).padStart(width, '0')}${rest.toFixed(5).padStart(8, '0')}`;
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19).replaceAll(':', '')}.000`;
}

function dateOf(ms: number): string {
  const [year, month, day] = new Date(ms).toISOString().slice(2, 10).split('-');
  return `${day}${month}${year}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
