/**
 * What a reader is and can: its model, and the powers it can send with.
 * Spec: LLRP 1.1 §17.2.2, §17.2.3.
 * @module
 */
import { type Fields, otherName, put, putNumber } from './fields.ts';
import { type Parameter, parseParameters, readFields } from './parameters.ts';
import { printable } from './status.ts';

const GENERAL = 137;
const REGULATORY = 143;
const UHF_BAND = 144;
const POWER_LEVEL = 145;
const FREQUENCIES = 146;
const HOP_TABLE = 147;

const MANUFACTURERS: Readonly<Record<number, string>> = { 161: 'Zebra', 25882: 'Impinj' };

/** @throws DecodeError FRAME_SYNTAX */
export function readModel(body: Uint8Array): Fields {
  const fields: Fields = {};
  const general = parseParameters(body).find(({ type }) => type === GENERAL);
  if (general === undefined) return fields;
  const read = readFields(general.value, 'GeneralDeviceCapabilities');
  const [antennas, flags] = [read.u16(), read.u16()];
  const [manufacturer, model, firmware] = [read.u32(), read.u32(), printable(read.text())];
  const maker = MANUFACTURERS[manufacturer] ?? `manufacturer ${manufacturer}`;
  put(fields, 'device.model', `${maker} ${model}`, null, 'DeviceManufacturerName ModelName');
  put(fields, otherName('FirmwareVersion'), firmware, null, 'FirmwareVersion');
  const most = 'MaxNumberOfAntennaSupported';
  putNumber(fields, otherName(most), antennas, most);
  put(fields, otherName('HasUTCClock'), (flags & 0x4000) !== 0, null, 'HasUTCClock');
  return fields;
}

export interface TransmitPower {
  readonly index: number;
  /** Hundredths of a dBm. */
  readonly power: number;
}

export interface Transmitter {
  readonly powers: readonly TransmitPower[];
  /** The hop table to name with a power; 0 where the reader does not hop. */
  readonly hopTable: number;
}

/** @throws DecodeError FRAME_SYNTAX */
export function readTransmitter(body: Uint8Array): Transmitter {
  const powers: TransmitPower[] = [];
  let hopTable = 0;
  const regulatory = parseParameters(body).find(({ type }) => type === REGULATORY);
  const band = inside(regulatory, 4).find(({ type }) => type === UHF_BAND);
  for (const { type, value } of inside(band, 0)) {
    const read = readFields(value, `parameter ${type}`);
    if (type === POWER_LEVEL) powers.push({ index: read.u16(), power: read.i16() });
    if (type === FREQUENCIES) {
      const table = inside({ type, value }, 1).find((one) => one.type === HOP_TABLE);
      hopTable = table === undefined ? 0 : readFields(table.value, 'FrequencyHopTable').u8();
    }
  }
  return { powers, hopTable };
}

/** The strongest that is not stronger than asked; the weakest where all are. Null: the reader names none. */
export function powerIndex({ powers }: Transmitter, power: number): number | null {
  const sorted = [...powers].sort((a, b) => b.power - a.power);
  return (sorted.find((level) => level.power <= power) ?? sorted.at(-1))?.index ?? null;
}

/** The parameters behind the fixed fields of one. */
function inside(parameter: Parameter | undefined, fixed: number): readonly Parameter[] {
  if (parameter === undefined) return [];
  const read = readFields(parameter.value, `parameter ${parameter.type}`);
  read.bytes(fixed);
  return parseParameters(read.rest());
}
