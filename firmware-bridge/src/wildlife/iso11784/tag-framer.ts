/**
 * What readers of animal tags send, in one byte stream:
 *
 *     text … CR or LF                                            a line
 *     STX  26 hexadecimal digits  checksum  its inverse  ETX      a frame of the WL-134A family
 *
 * A line keeps the byte that ended it, so that a cut one is no line. Lines without ten digits in a row (banners, menus,
 * headings) are skipped without a word. What is neither printable nor a frame is noise, and ends what it stands in.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import type { Cut, Framer } from '../../framer.ts';

// A row of an exported file has 205 characters.
export const MAX_LINE_LENGTH = 512;
export const FRAME_LENGTH = 30;
export const STX = 0x02;
export const ETX = 0x03;

const DIGITS_END = 27;
const TAB = 0x09;
const CR = 0x0d;
const LF = 0x0a;
const IDENTIFIER = /[0-9A-Fa-f]{10}/;

export interface Accepts {
  readonly lines: boolean;
  readonly frames: boolean;
}

export function createTagFramer(accepts: Accepts): Framer {
  const buffer = new Uint8Array(MAX_LINE_LENGTH);
  let state: 'line' | 'frame' | 'overlong' = 'line';
  let length = 0;
  let start = 0;
  let received = 0;
  let cuts: Cut[] = [];

  const finish = (error?: DecodeError): void => {
    const cut = { offset: start, bytes: buffer.slice(0, length) };
    state = 'line';
    length = 0;
    const isFrame = cut.bytes[0] === STX;
    if (isFrame ? !accepts.frames : !accepts.lines) return;
    if (isFrame ? error && cut.bytes.length <= 10 : !hasIdentifier(cut.bytes)) return;
    cuts.push(error ? { ...cut, error } : cut);
  };
  const takeOfLine = (byte: number, at: number): void => {
    if (byte === STX) {
      if (length > 0) finish(truncated('by the start of a frame'));
      state = 'frame';
      start = at;
      buffer[length++] = byte;
    } else if (byte === CR || byte === LF) {
      if (length === 0) return;
      buffer[length++] = byte;
      finish();
    } else if (!isPrintable(byte)) {
      if (length > 0) finish(truncated(`by byte ${hex(byte)}`));
    } else if (length === MAX_LINE_LENGTH - 1) {
      finish(new DecodeError('FRAME_TOO_LONG', `no end of line in ${length} bytes`));
      state = 'overlong';
    } else {
      if (length === 0) start = at;
      buffer[length++] = byte;
    }
  };
  const takeOfFrame = (byte: number, at: number): void => {
    if (length < DIGITS_END && !isHexDigit(byte)) {
      finish(truncated(`by byte ${hex(byte)}`));
      takeOfLine(byte, at);
      return;
    }
    buffer[length++] = byte;
    if (length < FRAME_LENGTH) return;
    if (byte === ETX) {
      finish();
      return;
    }
    // A frame cut behind its digits has taken the beginning of the next one for its checksum.
    const behind = buffer.slice(DIGITS_END, FRAME_LENGTH);
    finish(new DecodeError('FRAME_SYNTAX', `end of frame expected, got byte ${hex(byte)}`));
    for (const [i, one] of behind.entries()) take(one, at - behind.length + 1 + i);
  };
  const take = (byte: number, at: number): void => {
    if (state === 'overlong') {
      if (byte === CR || byte === LF) state = 'line';
    } else if (state === 'frame') takeOfFrame(byte, at);
    else takeOfLine(byte, at);
  };
  const taken = (): Cut[] => {
    const all = cuts;
    cuts = [];
    return all;
  };

  return {
    push(chunk) {
      for (const [i, byte] of chunk.entries()) take(byte, received + i);
      received += chunk.length;
      return taken();
    },
    end() {
      if (length > 0) finish(truncated('by the end of the stream'));
      return taken();
    },
  };
}

function hasIdentifier(bytes: Uint8Array): boolean {
  return IDENTIFIER.test(String.fromCharCode(...bytes)) || isRecord(bytes);
}

/** A reader's record of itself needs no identifier: `ALM: 01 06 …`. */
function isRecord(bytes: Uint8Array): boolean {
  return /[A-Z]{3}: \d\d \d\d /.test(String.fromCharCode(...bytes));
}

function isPrintable(byte: number): boolean {
  return byte === TAB || (byte >= 0x20 && byte < 0x7f);
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46);
}

function truncated(by: string): DecodeError {
  return new DecodeError('FRAME_TRUNCATED', `cut short ${by}`);
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
