/**
 * A P1 telegram read into its objects:  code ( value [* unit] ) ( … )
 * @module
 */
import { DecodeError } from '../../errors.ts';
import { crc16Arc } from './crc16-arc.ts';

/** One COSEM object as sent: `1-0:1.8.1` and what stands in its brackets. */
export interface P1Object {
  readonly code: string;
  readonly values: readonly string[];
}

export interface Telegram {
  readonly ident: string;
  readonly objects: readonly P1Object[];
  /** Lines under a good checksum that are no objects: kept, for the meter did say them. */
  readonly strays: readonly string[];
  /** Whether a checksum vouches for the digits. */
  readonly checked: boolean;
}

/** What becomes of a telegram that should have a checksum and has none. `closed`: it is taken if its end mark ends its line. */
export type ChecksumRule = 'required' | 'closed' | 'optional';

const BANG = 0x21;
const MAX_DIGITS = 4;
const CODE = /^\d{1,3}-\d{1,3}:\d{1,3}\.\d{1,3}\.\d{1,3}(?:\*\d{1,3})?$/;
// DSMR 4 brought the version, the telegram's time and the checksum together. Flanders' version and the
// Nordic and Luxembourg telegrams, which open with a time, are younger and have a checksum too.
const SINCE_CHECKSUM = new Set(['1-3:0.2.8', '0-0:96.1.4', '0-0:1.0.0']);

/** @throws DecodeError CHECKSUM_MISMATCH, CHECKSUM_MISSING, FRAME_SYNTAX */
export function readTelegram(frame: Uint8Array, rule: ChecksumRule): Telegram {
  const bang = frame.lastIndexOf(BANG);
  const tail = toLatin1(frame.subarray(bang + 1));
  const isClosed = tail === '\r' || tail === '\n';
  const checked = tail !== '' && !isClosed;
  if (checked) assertChecksum(frame, bang);
  const telegram = { ...readLines(toLatin1(frame.subarray(0, bang))), checked };
  if (!checked)
    assertTrustedWithoutChecksum(telegram, rule === 'closed' && isClosed ? 'optional' : rule);
  return telegram;
}

// Some meters leave out the checksum's leading zeros.
function assertChecksum(frame: Uint8Array, bang: number): void {
  const sent = toLatin1(frame.subarray(bang + 1));
  const computed = crc16Arc(frame, bang + 1);
  if (Number.parseInt(sent, 16) !== computed)
    throw new DecodeError(
      'CHECKSUM_MISMATCH',
      `checksum ${sent} sent, ${computed.toString(16).toUpperCase().padStart(MAX_DIGITS, '0')} computed`,
    );
}

function readLines(text: string): Omit<Telegram, 'checked'> {
  const [first = '', ...lines] = text.split('\n').map(withoutReturn);
  const objects: P1Object[] = [];
  const strays: string[] = [];
  for (const line of lines) {
    if (line === '') continue;
    const last = objects.at(-1);
    const object = readObject(line);
    if (object === null) strays.push(line);
    else if (object.code !== '') objects.push(object);
    // DSMR 2.2 and 3 write the gas reading on a line of its own.
    else if (last)
      objects[objects.length - 1] = { code: last.code, values: [...last.values, ...object.values] };
    else strays.push(line);
  }
  return { ident: first.slice(1), objects, strays };
}

function readObject(line: string): P1Object | null {
  const open = line.indexOf('(');
  if (open < 0 || !line.endsWith(')')) return null;
  const code = line.slice(0, open);
  if (code !== '' && !CODE.test(code)) return null;
  const values = line.slice(open + 1, -1).split(')(');
  return values.some((value) => value.includes('(') || value.includes(')'))
    ? null
    : { code, values };
}

// Nothing but the form vouches for these digits, so the form has to be whole.
function assertTrustedWithoutChecksum(
  { objects, strays }: Omit<Telegram, 'checked'>,
  rule: ChecksumRule,
): void {
  const modern = objects.find((object) => SINCE_CHECKSUM.has(object.code));
  if (modern && rule !== 'optional')
    throw new DecodeError(
      'CHECKSUM_MISSING',
      `a telegram with ${modern.code} has a checksum, and this one was cut before it or lost it; the option checksum=optional accepts it`,
    );
  if (strays[0] !== undefined)
    throw new DecodeError('FRAME_SYNTAX', `object expected, got "${strays[0].slice(0, 40)}"`);
  if (objects.length === 0) throw new DecodeError('FRAME_SYNTAX', 'no objects, and no checksum');
  const codes = new Set(objects.map((object) => object.code));
  if (codes.size < objects.length)
    throw new DecodeError('FRAME_SYNTAX', 'an object comes twice: two telegrams run together');
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

// Not TextDecoder: its "latin1" is windows-1252, and not in every runtime.
function toLatin1(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}
