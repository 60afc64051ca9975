/**
 * Somebody on a street of Sigillstad, as a function of time alone: round and round on a closed one, to and fro on an open
 * one, walking for a while and resting for a while.
 * @module
 */
import { noise, smoothNoise } from '../random.ts';
import { METRES_A_DEGREE, metresBetween, type Point } from './places.ts';

export interface Gait {
  readonly seed: number;
  readonly metresPerSecond: number;
  /** Each spell is this long, and this part of it is walked; then comes a rest. */
  readonly spellMs: number;
  readonly walkedPart: number;
  /** How far aside of the line, at most. */
  readonly strayMetres: number;
}

export type Walk = (ms: number) => Point;

// Channels of the noise.
const [STRAY_NORTH, STRAY_EAST, START] = [2001, 2002, 2003];
const STRAY_MS = 20_000;

export function createWalk(line: readonly Point[], gait: Gait): Walk {
  const { seed, metresPerSecond, spellMs, walkedPart, strayMetres } = gait;
  const lengths = line.slice(1).map((to, i) => metresBetween(line[i] ?? to, to));
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  const first = line[0] ?? { latitude: 0, longitude: 0 };
  const isClosed = metresBetween(first, line.at(-1) ?? first) < 1;
  const spellMetres = (metresPerSecond * walkedPart * spellMs) / 1000;

  const at = (metres: number): Point => {
    const lap = isClosed ? whole : 2 * whole;
    const along = ((metres % lap) + lap) % lap;
    return pointAlong(line, lengths, along > whole ? lap - along : along);
  };
  return (ms) => {
    const spell = Math.floor(ms / spellMs);
    const walked = Math.min(1, (ms / spellMs - spell) / walkedPart);
    const metres = spellMetres * (spell + walked) + whole * noise(seed, START);
    const { latitude, longitude } = at(metres);
    const aside = (channel: number) =>
      strayMetres * (2 * smoothNoise(seed, channel, ms / STRAY_MS) - 1);
    return {
      latitude: latitude + aside(STRAY_NORTH) / METRES_A_DEGREE.north,
      longitude: longitude + aside(STRAY_EAST) / METRES_A_DEGREE.east,
    };
  };
}

function pointAlong(line: readonly Point[], lengths: readonly number[], metres: number): Point {
  let left = metres;
  for (const [i, length] of lengths.entries()) {
    const [from, to] = [line[i], line[i + 1]];
    if (from && to && left <= length) {
      const part = left / length;
      return {
        latitude: from.latitude + part * (to.latitude - from.latitude),
        longitude: from.longitude + part * (to.longitude - from.longitude),
      };
    }
    left -= length;
  }
  return line.at(-1) ?? { latitude: 0, longitude: 0 };
}
