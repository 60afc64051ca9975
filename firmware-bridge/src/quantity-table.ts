/**
 * The rows behind quantities.ts.
 * @module
 */
import type { Dimension } from './units.ts';

export interface Quantity {
  readonly name: string;
  readonly dimension: Dimension;
  /** What a household, a shop or an animal can plausibly show, in the base unit: a hint for alarms, never a filter. */
  readonly plausible: { readonly low: number; readonly high: number } | null;
  readonly label: { readonly en: string; readonly sv: string };
}

type Row = readonly [
  name: string,
  dimension: Dimension,
  range: Quantity['plausible'],
  en: string,
  sv: string,
];

const range = (low: number, high: number) => ({ low, high });
// A 63 A three-phase connection moves 44 kW; a thousand times that for a factory's, over a meter's life of 30 years.
const ENERGY = range(0, 4.2e16);
const POWER = range(0, 4.4e7);
const VOLTAGE = range(0, 480);
const CURRENT = range(0, 6000);
const VOLUME = range(0, 1e8);

/** One row for the sum and one for each phase or tariff. */
const split = ([name, ...rest]: Row, key: string, parts: readonly string[]): Row[] => {
  const [dimension, plausible, en, sv] = rest;
  const part = (p: string): Row => [
    `${name}.${key}${p}`,
    dimension,
    plausible,
    `${en}, ${key.toUpperCase()}${p}`,
    `${sv}, ${key.toUpperCase()}${p}`,
  ];
  return [[name, ...rest], ...parts.map(part)];
};
const phased = (...row: Row) => split(row, 'l', ['1', '2', '3']);
const tariffed = (...row: Row) => split(row, 't', ['1', '2', '3', '4']);
const quadrants = (...row: Row) => split(row, 'q', ['1', '2', '3', '4']).slice(1);
const numbered = (count: number, rows: (n: number) => Row[]) =>
  Array.from({ length: count }, (_, i) => rows(i + 1)).flat();

/** A DSMR power failure log holds ten events; Flanders keeps thirteen monthly peaks. */
export const MAX_LOGGED_FAILURES = 10;
export const MAX_LOGGED_PEAKS = 13;

// biome-ignore format: a table is read by its columns
const rows: readonly Row[] = [
  ...tariffed('energy.import', 'energy', ENERGY, 'Energy taken', 'Uttagen energi'),
  ...tariffed('energy.export', 'energy', ENERGY, 'Energy fed in', 'Inmatad energi'),
  ...tariffed('energy.reactive.import', 'reactiveEnergy', ENERGY, 'Reactive energy taken', 'Uttagen reaktiv energi'),
  ...tariffed('energy.reactive.export', 'reactiveEnergy', ENERGY, 'Reactive energy fed in', 'Inmatad reaktiv energi'),
  ...phased('energy.import', 'energy', ENERGY, 'Energy taken', 'Uttagen energi').slice(1),
  ...phased('energy.export', 'energy', ENERGY, 'Energy fed in', 'Inmatad energi').slice(1),
  ...phased('energy.total', 'energy', ENERGY, 'Energy, both ways together', 'Energi, båda riktningarna'),
  ...phased('energy.reactive.import', 'reactiveEnergy', ENERGY, 'Reactive energy taken', 'Uttagen reaktiv energi').slice(1),
  ...phased('energy.reactive.export', 'reactiveEnergy', ENERGY, 'Reactive energy fed in', 'Inmatad reaktiv energi').slice(1),
  ...phased('energy.reactive.total', 'reactiveEnergy', ENERGY, 'Reactive energy, both ways together', 'Reaktiv energi, båda riktningarna'),
  ...quadrants('energy.reactive', 'reactiveEnergy', ENERGY, 'Reactive energy', 'Reaktiv energi'),
  ['energy.apparent.import', 'apparentEnergy', ENERGY, 'Apparent energy taken', 'Uttagen skenbar energi'],
  ['energy.apparent.export', 'apparentEnergy', ENERGY, 'Apparent energy fed in', 'Inmatad skenbar energi'],
  ...phased('power.import', 'power', POWER, 'Power taken', 'Uttagen effekt'),
  ...phased('power.export', 'power', POWER, 'Power fed in', 'Inmatad effekt'),
  ...phased('power.net', 'power', range(-4.4e7, 4.4e7), 'Power taken less fed in', 'Uttagen minus inmatad effekt'),
  ...phased('power.reactive.import', 'reactivePower', POWER, 'Reactive power taken', 'Uttagen reaktiv effekt'),
  ...phased('power.reactive.export', 'reactivePower', POWER, 'Reactive power fed in', 'Inmatad reaktiv effekt'),
  ...phased('power.reactive.net', 'reactivePower', range(-4.4e7, 4.4e7), 'Reactive power taken less fed in', 'Uttagen minus inmatad reaktiv effekt'),
  ...phased('power.apparent', 'apparentPower', POWER, 'Apparent power', 'Skenbar effekt'),
  ...quadrants('power.reactive', 'reactivePower', POWER, 'Reactive power', 'Reaktiv effekt'),
  ...phased('power.apparent.import', 'apparentPower', POWER, 'Apparent power taken', 'Uttagen skenbar effekt'),
  ...phased('power.apparent.export', 'apparentPower', POWER, 'Apparent power fed in', 'Inmatad skenbar effekt'),
  ...phased('power.factor', 'ratio', range(-1, 1), 'Power factor', 'Effektfaktor'),
  ['power.import.average', 'power', POWER, 'Mean power of this quarter so far', 'Kvartens medeleffekt hittills'],
  ['power.import.peak', 'power', POWER, 'Peak quarter of the month', 'Månadens högsta kvart'],
  ['power.import.peak.time', 'time', null, 'Time of the peak quarter', 'Tid för högsta kvarten'],
  ['power.import.peak.logged', 'count', range(0, MAX_LOGGED_PEAKS), 'Monthly peaks kept', 'Sparade månadstoppar'],
  ...numbered(MAX_LOGGED_PEAKS, (n) => [
    [`power.import.peak.${n}`, 'power', POWER, `Monthly peak ${n}`, `Månadstopp ${n}`],
    [`power.import.peak.${n}.time`, 'time', null, `Time of monthly peak ${n}`, `Tid för månadstopp ${n}`],
    [`power.import.peak.${n}.closed`, 'time', null, `Month of peak ${n} closed`, `Månaden för topp ${n} avslutad`],
  ]),
  ['power.limit', 'power', POWER, 'Power limit', 'Effektgräns'],
  ['current.limit', 'current', CURRENT, 'Current limit', 'Strömgräns'],
  ['power.failures', 'count', range(0, 1e5), 'Power failures', 'Strömavbrott'],
  ['power.failures.long', 'count', range(0, 1e5), 'Long power failures', 'Långa strömavbrott'],
  ['power.failure.logged', 'count', range(0, MAX_LOGGED_FAILURES), 'Power failures logged', 'Loggade strömavbrott'],
  ...numbered(MAX_LOGGED_FAILURES, (n) => [
    [`power.failure.${n}.end`, 'time', null, `End of power failure ${n}`, `Slut på strömavbrott ${n}`],
    [`power.failure.${n}.duration`, 'duration', range(0, 3.2e7), `Length of power failure ${n}`, `Längd på strömavbrott ${n}`],
  ]),
  ...phased('voltage', 'voltage', VOLTAGE, 'Voltage', 'Spänning'),
  ...['12', '23', '31'].map((pair): Row => [`voltage.l${pair}`, 'voltage', range(0, 830), `Voltage between L${pair[0]} and L${pair[1]}`, `Spänning mellan L${pair[0]} och L${pair[1]}`]),
  ...phased('voltage.sags', 'count', range(0, 1e5), 'Voltage sags', 'Spänningsdippar'),
  ...phased('voltage.swells', 'count', range(0, 1e5), 'Voltage swells', 'Spänningshöjningar'),
  ...phased('current', 'current', CURRENT, 'Current', 'Ström'),
  ['current.neutral', 'current', CURRENT, 'Current in the neutral', 'Ström i nolledaren'],
  ['frequency', 'frequency', range(45, 65), 'Frequency', 'Frekvens'],
  ['gas.volume', 'volume', VOLUME, 'Gas', 'Gas'],
  ['water.volume', 'volume', VOLUME, 'Water', 'Vatten'],
  ['water.hot.volume', 'volume', VOLUME, 'Hot water', 'Varmvatten'],
  ['heat.energy', 'energy', ENERGY, 'Heat', 'Värme'],
  ['heat.volume', 'volume', VOLUME, 'Heating water', 'Värmevatten'],
  ['cooling.energy', 'energy', ENERGY, 'Cooling', 'Kyla'],
  ['cooling.volume', 'volume', VOLUME, 'Cooling water', 'Kylvatten'],
  ['measurement.period', 'duration', range(0, 3.2e6), 'Recording period', 'Mätperiod'],
  ['breaker.state', 'state', range(0, 2), 'Breaker: 0 off, 1 on, 2 may be switched on', 'Brytare: 0 från, 1 till, 2 får slås till'],
  ['valve.state', 'state', range(0, 2), 'Valve: 0 shut, 1 open, 2 may be opened', 'Ventil: 0 stängd, 1 öppen, 2 får öppnas'],
  ['tariff.active', 'text', null, 'Tariff in force', 'Gällande tariff'],
  ['message.text', 'text', null, 'Message from the grid company', 'Meddelande från nätbolaget'],
  ['message.code', 'text', null, 'Message code', 'Meddelandekod'],
  ['connection.id', 'text', null, 'Connection point', 'Anläggnings-id'],
  ['device.id', 'text', null, 'Device identifier', 'Enhetens id'],
  ['device.model', 'text', null, 'Device model', 'Enhetens modell'],
  ['device.type', 'text', null, 'Device type', 'Enhetens typ'],
  ['device.status', 'text', null, 'Device status', 'Enhetens status'],
  ['device.tilted', 'flag', null, 'Tilted', 'Lutar'],
  ['device.time', 'time', null, "Device's own time", 'Enhetens egen tid'],
  ['protocol.version', 'text', null, 'Protocol version', 'Protokollversion'],
  ['temperature', 'temperature', range(-60, 100), 'Temperature', 'Temperatur'],
  ['humidity', 'humidity', range(0, 100), 'Humidity', 'Luftfuktighet'],
  ['pressure', 'pressure', range(3e4, 1.1e5), 'Air pressure', 'Lufttryck'],
  ['battery.voltage', 'voltage', range(0, 60), 'Battery voltage', 'Batterispänning'],
  ['battery.level', 'level', range(0, 100), 'Battery level', 'Batterinivå'],
  ['level', 'level', range(0, 100), 'Fill level', 'Fyllnadsgrad'],
  ['distance', 'length', range(0, 1e5), 'Distance', 'Avstånd'],
  ['weight.gross', 'mass', range(-1e5, 1e5), 'Gross weight', 'Bruttovikt'],
  ['weight.net', 'mass', range(-1e5, 1e5), 'Net weight', 'Nettovikt'],
  ['weight.tare', 'mass', range(0, 1e5), 'Tare', 'Tara'],
  ['weight.stable', 'flag', null, 'Weight at rest', 'Vikten är stabil'],
  ['weight.range', 'text', null, 'Outside the scale’s range', 'Utanför vågens område'],
  ['position.latitude', 'latitude', range(-90, 90), 'Latitude', 'Latitud'],
  ['position.longitude', 'longitude', range(-180, 180), 'Longitude', 'Longitud'],
  ['position.altitude', 'length', range(-500, 1e4), 'Altitude', 'Höjd'],
  ['position.fix', 'text', null, 'Kind of fix', 'Typ av lägesbestämning'],
  ['position.dimensions', 'state', range(1, 3), 'Fix: 1 none, 2 flat, 3 with altitude', 'Lägesbestämning: 1 ingen, 2 plan, 3 med höjd'],
  ['position.satellites', 'count', range(0, 150), 'Satellites used', 'Använda satelliter'],
  ['position.hdop', 'ratio', range(0, 50), 'Horizontal dilution', 'Horisontell geometrifaktor'],
  ['position.vdop', 'ratio', range(0, 50), 'Vertical dilution', 'Vertikal geometrifaktor'],
  ['position.pdop', 'ratio', range(0, 50), 'Dilution of position', 'Geometrifaktor för läget'],
  ['position.geoid', 'length', range(-120, 120), 'Sea level above the ellipsoid', 'Havsnivå över ellipsoiden'],
  ['position.accuracy', 'length', range(0, 1e5), 'Accuracy', 'Noggrannhet'],
  ['position.age', 'duration', range(0, 3.2e6), 'Age of the fix', 'Lägets ålder'],
  ['position.error.latitude', 'length', range(0, 1e4), 'Deviation, north', 'Avvikelse, norr'],
  ['position.error.longitude', 'length', range(0, 1e4), 'Deviation, east', 'Avvikelse, öster'],
  ['position.error.altitude', 'length', range(0, 1e4), 'Deviation, height', 'Avvikelse, höjd'],
  ['course', 'angle', range(0, 360), 'Course', 'Kurs'],
  ['course.magnetic', 'angle', range(0, 360), 'Magnetic course', 'Magnetisk kurs'],
  ['speed', 'speed', range(0, 540), 'Speed', 'Hastighet'],
  ['tag.id', 'text', null, 'Tag', 'Tagg'],
  ['tag.pit', 'text', null, 'Tag as PTAGIS writes it', 'Tagg som PTAGIS skriver den'],
  ['tag.type', 'text', null, 'Kind of tag', 'Typ av tagg'],
  ['tag.animal', 'flag', null, 'Tag of an animal', 'Tagg på ett djur'],
  ['tag.antenna', 'state', range(0, 255), 'Antenna', 'Antenn'],
  ['tag.pc', 'text', null, "Tag's protocol control", 'Taggens protokollord'],
  ['tag.crc', 'text', null, "Tag's checksum", 'Taggens kontrollsumma'],
  ['tag.tid', 'text', null, "Chip's serial number", 'Chippets serienummer'],
  ['tag.seen.first', 'time', null, 'First seen', 'Sedd först'],
  ['tag.seen.last', 'time', null, 'Last seen', 'Sedd senast'],
  ['tag.seen.count', 'count', range(0, 65_535), 'Times seen', 'Antal avläsningar'],
  ['reader.region', 'text', null, 'Radio region', 'Radioregion'],
  ['reader.power', 'signal', range(0, 40), 'Transmit power', 'Sändareffekt'],
  ['signal.strength', 'signal', range(-150, 20), 'Signal strength', 'Signalstyrka'],
  ['radio.snr', 'decibel', range(-40, 40), 'Signal-to-noise ratio', 'Signal-brusförhållande'],
  ['radio.gateway', 'text', null, 'Gateway that heard it best', 'Gateway som hörde bäst'],
  ['radio.gateways', 'count', range(0, 1000), 'Gateways that heard it', 'Gateways som hörde'],
  ['radio.counter', 'count', range(0, 4_294_967_295), 'Uplink counter', 'Räknare för upplänk'],
  ['radio.port', 'state', range(0, 255), 'Port', 'Port'],
  ['message.id', 'text', null, 'Message identifier', 'Meddelandets id'],
];

export const quantityTable: readonly Quantity[] = rows.map(
  ([name, dimension, plausible, en, sv]) => ({ name, dimension, plausible, label: { en, sv } }),
);
