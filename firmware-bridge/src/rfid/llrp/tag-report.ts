/**
 * One tag as a reader reports it.
 * Spec: LLRP 1.1 §17.3.1 TagReportData, §18.3 for what Gen2 tags add; Impinj Octane LLRP for its own parameters.
 * @module
 */
import type { Observation } from '../../driver.ts';
import { hexOf } from '../hex.ts';
import { type Fields, instantText, otherName, plausibleTime, put, putNumber } from './fields.ts';
import { type Parameter, parseParameters, readFields, syntax } from './parameters.ts';

export const TAG_REPORT = 240;

const EPC_DATA = 241;
const EPC_96 = 13;
const READ_RESULT = 349;
const CUSTOM = 1023;
const FIRST_SEEN = 2;
const LAST_SEEN = 4;

const IMPINJ = 25882;
const IMPINJ_TID = 55;

// What an unknown parameter says is kept as hexadecimal text while that is short; the frame holds the rest.
const MAX_OTHER_BYTES = 64;

/** Numbers without a sign or a unit: type, the protocol's name, ours if there is one. */
const COUNTS: Readonly<Record<number, readonly [code: string, name?: string]>> = {
  1: ['AntennaID', 'tag.antenna'],
  7: ['ChannelIndex'],
  8: ['TagSeenCount', 'tag.seen.count'],
  9: ['ROSpecID'],
  10: ['InventoryParameterSpecID'],
  14: ['SpecIndex'],
  15: ['ClientRequestOpSpecResult'],
  16: ['AccessSpecID'],
  17: ['OpSpecID'],
};

/** Words that are bits, not numbers. */
const WORDS: Readonly<Record<number, readonly [code: string, name?: string]>> = {
  11: ['C1G2CRC', 'tag.crc'],
  12: ['C1G2PC', 'tag.pc'],
  18: ['C1G2SingulationDetails'],
  19: ['C1G2XPCW1'],
  20: ['C1G2XPCW2'],
};

const TIMES: Readonly<Record<number, readonly [code: string, name: string]>> = {
  [FIRST_SEEN]: ['FirstSeenTimestampUTC', 'tag.seen.first'],
  [LAST_SEEN]: ['LastSeenTimestampUTC', 'tag.seen.last'],
};

const UPTIMES: Readonly<Record<number, string>> = {
  3: 'FirstSeenTimestampUptime',
  5: 'LastSeenTimestampUptime',
};

/** @throws DecodeError FRAME_SYNTAX */
export function readTag(report: Uint8Array): Observation {
  const fields: Fields = {};
  const seen = new Map<number, bigint>();
  for (const parameter of parseParameters(report)) {
    if (parameter.type in TIMES)
      seen.set(parameter.type, readFields(parameter.value, 'time').u64());
    readParameter(parameter, fields);
  }
  if (fields['tag.id'] === undefined) throw syntax('a tag report without an EPC');
  // The newer of the two, where a reader tells both.
  const time = plausibleTime(seen.get(LAST_SEEN) ?? seen.get(FIRST_SEEN) ?? null);
  // No report names the reader it comes from: whoever has the frame alone could not tell.
  return { kind: 'tag', device: '', time, fields };
}

function readParameter({ type, value }: Parameter, fields: Fields): void {
  const read = readFields(value, `parameter ${type}`);
  const [count, word, time, uptime] = [COUNTS[type], WORDS[type], TIMES[type], UPTIMES[type]];
  if (type === EPC_96) put(fields, 'tag.id', hexOf(value), null, 'EPC-96');
  else if (type === EPC_DATA) put(fields, 'tag.id', epcOf(value), null, 'EPCData');
  else if (type === 6) putNumber(fields, 'signal.strength', read.i8(), 'PeakRSSI', 'dBm');
  else if (count)
    putNumber(fields, nameOf(count), value.length === 4 ? read.u32() : read.u16(), count[0]);
  else if (word) put(fields, nameOf(word), hexOf(value), null, word[0]);
  else if (time) put(fields, time[1], instantText(read.u64()), null, time[0]);
  // Microseconds since the reader started: no instant, since nobody knows when that was.
  else if (uptime) putNumber(fields, otherName(uptime), read.u64(), uptime, 's', -6);
  else if (type === READ_RESULT) readMemory(value, fields);
  else if (type === CUSTOM) readCustom(value, fields);
  else putOther(`parameter-${type}`, value, fields);
}

function nameOf([code, name]: readonly [string, string?]): string {
  return name ?? otherName(code);
}

/** A bit count, then as many whole bytes as the bits need. */
function epcOf(value: Uint8Array): string {
  const read = readFields(value, 'EPCData');
  const bits = read.u16();
  const epc = read.rest();
  if (epc.length !== Math.ceil(bits / 8))
    throw syntax(`EPCData of ${bits} bits has ${epc.length} bytes`);
  return hexOf(epc);
}

function readMemory(value: Uint8Array, fields: Fields): void {
  const read = readFields(value, 'C1G2ReadOpSpecResult');
  const [result, spec, words] = [read.u8(), read.u16(), read.u16()];
  const code = `C1G2ReadOpSpecResult.${spec}`;
  const data = read.rest();
  if (data.length !== words * 2) throw syntax(`${words} words read have ${data.length} bytes`);
  if (result === 0) putOther(code, data, fields);
  else putNumber(fields, otherName(`${code}.error`), result, code);
}

function readCustom(value: Uint8Array, fields: Fields): void {
  const read = readFields(value, 'a custom parameter');
  const [vendor, subtype] = [read.u32(), read.u32()];
  if (vendor !== IMPINJ || subtype !== IMPINJ_TID) {
    putOther(`custom-${vendor}-${subtype}`, read.rest(), fields);
    return;
  }
  const words = read.u16();
  put(fields, 'tag.tid', hexOf(read.bytes(words * 2)), null, 'ImpinjSerializedTID');
}

function putOther(code: string, value: Uint8Array, fields: Fields): void {
  const text = value.length <= MAX_OTHER_BYTES ? hexOf(value) : `${value.length} bytes`;
  put(fields, otherName(code), text, null, code);
}
