/**
 * What the corpus's other decoders assert of a telegram, in our words.
 * @module
 */
import type { ExpectedObservation } from '../../testing/driver-contract.ts';

export interface Expected {
  /** By the names of dsmr-reader and dsmr_parser. */
  readonly values?: Readonly<Record<string, string | number | null>>;
  readonly by_smartmeter_obis_4_0_0: Readonly<
    Record<string, readonly { value: string | number; unit?: string }[]>
  >;
}

export interface Assertion {
  readonly claim: string;
  readonly actual: string | number | null | undefined;
  readonly due: string | number | null | undefined;
}

// Their name, our code. A name of theirs that stands for several of our codes means whichever is there.
const CODES: Readonly<Record<string, readonly string[]>> = {
  'reading.electricity_delivered_1': ['1-0:1.8.1', '1-0:1.8.0'],
  'reading.electricity_delivered_2': ['1-0:1.8.2'],
  'reading.electricity_returned_1': ['1-0:2.8.1', '1-0:2.8.0'],
  'reading.electricity_returned_2': ['1-0:2.8.2'],
  'reading.electricity_currently_delivered': ['1-0:1.7.0'],
  'reading.electricity_currently_returned': ['1-0:2.7.0'],
  'reading.phase_currently_delivered_l1': ['1-0:21.7.0'],
  'reading.phase_currently_delivered_l2': ['1-0:41.7.0'],
  'reading.phase_currently_delivered_l3': ['1-0:61.7.0'],
  'reading.phase_currently_returned_l1': ['1-0:22.7.0'],
  'reading.phase_currently_returned_l2': ['1-0:42.7.0'],
  'reading.phase_currently_returned_l3': ['1-0:62.7.0'],
  'reading.phase_voltage_l1': ['1-0:32.7.0'],
  'reading.phase_voltage_l2': ['1-0:52.7.0'],
  'reading.phase_voltage_l3': ['1-0:72.7.0'],
  'reading.phase_power_current_l1': ['1-0:31.7.0'],
  'reading.phase_power_current_l2': ['1-0:51.7.0'],
  'reading.phase_power_current_l3': ['1-0:71.7.0'],
  'meter_statistics.dsmr_version': ['1-3:0.2.8'],
  'meter_statistics.electricity_tariff': ['0-0:96.14.0'],
  'meter_statistics.power_failure_count': ['0-0:96.7.21'],
  'meter_statistics.long_power_failure_count': ['0-0:96.7.9'],
  'meter_statistics.voltage_sag_count_l1': ['1-0:32.32.0'],
  'meter_statistics.voltage_sag_count_l2': ['1-0:52.32.0'],
  'meter_statistics.voltage_sag_count_l3': ['1-0:72.32.0'],
  'meter_statistics.voltage_swell_count_l1': ['1-0:32.36.0'],
  'meter_statistics.voltage_swell_count_l2': ['1-0:52.36.0'],
  'meter_statistics.voltage_swell_count_l3': ['1-0:72.36.0'],
  'reading.extra_device_delivered': ['0-1:24.2.1', '0-1:24.2.3', '0-1:24.3.0'],
  P1_MESSAGE_HEADER: ['1-3:0.2.8'],
  BELGIUM_VERSION_INFORMATION: ['0-0:96.1.4'],
  EQUIPMENT_IDENTIFIER: ['0-0:96.1.1'],
  BELGIUM_EQUIPMENT_IDENTIFIER: ['0-0:96.1.1'],
  ELECTRICITY_USED_TARIFF_1: ['1-0:1.8.1'],
  ELECTRICITY_USED_TARIFF_2: ['1-0:1.8.2'],
  ELECTRICITY_DELIVERED_TARIFF_1: ['1-0:2.8.1'],
  ELECTRICITY_DELIVERED_TARIFF_2: ['1-0:2.8.2'],
  ELECTRICITY_ACTIVE_TARIFF: ['0-0:96.14.0'],
  CURRENT_ELECTRICITY_USAGE: ['1-0:1.7.0'],
  CURRENT_ELECTRICITY_DELIVERY: ['1-0:2.7.0'],
  SHORT_POWER_FAILURE_COUNT: ['0-0:96.7.21'],
  LONG_POWER_FAILURE_COUNT: ['0-0:96.7.9'],
  VOLTAGE_SAG_L1_COUNT: ['1-0:32.32.0'],
  VOLTAGE_SAG_L2_COUNT: ['1-0:52.32.0'],
  VOLTAGE_SAG_L3_COUNT: ['1-0:72.32.0'],
  VOLTAGE_SWELL_L1_COUNT: ['1-0:32.36.0'],
  VOLTAGE_SWELL_L2_COUNT: ['1-0:52.36.0'],
  VOLTAGE_SWELL_L3_COUNT: ['1-0:72.36.0'],
  INSTANTANEOUS_VOLTAGE_L1: ['1-0:32.7.0'],
  INSTANTANEOUS_VOLTAGE_L2: ['1-0:52.7.0'],
  INSTANTANEOUS_VOLTAGE_L3: ['1-0:72.7.0'],
  INSTANTANEOUS_CURRENT_L1: ['1-0:31.7.0'],
  INSTANTANEOUS_CURRENT_L2: ['1-0:51.7.0'],
  INSTANTANEOUS_CURRENT_L3: ['1-0:71.7.0'],
  INSTANTANEOUS_ACTIVE_POWER_L1_POSITIVE: ['1-0:21.7.0'],
  INSTANTANEOUS_ACTIVE_POWER_L2_POSITIVE: ['1-0:41.7.0'],
  INSTANTANEOUS_ACTIVE_POWER_L3_POSITIVE: ['1-0:61.7.0'],
  INSTANTANEOUS_ACTIVE_POWER_L1_NEGATIVE: ['1-0:22.7.0'],
  INSTANTANEOUS_ACTIVE_POWER_L2_NEGATIVE: ['1-0:42.7.0'],
  INSTANTANEOUS_ACTIVE_POWER_L3_NEGATIVE: ['1-0:62.7.0'],
  ACTUAL_SWITCH_POSITION: ['0-0:96.3.10'],
  ACTUAL_TRESHOLD_ELECTRICITY: ['0-0:17.0.0'],
  FUSE_THRESHOLD_L1: ['1-0:31.4.0'],
  BELGIUM_CURRENT_AVERAGE_DEMAND: ['1-0:1.4.0'],
  TEXT_MESSAGE_CODE: ['0-0:96.13.1'],
  TEXT_MESSAGE: ['0-0:96.13.0'],
  DEVICE_TYPE: ['0-1:24.1.0'],
  EQUIPMENT_IDENTIFIER_GAS: ['0-1:96.1.0'],
  HOURLY_GAS_METER_READING: ['0-1:24.2.1'],
  GAS_METER_READING: ['0-1:24.3.0'],
  MBUS_VALVE_POSITION: ['0-1:24.4.0'],
  'gas_meter_device.MBUS_DEVICE_TYPE': ['0-1:24.1.0'],
  'gas_meter_device.MBUS_EQUIPMENT_IDENTIFIER': ['0-1:96.1.0'],
  'gas_meter_device.MBUS_METER_READING': ['0-1:24.2.1'],
  'mbus1.MBUS_DEVICE_TYPE': ['0-1:24.1.0'],
  'mbus1.MBUS_EQUIPMENT_IDENTIFIER': ['0-1:96.1.1'],
  'mbus1.MBUS_METER_READING': ['0-1:24.2.3'],
  'mbus2.MBUS_DEVICE_TYPE': ['0-2:24.1.0'],
  'mbus2.MBUS_EQUIPMENT_IDENTIFIER': ['0-2:96.1.1'],
  'mbus2.MBUS_METER_READING': ['0-2:24.2.1'],
};

// Their name, our field.
const FIELDS: Readonly<Record<string, string>> = {
  BELGIUM_MAXIMUM_DEMAND_MONTH: 'power.import.peak',
  'BELGIUM_MAXIMUM_DEMAND_13_MONTHS[0]': 'power.import.peak.1',
  'BELGIUM_MAXIMUM_DEMAND_13_MONTHS[1]': 'power.import.peak.2',
  'BELGIUM_MAXIMUM_DEMAND_13_MONTHS[2]': 'power.import.peak.3',
};
const TIMES: Readonly<Record<string, string>> = {
  'BELGIUM_MAXIMUM_DEMAND_MONTH.datetime': 'power.import.peak.time',
  'BELGIUM_MAXIMUM_DEMAND_13_MONTHS[0].datetime': 'power.import.peak.1.closed',
  'BELGIUM_MAXIMUM_DEMAND_13_MONTHS[1].datetime': 'power.import.peak.2.closed',
  'result.BELGIUM_MAXIMUM_DEMAND_13_MONTHS[0].occurred': 'power.import.peak.1.time',
  'result.BELGIUM_MAXIMUM_DEMAND_13_MONTHS[2].occurred': 'power.import.peak.3.time',
};

// Not in the telegrams beside them: a clock handed in by the source's test; a channel that sends no reading.
const NOT_SENT = new Set(['mbus1.MBUS_METER_READING 0.000']);
// Summer time in March before it began: we keep it as sent and give it no instant.
const CONTRADICTIONS = new Set([
  'result.BELGIUM_MAXIMUM_DEMAND_13_MONTHS[1].occurred',
  'BELGIUM_MAXIMUM_DEMAND_13_MONTHS[2].datetime',
]);

/** Every assertion of the corpus that this package can be held to; an unknown name of theirs is an assertion that fails. */
export function* assertedBy(
  expected: Expected,
  observations: readonly ExpectedObservation[],
): Generator<Assertion> {
  for (const [name, due] of Object.entries(expected.values ?? {}))
    if (due !== null && !CONTRADICTIONS.has(name)) yield* byName(name, due, observations);
  for (const [code, values] of Object.entries(expected.by_smartmeter_obis_4_0_0))
    for (const { value, unit } of values)
      if (unit !== undefined || (values.length === 1 && !isTime(value)))
        yield* byCode(code, value, unit, observations);
}

function* byName(
  name: string,
  due: string | number,
  observations: readonly ExpectedObservation[],
): Generator<Assertion> {
  const main = observations[0];
  const [, instant, zone] = /^(\S+T\S+) (.+)$/.exec(String(due)) ?? [];
  const [, base = name, part] = /^(.*)\.(value|unit)$/.exec(name) ?? [];
  if (instant && zone) {
    const time = timeOf(name, observations);
    if (time !== undefined) yield { claim: name, actual: inZone(time, zone), due: instant };
    return;
  }
  if (NOT_SENT.has(`${base} ${due}`)) return;
  const field = FIELDS[base]
    ? main?.fields[FIELDS[base]]
    : CODES[base]?.map((code) => fieldsOf(code, observations)[0]).find((found) => found);
  // dsmr-reader says 0 for a tariff the meter does not have.
  if (field === undefined && CODES[base] && Number(due) === 0) return;
  const actual = part === 'unit' ? field?.[1]?.toLowerCase() : comparable(field?.[0]);
  yield { claim: name, actual, due: part === 'unit' ? String(due).toLowerCase() : comparable(due) };
}

function* byCode(
  code: string,
  value: string | number,
  unit: string | undefined,
  observations: readonly ExpectedObservation[],
): Generator<Assertion> {
  const told = fieldsOf(code, observations).map(
    ([v, u]) => `${comparable(v)} ${u?.toLowerCase() ?? ''}`,
  );
  const due = `${comparable(value)} ${unit?.toLowerCase() ?? ''}`;
  yield { claim: `${code} by OBIS`, actual: told.find((text) => text === due) ?? told[0], due };
}

/** The fields with this code, those with a name of the table first. */
function fieldsOf(code: string, observations: readonly ExpectedObservation[]) {
  return observations
    .flatMap(({ fields }) => Object.entries(fields))
    .filter(([, field]) => field[2] === code)
    .sort(([a], [b]) => Number(a.startsWith('other.')) - Number(b.startsWith('other.')))
    .map(([, field]) => field);
}

/** The time a name of theirs stands for; undefined where the telegram tells none. */
function timeOf(name: string, observations: readonly ExpectedObservation[]) {
  const [main, ...subMeters] = observations;
  if (name === 'reading.extra_device_timestamp') return subMeters[0]?.time ?? null;
  if (TIMES[name]) return String(main?.fields[TIMES[name]]?.[0]);
  return main?.time ?? undefined;
}

function inZone(time: string | null, zone: string): string | null {
  if (time === null) return null;
  const timeZone = zone.includes('Brussels') ? 'Europe/Brussels' : 'UTC';
  return new Date(time).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T');
}

function comparable(value: string | number | boolean | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = String(value);
  return /^-?\d{1,15}(\.\d+)?$/.test(text) ? String(Number(text)) : text;
}

function isTime(value: string | number): boolean {
  return /^\d{12}[SWsw]?$/.test(String(value));
}
