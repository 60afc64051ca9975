/**
 * A household's power, minute by minute, as a function of time alone: what it takes, what its roof gives, what gas it burns.
 * @module
 */
import { noise, smoothNoise } from './random.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const MINUTES_A_DAY = 1440;

/** Whole watts on each phase, mean of one minute; below zero the roof gives more than the house takes. */
export type PhasePowers = readonly [number, number, number];

export interface Household {
  readonly seed: number;
  /** How far the local clock is ahead of UTC at an instant, ms. */
  readonly zone: (ms: number) => number;
  readonly latitude: number;
  readonly solarPeakWatts: number;
}

// Channels of the noise, one for each thing that varies by itself.
const [BASE, FRIDGE, DAYLIFE, COOKING, WASHING, CLOUD, PASSING, GAS] = [1, 2, 3, 4, 5, 6, 7, 8];

/** @param minute minutes since the epoch */
export function phasePowers(house: Household, minute: number): PhasePowers {
  const { seed } = house;
  const local = localMinute(house, minute);
  const day = Math.floor(local / MINUTES_A_DAY);
  const hour = (local % MINUTES_A_DAY) / 60;
  const awake = bump(hour, 7.2, 1.2) * 450 + bump(hour, 20, 2.6) * 650 + bump(hour, 13, 3) * 180;
  const life = awake * (0.5 + smoothNoise(seed, DAYLIFE, minute / 11));
  const base = 90 + 60 * smoothNoise(seed, BASE, minute / 300);
  const fridge = (minute + Math.floor(noise(seed, FRIDGE) * 45)) % 45 < 16 ? 85 : 0;
  const cooking = appliance(seed, COOKING, day, hour, 17.25, 0.6, 2100);
  const washing =
    noise(seed, WASHING, day) < 0.4 ? appliance(seed, WASHING, day, hour, 10.5, 1.6, 900) : 0;
  return [
    Math.round(base + life * 0.6 - solarWatts(house, minute)),
    Math.round(life * 0.25 + cooking),
    Math.round(life * 0.15 + fridge + washing),
  ];
}

/** Litres of gas burnt in one minute: heating by the season, hot water in the morning and the evening. */
export function gasLitres(house: Household, minute: number): number {
  const hour = (localMinute(house, minute) % MINUTES_A_DAY) / 60;
  const cold = Math.max(0, Math.cos((2 * Math.PI * (dayOfYear(minute) - 15)) / 365) + 0.25);
  const heats = hour > 6 && hour < 23 && minute % 20 < 12 * cold;
  const washes = bump(hour, 7, 0.5) + bump(hour, 21.5, 0.6) > 0.5 && minute % 30 < 8;
  const burnt = (heats ? 11 : 0) + (washes ? 25 : 0);
  return burnt === 0 ? 0 : burnt + Math.floor(noise(house.seed, GAS, minute) * 5);
}

function solarWatts(house: Household, minute: number): number {
  const sun = sineOfSunHeight(house, minute);
  if (sun <= 0) return 0;
  const clear = 0.25 + 0.75 * smoothNoise(house.seed, CLOUD, minute / 400);
  const passing = 0.7 + 0.3 * smoothNoise(house.seed, PASSING, minute / 9);
  return house.solarPeakWatts * sun * clear * passing;
}

// Declination and hour angle to a degree or so, at longitude 5° east: enough for a roof.
function sineOfSunHeight({ latitude }: Household, minute: number): number {
  const radians = Math.PI / 180;
  const declination = -23.44 * radians * Math.cos((2 * Math.PI * (dayOfYear(minute) + 10)) / 365);
  const hourAngle = (((minute % MINUTES_A_DAY) / 60 - 12) * 15 + 5) * radians;
  const phi = latitude * radians;
  return (
    Math.sin(phi) * Math.sin(declination) +
    Math.cos(phi) * Math.cos(declination) * Math.cos(hourAngle)
  );
}

/** Runs once a day, begins around `start`, at full power most of the time. */
function appliance(
  seed: number,
  channel: number,
  day: number,
  hour: number,
  start: number,
  hours: number,
  watts: number,
): number {
  const since = hour - start - 1.5 * noise(seed, channel, day);
  const runs = since >= 0 && since < hours * (0.7 + 0.6 * noise(seed, channel, day, 1));
  return runs && noise(seed, channel, day, Math.floor(since * 12), 2) < 0.75 ? watts : 0;
}

function bump(hour: number, middle: number, width: number): number {
  return Math.exp(-(((hour - middle) / width) ** 2));
}

function localMinute({ zone }: Household, minute: number): number {
  return minute + zone(minute * MINUTE) / MINUTE;
}

function dayOfYear(minute: number): number {
  const days = Math.floor((minute * MINUTE) / DAY);
  return (days + 0.5) % 365.2425;
}
