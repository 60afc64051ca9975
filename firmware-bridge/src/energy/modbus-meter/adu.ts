/**
 * Modbus requests to read registers, and the answers to them, on a serial line and over TCP:
 *
 *     RTU   address  function  start(2) count(2)    crc(2)       crc low byte first
 *           address  function  bytes    data …      crc(2)
 *           address  function+0x80  exception       crc(2)
 *     TCP   transaction(2) 0(2) length(2)  address  function …   the same without crc
 *
 * Spec: MODBUS Application Protocol V1.1b3 §4, §6.3, §6.4, §7; MODBUS over Serial Line V1.02 §2.5.1; MODBUS Messaging
 * on TCP/IP V1.0b §3.1.
 * @module
 */
import { crc16Modbus } from './crc16-modbus.ts';
import { type Block, MAX_REGISTERS } from './register-map.ts';

export type Mode = 'rtu' | 'tcp';

export interface Question extends Block {
  readonly address: number;
  readonly read: 3 | 4;
  /** Over TCP only; 0 on a serial line. */
  readonly transaction: number;
}

export type Answer =
  | { readonly data: Uint8Array; readonly exception: null }
  | { readonly data: null; readonly exception: number };

/** What stands at a place of a byte stream: so many bytes of it; a bad checksum; too few bytes to say; something else. */
export type Found<T> =
  | (T & { readonly length: number })
  | { readonly length: number; readonly damaged: true }
  | 'incomplete'
  | 'other';

const TCP_HEADER = 6;
const EXCEPTION = 0x80;
const MAX_ADDRESS = 247;

/** Bytes around the part that both forms share. */
const around = (mode: Mode) =>
  mode === 'rtu' ? { head: 0, tail: 2 } : { head: TCP_HEADER, tail: 0 };

export function writeQuestion(mode: Mode, question: Question): Uint8Array {
  const { address, read, start, count } = question;
  const body = [address, read, start >> 8, start & 0xff, count >> 8, count & 0xff];
  return wrap(mode, question.transaction, body);
}

export function writeAnswer(mode: Mode, question: Question, answer: Answer): Uint8Array {
  const { address, read, transaction } = question;
  const body =
    answer.data === null
      ? [address, read | EXCEPTION, answer.exception]
      : [address, read, answer.data.length, ...answer.data];
  return wrap(mode, transaction, body);
}

function wrap(mode: Mode, transaction: number, body: readonly number[]): Uint8Array {
  if (mode === 'tcp')
    return Uint8Array.from([transaction >> 8, transaction & 0xff, 0, 0, 0, body.length, ...body]);
  const crc = crc16Modbus(Uint8Array.from(body));
  return Uint8Array.from([...body, crc & 0xff, crc >> 8]);
}

/** The question that begins at `at`, if one does. Damaged ones are "other": nothing tells them from noise. */
export function findQuestion(mode: Mode, bytes: Uint8Array, at: number): Found<Question> {
  const { head, tail } = around(mode);
  const length = head + 6 + tail;
  const byte = (i: number) => bytes[at + i];
  const address = byte(head);
  const read = byte(head + 1);
  if (mode === 'tcp') {
    const expected = [undefined, undefined, 0, 0, 0, 6];
    for (const [i, due] of expected.entries())
      if (due !== undefined && byte(i) !== undefined && byte(i) !== due) return 'other';
  }
  if (address !== undefined && (address === 0 || address > MAX_ADDRESS)) return 'other';
  if (read !== undefined && read !== 3 && read !== 4) return 'other';
  if (at + length > bytes.length) return 'incomplete';
  const start = word(bytes, at + head + 2);
  const count = word(bytes, at + head + 4);
  if (count === 0 || count > MAX_REGISTERS || start + count > 0x10000) return 'other';
  if (mode === 'rtu' && !isSound(bytes.subarray(at, at + length))) return 'other';
  const transaction = mode === 'tcp' ? word(bytes, at) : 0;
  return { length, address: address as number, read: read as 3 | 4, start, count, transaction };
}

/** The answer to this question that begins at `at`, if one does. */
export function findAnswer(
  mode: Mode,
  { address, read, count, transaction }: Question,
  bytes: Uint8Array,
  at: number,
): Found<Answer> {
  const { head, tail } = around(mode);
  const byte = (i: number) => bytes[at + i];
  const isException = byte(head + 1) === (read | EXCEPTION);
  const body = isException ? 3 : 3 + 2 * count;
  const header = mode === 'tcp' ? [transaction >> 8, transaction & 0xff, 0, 0, 0, body] : [];
  const expected = [...header, address, ...(isException ? [] : [read, 2 * count])];
  for (const [i, due] of expected.entries()) {
    if (byte(i) === undefined) return 'incomplete';
    if (byte(i) !== due) return 'other';
  }
  const length = head + body + tail;
  if (at + length > bytes.length) return 'incomplete';
  const whole = bytes.subarray(at, at + length);
  if (mode === 'rtu' && !isSound(whole)) return { length, damaged: true };
  if (isException) return { length, data: null, exception: byte(head + 2) as number };
  return { length, data: whole.slice(head + 3, head + body), exception: null };
}

/** Whether an RTU frame's checksum is that of its bytes. */
function isSound(frame: Uint8Array): boolean {
  const crc = crc16Modbus(frame.subarray(0, -2));
  return frame.at(-2) === (crc & 0xff) && frame.at(-1) === crc >> 8;
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: 'it knows no such function',
  2: 'it has no such register',
  3: 'it does not answer so many registers',
  4: 'it failed',
  5: 'it needs more time',
  6: 'it is busy',
  8: 'its memory is damaged',
  10: 'the gateway has no way to it',
  11: 'it does not answer the gateway',
};

export function describeException(exception: number): string {
  return `exception ${exception}${exception in EXCEPTIONS ? `: ${EXCEPTIONS[exception]}` : ''}`;
}
