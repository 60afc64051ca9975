/**
 * What a module says: a tag it saw, or something about itself.
 * @module
 */
import type { Observation, ObservedField } from '../../driver.ts';
import { DecodeError } from '../../errors.ts';
import { crc16Gen2 } from '../crc16-gen2.ts';
import { hexOf } from '../hex.ts';
import { COMMAND, type M100Frame } from './m100-frame.ts';

export const INFORMATION = 0x03;
export const SET_REGION = 0x07;
export const GET_REGION = 0x08;
export const TAG = 0x22;
export const INVENTORY = 0x27;
export const STOP = 0x28;
export const SET_POWER = 0xb6;
export const GET_POWER = 0xb7;
export const ERROR = 0xff;

/** Nothing answered in this round: the sign of life of a gate that nothing passes. */
export const NO_TAG = 0x15;

const RSSI_LENGTH = 1;
const PC_LENGTH = 2;
const CRC_LENGTH = 2;

export const REGIONS: Readonly<Record<string, number>> = {
  'china-900': 1,
  us: 2,
  eu: 3,
  'china-800': 4,
  korea: 6,
};

const INFORMATION_NAMES: Readonly<Record<number, string>> = {
  0: 'device.model',
  1: 'other.yrm100.software',
  2: 'other.yrm100.manufacturer',
};

const ERRORS: Readonly<Record<number, string>> = {
  9: 'read failed',
  16: 'write failed',
  18: 'kill failed',
  19: 'lock failed',
  20: 'block permalock failed',
  22: 'access password wrong',
  23: 'command wrong, or not possible now',
  32: 'no free channel found',
};

/** @throws DecodeError */
export function observe({ type, command, parameters }: M100Frame): readonly Observation[] {
  if (type === COMMAND) return [];
  switch (command) {
    case TAG:
      return [about('tag', tagFields(parameters))];
    case INFORMATION:
      return ofReader(informationFields(parameters));
    case GET_REGION:
      return ofReader(regionFields(exactly(parameters, 1, 'region')));
    case GET_POWER:
      return ofReader(powerFields(exactly(parameters, 2, 'power')));
    case ERROR:
      return ofReader(errorFields(parameters));
    default:
      return []; // an acknowledgement
  }
}

type Fields = Readonly<Record<string, ObservedField>>;

function about(kind: string, fields: Fields): Observation {
  // No frame names the module, and it has no clock.
  return { kind, device: '', time: null, fields };
}

function ofReader(fields: Fields): readonly Observation[] {
  return Object.keys(fields).length > 0 ? [about('reader', fields)] : [];
}

function tagFields(parameters: Uint8Array): Fields {
  const view = viewOf(parameters);
  const epcLength = parameters.length - RSSI_LENGTH - PC_LENGTH - CRC_LENGTH;
  if (epcLength < 0)
    throw new DecodeError(
      'FRAME_SYNTAX',
      `a tag takes 5 bytes and its EPC, got ${parameters.length}`,
    );
  const pc = view.getUint16(RSSI_LENGTH);
  const words = pc >> 11;
  if (words * 2 !== epcLength)
    throw new DecodeError(
      'FRAME_SYNTAX',
      `the PC says an EPC of ${words * 2} bytes, the frame has ${epcLength}`,
    );
  const told = view.getUint16(parameters.length - CRC_LENGTH);
  const computed = crc16Gen2(parameters.subarray(RSSI_LENGTH, parameters.length - CRC_LENGTH));
  if (told !== computed)
    throw new DecodeError(
      'CHECKSUM_MISMATCH',
      `the tag’s CRC-16 is ${hex16(told)}, computed ${hex16(computed)}`,
    );
  const epc = parameters.subarray(RSSI_LENGTH + PC_LENGTH, parameters.length - CRC_LENGTH);
  return {
    'tag.id': { value: hexOf(epc), unit: null, code: 'EPC' },
    'tag.pc': { value: hex16(pc), unit: null, code: 'PC' },
    'tag.crc': { value: hex16(told), unit: null, code: 'CRC' },
    'signal.strength': decimal(view.getInt8(0), 0, 'dBm', 'RSSI'),
  };
}

function informationFields(parameters: Uint8Array): Fields {
  const [which = -1, ...text] = parameters;
  const name = INFORMATION_NAMES[which];
  if (name === undefined) return {};
  // Modules end the text with NULs or blanks as they like.
  const value = String.fromCharCode(...text.filter((byte) => byte >= 0x20 && byte < 0x7f)).trim();
  return { [name]: { value, unit: null, code: `0x03 ${which}` } };
}

function regionFields([code = 0]: Uint8Array): Fields {
  const name = Object.keys(REGIONS).find((region) => REGIONS[region] === code);
  return { 'reader.region': { value: name ?? String(code), unit: null, code: '0x08' } };
}

function powerFields(parameters: Uint8Array): Fields {
  return { 'reader.power': decimal(viewOf(parameters).getInt16(0), -2, 'dBm', '0xB7') };
}

function errorFields([code]: Uint8Array): Fields {
  if (code === undefined || code === NO_TAG) return {};
  const known = ERRORS[code] ?? 'error';
  const value = `${known} (0x${code.toString(16).toUpperCase().padStart(2, '0')})`;
  return { 'device.status': { value, unit: null, code: '0xFF' } };
}

function exactly(parameters: Uint8Array, length: number, what: string): Uint8Array {
  if (parameters.length === length) return parameters;
  throw new DecodeError(
    'FRAME_SYNTAX',
    `the ${what} takes ${length} bytes, the frame has ${parameters.length}`,
  );
}

function decimal(mantissa: number, exponent: number, unit: string, code: string): ObservedField {
  return { value: { mantissa: BigInt(mantissa), exponent }, unit, code };
}

function hex16(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, '0');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
