/**
 * Meters on a Modbus bus, each a household by its address, that answer as their register map says. Like every simulated
 * meter they are functions of time: a restarted one goes on counting.
 * @module
 */
import { findQuestion, type Mode, type Question, writeAnswer } from '../energy/modbus-meter/adu.ts';
import { registerMaps } from '../energy/modbus-meter/maps/index.ts';
import {
  type Point,
  pointsIn,
  type RegisterMap,
  sizeOf,
} from '../energy/modbus-meter/register-map.ts';
import type { SimulatedDevice, SimulatorOptions } from './device.ts';
import { INSTALLED_AT } from './dsmr-p1.ts';
import { phasePowers } from './household.ts';
import { noise } from './random.ts';
import { runningSum } from './running-sum.ts';

const MINUTE = 60_000;
const [VOLTAGE, FREQUENCY, FACTOR] = [2001, 2002, 2003];
const LONGEST_QUESTION = 12;
const ILLEGAL_ADDRESS = 2;

export function createModbusMeterSimulator(given: SimulatorOptions): SimulatedDevice {
  const { meter = 'sdm630', address = '1', mode = 'rtu' } = given.options ?? {};
  const map = registerMaps.get(meter);
  if (map === undefined)
    throw new RangeError(`meter is one of ${[...registerMaps.keys()].join(', ')}, not ${meter}`);
  const link: Mode = mode === 'tcp' ? 'tcp' : 'rtu';
  const readers = new Map(
    address.split(',').map((one) => {
      const seed = given.seed * 256 + Number(one);
      return [Number(one), createReader(seed, given.installedAt ?? INSTALLED_AT)];
    }),
  );
  let heard = new Uint8Array(0);
  return {
    speak: () => [],
    hear(bytes, ms) {
      heard = Uint8Array.from([...heard, ...bytes]);
      const answers: Uint8Array[] = [];
      let at = 0;
      while (at < heard.length) {
        const question = findQuestion(link, heard, at);
        if (question === 'incomplete') break;
        if (question === 'other' || 'damaged' in question) {
          at++;
          continue;
        }
        at += question.length;
        const read = readers.get(question.address);
        if (read) answers.push(answerTo(question, map, link, (name) => read(name, ms)));
      }
      heard = heard.slice(Math.max(at, heard.length - LONGEST_QUESTION));
      return answers;
    },
  };
}

function answerTo(
  question: Question,
  map: RegisterMap,
  mode: Mode,
  read: (name: string) => number,
): Uint8Array {
  const points = pointsIn(map, question);
  if (question.read !== map.read || points.length === 0)
    return writeAnswer(mode, question, { data: null, exception: ILLEGAL_ADDRESS });
  const data = new Uint8Array(2 * question.count);
  const view = new DataView(data.buffer);
  for (const point of points)
    writeValue(view, 2 * (point.register - question.start), point, inUnit(point, read(point.name)));
  return writeAnswer(mode, question, { data, exception: null });
}

function inUnit({ unit }: Point, value: number): number {
  return unit?.startsWith('k') ? value / 1000 : value;
}

/** Puts a value into registers as the driver reads it from there. */
export function writeValue(view: DataView, offset: number, point: Point, value: number): void {
  const scaled = value / 10 ** point.exponent;
  if (point.type === 'float32') {
    view.setFloat32(offset, scaled);
    return;
  }
  const size = sizeOf(point);
  const whole = BigInt.asUintN(16 * size, BigInt(Math.round(scaled)));
  for (let word = 0; word < size; word++) {
    const shift = point.type.endsWith('-swapped') ? word : size - 1 - word;
    view.setUint16(offset + 2 * word, Number((whole >> BigInt(16 * shift)) & 0xffffn));
  }
}

/** A household's quantities by their names, in units without a prefix: volts, watts, watt-hours. */
function createReader(seed: number, installedAt: number): (name: string, ms: number) => number {
  const house = { seed, zone: () => 3_600_000, latitude: 52.4, solarPeakWatts: 3800 };
  const energies = runningSum(
    Math.floor(installedAt / MINUTE),
    () => ({ taken: [0, 0, 0], given: [0, 0, 0] }),
    (sum, minute) => {
      for (const [i, watts] of phasePowers(house, minute).entries())
        sum[watts > 0 ? 'taken' : 'given'][i]! += Math.abs(watts) / 60;
    },
  );
  return (name, ms) => {
    const minute = Math.floor(ms / MINUTE);
    const phase = Number(/\.l(\d)$/.exec(name)?.[1] ?? 0);
    const watts = phasePowers(house, minute);
    const { taken, given } = energies(minute);
    const of = (values: readonly number[]) =>
      phase === 0 ? values.reduce((a, b) => a + b, 0) : (values[phase - 1] ?? 0);
    const volts = 229 + 4 * noise(seed, VOLTAGE, phase, Math.floor(ms / 10_000));
    const factor = 0.9 + 0.1 * noise(seed, FACTOR, phase, minute);
    const apparent = Math.abs(of(watts)) / factor;
    const values: Readonly<Record<string, number>> = {
      voltage: volts,
      current: apparent / volts,
      'power.net': of(watts),
      'power.import': Math.abs(of(watts)),
      'power.apparent': apparent,
      'power.reactive.net': Math.sqrt(Math.max(0, apparent ** 2 - of(watts) ** 2)),
      'power.factor': factor,
      frequency: 49.95 + 0.1 * noise(seed, FREQUENCY, Math.floor(ms / 10_000)),
      'energy.import': of(taken),
      'energy.export': of(given),
      'energy.total': of(taken) + of(given),
    };
    if (/^voltage\.l\d\d$/.test(name)) return volts * Math.sqrt(3);
    return values[name.replace(/\.l\d$/, '')] ?? 0;
  };
}
