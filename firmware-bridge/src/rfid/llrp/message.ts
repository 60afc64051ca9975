/**
 * An LLRP message:
 *
 *     000 | version, 3 bits | type, 10 bits | length, 4 bytes | id, 4 bytes | body …     the length counts all of it
 *
 * Spec: EPCglobal LLRP 1.1 §17.1 and §16.1.
 * @module
 */
import { concat, u16, u32 } from './parameters.ts';

export interface Message {
  readonly version: number;
  readonly type: number;
  readonly id: number;
  readonly body: Uint8Array;
}

export const HEAD_LENGTH = 10;

// A hall of some thousand tags reported at once; beyond that a length is not believed.
export const MAX_MESSAGE_LENGTH = 262_144;

export const GET_READER_CAPABILITIES = 1;
export const GET_READER_CONFIG = 2;
export const SET_READER_CONFIG = 3;
export const CLOSE_CONNECTION_RESPONSE = 4;
export const CLOSE_CONNECTION = 14;
export const ADD_ROSPEC = 20;
export const DELETE_ROSPEC = 21;
export const START_ROSPEC = 22;
export const ENABLE_ROSPEC = 24;
export const RO_ACCESS_REPORT = 61;
export const KEEPALIVE = 62;
export const READER_EVENT_NOTIFICATION = 63;
export const ENABLE_EVENTS_AND_REPORTS = 64;
export const KEEPALIVE_ACK = 72;
export const ERROR_MESSAGE = 100;
export const CUSTOM_MESSAGE = 1023;

const RESPONSE_OFFSET = 10;
const RESPONSES: ReadonlySet<number> = new Set([
  ...[CLOSE_CONNECTION_RESPONSE, 11, 12, 13],
  ...[30, 31, 32, 33, 34, 35, 36, 50, 51, 52, 53, 54, 56, 57, ERROR_MESSAGE],
]);

/** What a request is answered with. */
export const responseTo = (type: number): number => type + RESPONSE_OFFSET;

/** Whether a message of this type begins with an LLRPStatus. */
export const isResponse = (type: number): boolean => RESPONSES.has(type);

const NAMES: Readonly<Record<number, string>> = {
  [GET_READER_CAPABILITIES]: 'GET_READER_CAPABILITIES',
  [GET_READER_CONFIG]: 'GET_READER_CONFIG',
  [SET_READER_CONFIG]: 'SET_READER_CONFIG',
  [ADD_ROSPEC]: 'ADD_ROSPEC',
  [DELETE_ROSPEC]: 'DELETE_ROSPEC',
  [START_ROSPEC]: 'START_ROSPEC',
  [ENABLE_ROSPEC]: 'ENABLE_ROSPEC',
  [CLOSE_CONNECTION_RESPONSE]: 'CLOSE_CONNECTION_RESPONSE',
  [ERROR_MESSAGE]: 'ERROR_MESSAGE',
};

/** What a reader says. */
export const FROM_READER: ReadonlySet<number> = new Set([
  ...RESPONSES,
  RO_ACCESS_REPORT,
  KEEPALIVE,
  READER_EVENT_NOTIFICATION,
  CUSTOM_MESSAGE,
]);

/** What a reader hears. */
export const TO_READER: ReadonlySet<number> = new Set([
  ...[GET_READER_CAPABILITIES, GET_READER_CONFIG, SET_READER_CONFIG, CLOSE_CONNECTION],
  ...[20, 21, 22, 23, 24, 25, 26, 40, 41, 42, 43, 44, 46, 47, 60],
  ...[ENABLE_EVENTS_AND_REPORTS, KEEPALIVE_ACK, CUSTOM_MESSAGE],
]);

// 1: LLRP 1.0.1, 2: LLRP 1.1.
const VERSIONS: ReadonlySet<number> = new Set([1, 2]);

export function messageName(type: number): string {
  if (NAMES[type] !== undefined) return NAMES[type];
  const request = NAMES[type - RESPONSE_OFFSET];
  return request === undefined ? `message ${type}` : `${request}_RESPONSE`;
}

export function encodeMessage(
  type: number,
  id: number,
  ...body: readonly Uint8Array[]
): Uint8Array {
  const length = HEAD_LENGTH + body.reduce((sum, part) => sum + part.length, 0);
  return concat(u16((1 << 10) | type), u32(length), u32(id), ...body);
}

/** Reads the head of what the framer cut. */
export function decodeMessage(bytes: Uint8Array): Message {
  const view = viewOf(bytes);
  const head = view.getUint16(0);
  return {
    version: (head >> 10) & 7,
    type: head & 0x3ff,
    id: view.getUint32(6),
    body: bytes.subarray(HEAD_LENGTH),
  };
}

/**
 * The length a head of one of these types tells at this place; null where none can begin; 'short' where its bytes are
 * not all there yet.
 */
export function lengthAt(
  bytes: Uint8Array,
  at: number,
  types: ReadonlySet<number>,
): number | null | 'short' {
  const view = viewOf(bytes);
  const there = bytes.length - at;
  if (there < 1) return 'short';
  const first = view.getUint8(at);
  if (first >> 5 !== 0 || !VERSIONS.has(first >> 2)) return null;
  if (there < 2) return 'short';
  if (!types.has(view.getUint16(at) & 0x3ff)) return null;
  if (there < 6) return there > 2 && view.getUint8(at + 2) !== 0 ? null : 'short';
  const length = view.getUint32(at + 2);
  return length < HEAD_LENGTH || length > MAX_MESSAGE_LENGTH ? null : length;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
