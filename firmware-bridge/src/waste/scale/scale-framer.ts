/**
 * What scales send, in one byte stream:
 *
 *     STX … CR [checksum]      seventeen bytes and perhaps one: Toledo's continuous output
 *     text … CR or LF          a line, in STX and ETX or not
 *
 * A line keeps the byte that ended it, so that a cut one is no line; one without a digit is passed over without a word.
 * Nothing in a frame says whether a checksum follows. What follows tells: the right byte is one; the next frame, a line
 * end or silence is none; any other byte is a wrong one. A scale that has sent a right one always does.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import type { Cut, Framer } from '../../framer.ts';
import { CR, isToledo, STX, TOLEDO_LENGTH, toledoChecksum } from './toledo.ts';

export type ChecksumRule = 'auto' | 'required' | 'none';

export interface ScaleFramer extends Framer {
  /** Nothing came for a while. */
  pause(): readonly Cut[];
  /** A frame is whole but for the byte that might be its checksum. */
  readonly isWaiting: boolean;
}

export interface Accepts {
  readonly toledo: boolean;
  readonly lines: boolean;
}

// The longest line of the three families has 40 characters; a terminal's ticket has some 80.
const MAX_LINE_LENGTH = 128;
const ETX = 0x03;
const LF = 0x0a;

export function createScaleFramer(rule: ChecksumRule, accepts: Accepts): ScaleFramer {
  const buffer = new Uint8Array(MAX_LINE_LENGTH);
  let state: 'inside' | 'checksum' | 'overlong' = 'inside';
  let isVouched = rule === 'required';
  let length = 0;
  let start = 0;
  let received = 0;
  let cuts: Cut[] = [];

  const finish = (error?: DecodeError): void => {
    const cut = { offset: start, bytes: buffer.slice(0, length) };
    const isFrame = cut.bytes.length >= TOLEDO_LENGTH && isToledo(cut.bytes);
    state = 'inside';
    length = 0;
    const isMeant = isFrame && cut.bytes[TOLEDO_LENGTH - 1] === CR;
    if (isMeant ? !accepts.toledo : !accepts.lines || !saysSomething(cut.bytes)) return;
    cuts.push(error ? { ...cut, error } : cut);
  };
  const takeInside = (byte: number, at: number): void => {
    if (byte === STX) {
      if (length > 0) finish(truncated('by the start of another'));
      start = at;
      buffer[length++] = byte;
    } else if (byte === CR || byte === LF) {
      if (length === 0) return;
      buffer[length++] = byte;
      if (length !== TOLEDO_LENGTH || byte !== CR || !isToledo(buffer)) finish();
      else if (rule === 'none') finish();
      else state = 'checksum';
    } else if (byte === ETX && length > 0) buffer[length++] = byte;
    else if (!isPrintable(byte)) {
      if (length > 0) finish(truncated(`by byte ${hex(byte)}`));
    } else {
      if (length === 0) start = at;
      buffer[length++] = byte;
    }
    if (length < MAX_LINE_LENGTH) return;
    finish(new DecodeError('FRAME_TOO_LONG', `no end of line in ${MAX_LINE_LENGTH} bytes`));
    state = 'overlong';
  };
  const takeChecksum = (byte: number, at: number): void => {
    const computed = toledoChecksum(buffer);
    const isBoundary = byte === STX || byte === CR || byte === LF;
    if (byte === computed && (isVouched || !isBoundary)) {
      isVouched = true;
      buffer[length++] = byte;
      finish();
    } else if (isBoundary) {
      finish(isVouched ? missing() : undefined);
      takeInside(byte, at);
    } else {
      buffer[length++] = byte;
      finish(mismatch(byte, computed));
    }
  };
  const take = (byte: number, at: number): void => {
    if (state === 'checksum') takeChecksum(byte, at);
    else if (state === 'inside') takeInside(byte, at);
    else if (byte === CR || byte === LF) state = 'inside';
  };
  const taken = (): Cut[] => {
    const all = cuts;
    cuts = [];
    return all;
  };

  return {
    get isWaiting() {
      return state === 'checksum' && !isVouched;
    },
    push(chunk) {
      for (let i = 0; i < chunk.length; i++) take(chunk[i] as number, received + i);
      received += chunk.length;
      return taken();
    },
    pause() {
      if (state === 'checksum' && !isVouched) finish();
      return taken();
    },
    end() {
      if (state === 'checksum') finish(isVouched ? missing() : undefined);
      else if (length > 0) finish(truncated('by the end of the stream'));
      return taken();
    },
  };
}

/** The text of a line, without what encloses it. */
export function lineOf(bytes: Uint8Array): string {
  let [from, to] = [0, bytes.length];
  if (bytes[0] === STX) from++;
  while (to > from && [ETX, CR, LF].includes(bytes[to - 1] ?? 0)) to--;
  return String.fromCharCode(...bytes.subarray(from, to));
}

// A few lines say something without a digit: out of range, not executable.
const WORDS = /(S [+\-IL]|OL,.*|E[STL])$/;

function saysSomething(bytes: Uint8Array): boolean {
  const line = lineOf(bytes);
  return /\d/.test(line) || WORDS.test(line);
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

function truncated(by: string): DecodeError {
  return new DecodeError('FRAME_TRUNCATED', `cut short ${by}`);
}

function missing(): DecodeError {
  return new DecodeError('CHECKSUM_MISSING', 'a frame without the checksum that this scale sends');
}

function mismatch(byte: number, computed: number): DecodeError {
  return new DecodeError(
    'CHECKSUM_MISMATCH',
    `checksum ${hex(byte)} expected, computed ${hex(computed)}`,
  );
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
