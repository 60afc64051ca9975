/**
 * Sentences of NMEA 0183 in a byte stream:
 *
 *     $ or !   address , fields …   [ * hh ]   [CR] LF
 *
 * A sentence ends with the second digit of its checksum, or, where it has none, with its line end, which then belongs to
 * it: it tells a sentence sent without a checksum from one that was cut. `$` and `!` may stand nowhere inside, so they
 * always begin anew. What begins like no address (`$ ls`, `$$`) is noise.
 * Spec: IEC 61162-1:2016 §7.2; NMEA 0183 4.11 §5.3.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import type { Cut, Framer } from '../../framer.ts';

// The standard allows 82 characters; receivers with more digits send 100, and proprietary lines of 200 are met.
export const MAX_SENTENCE_LENGTH = 256;

const CHECKSUM_DIGITS = 2;
const DOLLAR = 0x24;
const BANG = 0x21;
const STAR = 0x2a;
const CR = 0x0d;
const LF = 0x0a;

export function createSentenceFramer(): Framer {
  const buffer = new Uint8Array(MAX_SENTENCE_LENGTH);
  let state: 'between' | 'inside' | 'checksum' = 'between';
  let length = 0;
  let start = 0; // where the sentence in the buffer began in the stream
  let received = 0;
  let digits = 0;
  let cuts: Cut[] = [];

  const begin = (byte: number, at: number): void => {
    state = 'inside';
    start = at;
    buffer[0] = byte;
    length = 1;
  };
  // The error is made only where it is told: a line of dollar signs would make one for each.
  const finish = (error?: () => DecodeError): void => {
    state = 'between';
    if (!isAddressed(buffer, length)) return;
    const cut = { offset: start, bytes: buffer.slice(0, length) };
    cuts.push(error ? { ...cut, error: error() } : cut);
  };
  const take = (byte: number, at: number): void => {
    if (byte === DOLLAR || byte === BANG) {
      if (state !== 'between') finish(() => truncated('by the start of another'));
      begin(byte, at);
      return;
    }
    if (state === 'between') return;
    if (state === 'checksum' && !isHexDigit(byte)) {
      finish(() => syntax(`two checksum digits expected after "*", got ${hex(byte)}`));
      return;
    }
    if (length === MAX_SENTENCE_LENGTH) {
      finish(() => new DecodeError('FRAME_TOO_LONG', `no end of sentence in ${length} bytes`));
      return;
    }
    if (state === 'inside' && isStray(byte)) {
      finish(() => syntax(`byte ${hex(byte)} inside a sentence`));
      return;
    }
    buffer[length++] = byte;
    if (state === 'checksum' && ++digits === CHECKSUM_DIGITS) finish();
    else if (state === 'inside' && byte === STAR) {
      state = 'checksum';
      digits = 0;
    } else if (state === 'inside' && isLineEnd(byte)) finish();
  };
  const taken = (): Cut[] => {
    const all = cuts;
    cuts = [];
    return all;
  };

  return {
    push(chunk) {
      for (let i = 0; i < chunk.length; i++) {
        if (state === 'between') i = nextStart(chunk, i);
        if (i < chunk.length) take(chunk[i] as number, received + i);
      }
      received += chunk.length;
      return taken();
    },
    end() {
      if (state !== 'between') finish(() => truncated('by the end of the stream'));
      return taken();
    },
  };
}

// Two capitals or digits at least: the talker, or P and the first letter of a maker.
function isAddressed(bytes: Uint8Array, length: number): boolean {
  return length > 3 && isAddressLetter(bytes[1] ?? 0) && isAddressLetter(bytes[2] ?? 0);
}

function isAddressLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39);
}

function nextStart(chunk: Uint8Array, from: number): number {
  let i = from;
  while (i < chunk.length && chunk[i] !== DOLLAR && chunk[i] !== BANG) i++;
  return i;
}

function isStray(byte: number): boolean {
  return (byte < 0x20 && !isLineEnd(byte)) || byte >= 0x7f;
}

function isLineEnd(byte: number): boolean {
  return byte === CR || byte === LF;
}

function isHexDigit(byte: number): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}

function syntax(message: string): DecodeError {
  return new DecodeError('FRAME_SYNTAX', message);
}

function truncated(by: string): DecodeError {
  return new DecodeError('FRAME_TRUNCATED', `sentence cut short ${by}`);
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
