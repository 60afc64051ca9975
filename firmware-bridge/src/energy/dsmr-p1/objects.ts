/**
 * OBIS codes of P1 telegrams and the names they get.
 * Spec: DSMR P1 5.0.2 §6.12, DSMR 3.0, Fluvius e-MUCS-P1 1.7, Luxembourg and Swedish P1, IEC 62056-61 for the rest.
 * @module
 */

/** How the brackets of an object are read. */
export type Form = 'number' | 'count' | 'text' | 'time' | 'peak' | 'peak-log' | 'failure-log';

export interface Meaning {
  readonly name: string;
  readonly form: Form;
}

const number = (name: string): Meaning => ({ name, form: 'number' });
const count = (name: string): Meaning => ({ name, form: 'count' });
const text = (name: string): Meaning => ({ name, form: 'text' });

// IEC 62056-61: value group C tells quantity and phase, D what is done with it (7 instantaneous, 8 integrated).
const DIRECTIONS = [
  { name: 'import', c: 1, phases: [21, 41, 61] },
  { name: 'export', c: 2, phases: [22, 42, 62] },
  { name: 'reactive.import', c: 3, phases: [23, 43, 63] },
  { name: 'reactive.export', c: 4, phases: [24, 44, 64] },
  { name: 'apparent.import', c: 9, phases: [29, 49, 69] },
  { name: 'apparent.export', c: 10, phases: [30, 50, 70] },
];
const QUADRANTS = [5, 6, 7, 8];
const TARIFFS = [1, 2, 3, 4];

/** Objects of the main meter. A trailing `*255`, IEC 62056-21's way of saying "now", is not part of the key. */
export const mainObjects: ReadonlyMap<string, Meaning> = new Map([
  ...DIRECTIONS.flatMap(({ name, c, phases }) => [
    [`1-0:${c}.8.0`, number(`energy.${name}`)] as const,
    ...(name.startsWith('apparent')
      ? []
      : TARIFFS.map((t) => [`1-0:${c}.8.${t}`, number(`energy.${name}.t${t}`)] as const)),
    [`1-0:${c}.7.0`, number(`power.${name}`)] as const,
    ...phases.map((p, i) => [`1-0:${p}.7.0`, number(`power.${name}.l${i + 1}`)] as const),
  ]),
  ...QUADRANTS.flatMap((c, i) => [
    [`1-0:${c}.8.0`, number(`energy.reactive.q${i + 1}`)] as const,
    [`1-0:${c}.7.0`, number(`power.reactive.q${i + 1}`)] as const,
  ]),
  ...[16, 36, 56, 76].map((c, i) => [`1-0:${c}.7.0`, number(phased('power.net', i))] as const),
  ...[12, 32, 52, 72].flatMap((c, i) => [
    [`1-0:${c}.7.0`, number(phased('voltage', i))] as const,
    [`1-0:${c}.32.0`, count(phased('voltage.sags', i))] as const,
    [`1-0:${c}.36.0`, count(phased('voltage.swells', i))] as const,
  ]),
  ...[11, 31, 51, 71].map((c, i) => [`1-0:${c}.7.0`, number(phased('current', i))] as const),
  ...[13, 33, 53, 73].map((c, i) => [`1-0:${c}.7.0`, count(phased('power.factor', i))] as const),
  ['1-0:91.7.0', number('current.neutral')],
  ['1-0:14.7.0', number('frequency')],
  ['1-0:1.4.0', number('power.import.average')],
  ['1-0:1.6.0', { name: 'power.import.peak', form: 'peak' }],
  ['0-0:98.1.0', { name: 'power.import.peak', form: 'peak-log' }],
  ['1-0:99.97.0', { name: 'power.failure', form: 'failure-log' }],
  ['0-0:96.7.21', count('power.failures')],
  ['0-0:96.7.9', count('power.failures.long')],
  ['0-0:17.0.0', number('power.limit')],
  ['1-0:31.4.0', number('current.limit')],
  ['0-0:96.3.10', count('breaker.state')],
  ['0-0:96.14.0', text('tariff.active')],
  ['0-0:96.13.0', text('message.text')],
  ['0-0:96.13.1', text('message.code')],
  ['1-3:0.2.8', text('protocol.version')],
  ['0-0:96.1.4', text('protocol.version')],
  ['0-0:1.0.0', { name: 'device.time', form: 'time' }],
  ['0-0:96.1.1', text('device.id')],
  ['0-0:42.0.0', text('device.id')],
  ['0-0:96.1.255', text('device.id')],
  ['0-0:96.1.2', text('connection.id')],
  ['1-0:96.5.5', text('device.status')],
]);

/** Where a main meter's identifier may stand, best first: DSMR, Luxembourg, EasyMeter. */
export const MAIN_IDENTIFIERS = ['0-0:96.1.1', '0-0:42.0.0', '0-0:96.1.255', '1-0:0.0.0'];

// Medium 0 on a channel of its own: `0-2:24.2.1` is the reading of the meter on channel 2.
const CHANNEL = /^0-([1-9]\d*):/;

/** The channel of a sub-meter's object; null for the main meter's own. */
export function channelOf(code: string): string | null {
  return CHANNEL.exec(code)?.[1] ?? null;
}

/** The code without its channel. */
export function channelCode(code: string): string {
  return code.slice(code.indexOf(':') + 1);
}

/** Objects of the sub-meter on channel n, without their `0-n:`. Readings are named by the sub-meter's type. */
export const channelObjects: ReadonlyMap<string, Meaning> = new Map([
  ['24.1.0', text('device.type')],
  ['96.1.0', text('device.id')],
  ['96.1.1', text('device.id')],
  ['96.1.2', text('connection.id')],
  ['24.4.0', count('valve.state')],
  ['96.3.10', count('breaker.state')],
]);

const READINGS = [
  'energy.import',
  'gas.volume',
  'water.volume',
  'water.hot.volume',
  'heat.energy',
  'heat.volume',
  'cooling.energy',
  'cooling.volume',
  'measurement.period',
];

/** Every name an object can get, the numbered entries of the logs apart. */
export const quantityNames: ReadonlySet<string> = new Set([
  'device.model',
  ...[...mainObjects.values(), ...channelObjects.values()].map(({ name }) => name),
  ...READINGS,
]);

/** Whether a name belongs to an entry of a log, or to its heading. */
export function isLogged(name: string): boolean {
  return name.startsWith('power.import.peak.') || name.startsWith('power.failure.');
}

/** M-Bus device types (EN 13757-3 §8.4) and what they count; the unit tells energy from volume. */
export function channelQuantity(type: number, unit: string): string | null {
  const isVolume = unit === 'm3';
  switch (type) {
    case 2:
      return 'energy.import';
    case 3:
      return 'gas.volume';
    case 4: // heat, at the outlet
    case 12: // heat, at the inlet
    case 13: // heat and cooling
      return isVolume ? 'heat.volume' : 'heat.energy';
    case 6: // warm water
    case 21: // hot water
      return 'water.hot.volume';
    case 7: // water
    case 22: // cold water
      return 'water.volume';
    case 10: // cooling, at the outlet
    case 11: // cooling, at the inlet
      return isVolume ? 'cooling.volume' : 'cooling.energy';
    default:
      return null;
  }
}

function phased(name: string, index: number): string {
  return index === 0 ? name : `${name}.l${index}`;
}
