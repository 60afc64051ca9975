/**
 * What a reader says has happened to it.
 * Spec: LLRP 1.1 §17.3.2 ReaderEventNotificationData.
 * @module
 */
import { type Fields, otherName, put, putNumber } from './fields.ts';
import { type FieldReader, parseParameters, readFields } from './parameters.ts';
import { printable } from './status.ts';

export const EVENT_DATA = 246;

const UTC_TIMESTAMP = 128;
const UPTIME = 129;
const CONNECTION_ATTEMPT = 256;
const CONNECTION_CLOSE = 257;

// LLRP 1.1 §17.3.2.9.
const ATTEMPTS: readonly string[] = [
  'connected',
  'not connected: the reader has called another client and serves that one',
  'not connected: another client has called the reader first',
  'not connected: the reader gives no reason',
  'another client tried to connect',
];

export interface ReaderEvents {
  /** The reader's clock in microseconds; null if it tells only how long it has been on. */
  readonly timeUs: bigint | null;
  /** 0 connected, others as in `ATTEMPTS`; null if this is about something else. */
  readonly attempt: number | null;
  readonly isClosing: boolean;
  readonly fields: Fields;
}

/** @throws DecodeError FRAME_SYNTAX */
export function readEvents(data: Uint8Array): ReaderEvents {
  const fields: Fields = {};
  const said: string[] = [];
  const codes: string[] = [];
  let timeUs: bigint | null = null;
  let attempt: number | null = null;
  let isClosing = false;
  for (const { type, value } of parseParameters(data)) {
    const read = readFields(value, `event ${type}`);
    if (type === UTC_TIMESTAMP) timeUs = read.u64();
    else if (type === UPTIME) putNumber(fields, otherName('Uptime'), read.u64(), 'Uptime', 's', -6);
    else if (type === CONNECTION_ATTEMPT) {
      attempt = read.u16();
      codes.push('ConnectionAttemptEvent');
      said.push(attemptText(attempt));
    } else {
      isClosing ||= type === CONNECTION_CLOSE;
      const [code, tell] = EVENTS[type] ?? [`event-${type}`, () => `event ${type}`];
      codes.push(code);
      said.push(tell(read));
    }
  }
  if (said.length > 0) put(fields, 'device.status', said.join('; '), null, codes.join(' '));
  return { timeUs, attempt, isClosing, fields };
}

export function attemptText(attempt: number): string {
  return ATTEMPTS[attempt] ?? `connection attempt ${attempt}`;
}

type Tell = (read: FieldReader) => string;

const EVENTS: Readonly<Record<number, readonly [code: string, tell: Tell]>> = {
  247: ['HoppingEvent', (read) => `hopped: table ${read.u16()}, channel ${read.u16()}`],
  248: ['GPIEvent', (read) => `input ${read.u16()} ${read.u8() >> 7 ? 'on' : 'off'}`],
  249: [
    'ROSpecEvent',
    (read) => `inventory ${['started', 'ended', 'preempted'][read.u8()] ?? '?'}`,
  ],
  250: ['ReportBufferLevelWarningEvent', (read) => `report buffer ${read.u8()} % full`],
  251: ['ReportBufferOverflowErrorEvent', () => 'report buffer full: sightings are lost'],
  252: ['ReaderExceptionEvent', (read) => `fault: ${printable(read.text())}`],
  253: ['RFSurveyEvent', (read) => `survey ${read.u8() === 0 ? 'started' : 'ended'}`],
  254: ['AISpecEvent', () => 'antenna round ended'],
  255: [
    'AntennaEvent',
    (read) => {
      const isConnected = read.u8() === 1;
      return `antenna ${read.u16()} ${isConnected ? 'connected' : 'disconnected'}`;
    },
  ],
  [CONNECTION_CLOSE]: ['ConnectionCloseEvent', () => 'the reader closes the connection'],
  356: ['SpecLoopEvent', () => 'inventory began anew'],
};
