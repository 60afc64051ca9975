/**
 * LLRP parameters, one behind the other in a message or in one another:
 *
 *     TV:  1 | type, 7 bits | value …                 the type decides the length
 *     TLV: 000000 | type, 10 bits | length, 2 bytes | value …    the length counts its own four bytes of head
 *
 * Spec: EPCglobal LLRP 1.1 §17 and §16.2; the same in 1.0.1. No length is believed before it is seen to fit.
 * @module
 */
import { DecodeError } from '../../errors.ts';

export interface Parameter {
  readonly type: number;
  /** Without its head. */
  readonly value: Uint8Array;
}

// LLRP 1.1 §17.3.1: the TV types of reports and the lengths of their values.
const TV_LENGTHS: Readonly<Record<number, number>> = {
  1: 2, // AntennaID
  2: 8, // FirstSeenTimestampUTC
  3: 8, // FirstSeenTimestampUptime
  4: 8, // LastSeenTimestampUTC
  5: 8, // LastSeenTimestampUptime
  6: 1, // PeakRSSI
  7: 2, // ChannelIndex
  8: 2, // TagSeenCount
  9: 4, // ROSpecID
  10: 2, // InventoryParameterSpecID
  11: 2, // C1G2CRC
  12: 2, // C1G2PC
  13: 12, // EPC-96
  14: 2, // SpecIndex
  15: 2, // ClientRequestOpSpecResult
  16: 4, // AccessSpecID
  17: 2, // OpSpecID
  18: 4, // C1G2SingulationDetails
  19: 2, // C1G2XPCW1
  20: 2, // C1G2XPCW2
};

const TLV_HEAD = 4;
const RESERVED = 0xfc00;

/** Every parameter of these bytes, which they fill exactly. @throws DecodeError FRAME_SYNTAX */
export function parseParameters(bytes: Uint8Array): readonly Parameter[] {
  const parameters: Parameter[] = [];
  for (let at = 0; at < bytes.length; ) {
    const parameter = parameterAt(bytes, at);
    parameters.push(parameter);
    at += parameter.length;
  }
  return parameters;
}

function parameterAt(bytes: Uint8Array, at: number): Parameter & { readonly length: number } {
  const first = bytes[at] as number;
  if (first & 0x80) {
    const type = first & 0x7f;
    const size = TV_LENGTHS[type];
    if (size === undefined) throw syntax(`nobody knows the length of the TV parameter ${type}`);
    if (at + 1 + size > bytes.length) throw syntax(`TV parameter ${type} ends behind its message`);
    return { type, value: bytes.subarray(at + 1, at + 1 + size), length: 1 + size };
  }
  if (at + TLV_HEAD > bytes.length) throw syntax('a parameter’s head ends behind its message');
  const view = viewOf(bytes);
  const type = view.getUint16(at);
  const length = view.getUint16(at + 2);
  if (type & RESERVED)
    throw syntax(`reserved bits of a parameter are set (0x${type.toString(16)})`);
  if (length < TLV_HEAD || at + length > bytes.length)
    throw syntax(`parameter ${type} says ${length} bytes, ${bytes.length - at} are there`);
  return { type, value: bytes.subarray(at + TLV_HEAD, at + length), length };
}

/** One TLV parameter. */
export function tlv(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = TLV_HEAD + parts.reduce((sum, part) => sum + part.length, 0);
  return concat(u16(type), u16(length), ...parts);
}

/** One TV parameter. */
export function tv(type: number, value: Uint8Array): Uint8Array {
  return concat(u8(0x80 | type), value);
}

export const u8 = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
export const u16 = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value]));
export const u32 = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
export const u64 = (value: bigint): Uint8Array =>
  concat(u32(Number(value >> 32n)), u32(Number(value & 0xffffffffn)));

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Reads fixed fields from the front of a value. @throws DecodeError FRAME_SYNTAX where it ends too early */
export interface FieldReader {
  u8(): number;
  i8(): number;
  u16(): number;
  i16(): number;
  u32(): number;
  u64(): bigint;
  bytes(length: number): Uint8Array;
  /** A text with its length in two bytes before it. */
  text(): string;
  rest(): Uint8Array;
}

export function readFields(bytes: Uint8Array, what: string): FieldReader {
  const view = viewOf(bytes);
  let at = 0;
  const take = (length: number): number => {
    if (at + length > bytes.length) throw syntax(`${what} ends too early`);
    at += length;
    return at - length;
  };
  const slice = (length: number) => {
    const from = take(length);
    return bytes.subarray(from, from + length);
  };
  return {
    u8: () => view.getUint8(take(1)),
    i8: () => view.getInt8(take(1)),
    u16: () => view.getUint16(take(2)),
    i16: () => view.getInt16(take(2)),
    u32: () => view.getUint32(take(4)),
    u64: () => view.getBigUint64(take(8)),
    bytes: slice,
    text: () => new TextDecoder().decode(slice(view.getUint16(take(2)))),
    rest: () => slice(bytes.length - at),
  };
}

export function syntax(message: string): DecodeError {
  return new DecodeError('FRAME_SYNTAX', message);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
