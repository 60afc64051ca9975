/**
 * A DSMR 5 meter with a gas meter behind it, as a function of time alone: asked twice for the same second it sends the
 * same telegram, asked for a later one its registers have counted exactly the power between. So a restarted simulator
 * goes on where the last one stopped.
 * @module
 */
import { crc16Arc } from '../energy/dsmr-p1/crc16-arc.ts';
import { createZone } from '../energy/dsmr-p1/p1-time.ts';
import { gasLitres, type Household, type PhasePowers, phasePowers } from './household.ts';
import { noise } from './random.ts';
import { runningSum } from './running-sum.ts';

export interface P1SimulatorOptions {
  readonly seed: number;
  /** When the registers stood at zero; earlier moments cannot be asked for. The nearer, the sooner the first telegram. */
  readonly installedAt?: number;
  readonly gas?: 'every five minutes' | 'hourly' | 'none';
}

export interface P1Simulator {
  /** The telegram of the second this instant is in. @throws RangeError before `installedAt` */
  telegram(ms: number): Uint8Array;
}

export const INSTALLED_AT = Date.UTC(2025, 0, 1);

const MINUTE = 60_000;
const GAS_MINUTES = { 'every five minutes': 5, hourly: 60, none: 0 };
const SOLAR_PEAK_WATTS = 3800;
const ZONE = 'Europe/Amsterdam';
const LATITUDE = 52.4;
const [JITTER, VOLTAGE] = [1001, 1002];

/** Watt-seconds since installation, low tariff first. */
interface Registers {
  readonly imported: [number, number];
  readonly exported: [number, number];
}

export function createP1Simulator(options: P1SimulatorOptions): P1Simulator {
  const { seed, installedAt = INSTALLED_AT, gas = 'every five minutes' } = options;
  const zone = createZone(ZONE);
  const house: Household = { seed, zone, latitude: LATITUDE, solarPeakWatts: SOLAR_PEAK_WATTS };
  const installed = Math.floor(installedAt / MINUTE);
  const count = (registers: Registers, watts: number, seconds: number, minute: number) => {
    const tariff = isLowTariff(house, minute) ? 0 : 1;
    if (watts > 0) registers.imported[tariff] += watts * seconds;
    else registers.exported[tariff] -= watts * seconds;
  };
  const electricity = runningSum<Registers>(
    installed,
    () => ({ imported: [0, 0], exported: [0, 0] }),
    (registers, minute) => count(registers, total(phasePowers(house, minute)), 60, minute),
  );
  const burnt = runningSum<{ litres: number }>(
    installed,
    () => ({ litres: 0 }),
    (sum, minute) => {
      sum.litres += gasLitres(house, minute);
    },
  );

  return {
    telegram(ms) {
      const second = Math.floor(ms / 1000);
      const minute = Math.floor(second / 60);
      if (minute < installed) throw new RangeError('asked for a moment before the meter was there');
      const registers = structuredClone(electricity(minute));
      for (let s = minute * 60; s < second; s++)
        count(registers, total(secondPowers(house, s)), 1, minute);
      const every = GAS_MINUTES[gas];
      const gasMinute = every === 0 ? null : Math.max(installed, minute - (minute % every));
      return withChecksum([
        '/SGL5\\2SIMULATED-H1',
        '',
        '1-3:0.2.8(50)',
        `0-0:1.0.0(${p1Time(second * 1000, zone)})`,
        `0-0:96.1.1(${identifier('E', seed)})`,
        ...electricityLines(
          registers,
          isLowTariff(house, minute),
          secondPowers(house, second),
          seed,
          second,
        ),
        ...(gasMinute === null
          ? []
          : gasLines(burnt(gasMinute).litres, p1Time(gasMinute * MINUTE, zone), seed)),
        '!',
      ]);
    },
  };
}

/**
 * A second's powers: its minute's, and a flicker on the first phase that mirrors itself in the second half of the minute.
 * It sums to nothing and never turns the sign, so a minute's energy is exactly sixty times its mean.
 */
function secondPowers(house: Household, second: number): PhasePowers {
  const minute = Math.floor(second / 60);
  const powers = phasePowers(house, minute);
  const at = second % 60;
  const widest = Math.min(40, Math.floor(Math.abs(total(powers)) / 2));
  const flicker = Math.round(
    widest * (2 * noise(house.seed, JITTER, minute, Math.min(at, 59 - at)) - 1),
  );
  return [powers[0] + (at < 30 ? flicker : -flicker), powers[1], powers[2]];
}

function total(powers: PhasePowers): number {
  return powers[0] + powers[1] + powers[2];
}

// The Dutch low tariff: weekdays from 23 to 7, and the weekend. 1 January 1970 was a Thursday.
function isLowTariff({ zone }: Household, minute: number): boolean {
  const local = minute + zone(minute * MINUTE) / MINUTE;
  const hour = Math.floor((local % 1440) / 60);
  const weekday = (Math.floor(local / 1440) + 4) % 7;
  return hour >= 23 || hour < 7 || weekday === 0 || weekday === 6;
}

function electricityLines(
  { imported, exported }: Registers,
  isLow: boolean,
  powers: PhasePowers,
  seed: number,
  second: number,
): string[] {
  const net = total(powers);
  const phases = [0, 1, 2] as const;
  const volts = phases.map((phase) => phaseVolts(powers[phase], seed, phase, second));
  return [
    `1-0:1.8.1(${kilowattHours(imported[0])}*kWh)`,
    `1-0:1.8.2(${kilowattHours(imported[1])}*kWh)`,
    `1-0:2.8.1(${kilowattHours(exported[0])}*kWh)`,
    `1-0:2.8.2(${kilowattHours(exported[1])}*kWh)`,
    `0-0:96.14.0(${isLow ? '0001' : '0002'})`,
    `1-0:1.7.0(${kilowatts(net)}*kW)`,
    `1-0:2.7.0(${kilowatts(-net)}*kW)`,
    '0-0:96.7.21(00004)',
    '0-0:96.7.9(00002)',
    '1-0:99.97.0(1)(0-0:96.7.19)(250108151004W)(0000000301*s)',
    ...phases.map((phase) => `1-0:${32 + 20 * phase}.32.0(00002)`),
    ...phases.map((phase) => `1-0:${32 + 20 * phase}.36.0(00000)`),
    '0-0:96.13.0()',
    ...phases.map(
      (phase) => `1-0:${32 + 20 * phase}.7.0(${fixed((volts[phase] ?? 0) * 10, 1, 3)}*V)`,
    ),
    ...phases.map((phase) => {
      const amperes = Math.round(Math.abs(powers[phase]) / (volts[phase] ?? 230));
      return `1-0:${31 + 20 * phase}.7.0(${String(amperes).padStart(3, '0')}*A)`;
    }),
    ...phases.map((phase) => `1-0:${21 + 20 * phase}.7.0(${kilowatts(powers[phase])}*kW)`),
    ...phases.map((phase) => `1-0:${22 + 20 * phase}.7.0(${kilowatts(-powers[phase])}*kW)`),
  ];
}

function gasLines(litres: number, time: string, seed: number): string[] {
  return [
    '0-1:24.1.0(003)',
    `0-1:96.1.0(${identifier('G', seed)})`,
    `0-1:24.2.1(${time})(${fixed(litres, 3, 5)}*m3)`,
  ];
}

// What the house takes pulls its phase down, what the roof gives lifts it.
function phaseVolts(watts: number, seed: number, phase: number, second: number): number {
  const grid = 231 + 3 * (noise(seed, VOLTAGE, phase, Math.floor(second / 600)) - 0.5);
  return grid + noise(seed, VOLTAGE, phase, second) - 0.5 - watts / 1500;
}

// A register shows the watt-hours that are full.
function kilowattHours(wattSeconds: number): string {
  return fixed(Math.floor(wattSeconds / 3600), 3, 6);
}

function kilowatts(watts: number): string {
  return fixed(Math.max(0, watts), 3, 2);
}

/** A whole number of thousandths (or tenths …) with its point, filled up to `whole` digits before it. */
function fixed(value: number, decimals: number, whole: number): string {
  const digits = String(Math.round(value)).padStart(whole + decimals, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function p1Time(ms: number, zone: (ms: number) => number): string {
  const offset = zone(ms);
  const local = new Date(ms + offset).toISOString();
  return `${local.slice(2, 19).replace(/[-T:]/g, '')}${offset > 3_600_000 ? 'S' : 'W'}`;
}

/** The hexadecimal digits of an identifier's ASCII, as meters send it. */
function identifier(kind: string, seed: number): string {
  const text = `${kind}9999${String(seed >>> 0).padStart(12, '0')}`;
  return Array.from(text, (c) => c.charCodeAt(0).toString(16).toUpperCase()).join('');
}

function withChecksum(lines: readonly string[]): Uint8Array {
  const body = new TextEncoder().encode(lines.join('\r\n'));
  const sum = crc16Arc(body).toString(16).toUpperCase().padStart(4, '0');
  return new Uint8Array([...body, ...new TextEncoder().encode(`${sum}\r\n`)]);
}
