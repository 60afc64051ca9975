/**
 * P1 telegrams in a byte stream:
 *
 *     / ident CR LF CR LF  object CR LF …  !  [checksum: up to 4 hex digits, or CR, or LF]
 *
 * A frame ends with its fourth checksum digit, or before the first byte that is no such digit. A line end right behind
 * the end mark belongs to the frame: it tells a telegram sent without a checksum from one that was cut there. IEC 62056-21 §5.7 forbids `/` and `!` inside ident and values, so `/` always begins anew.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import type { Cut, Framer } from '../../framer.ts';

// DSMR 5.0.2 allows a text message of 2048 digits; three phases, four sub-meters, ten logged failures and thirteen
// monthly peaks take 2600 more. Nearly twice their sum.
export const MAX_TELEGRAM_LENGTH = 8192;

const CHECKSUM_DIGITS = 4;
const SLASH = 0x2f;
const BANG = 0x21;

export function createP1Framer(): Framer {
  const buffer = new Uint8Array(MAX_TELEGRAM_LENGTH + CHECKSUM_DIGITS);
  let state: 'between' | 'inside' | 'checksum' = 'between';
  let length = 0;
  let start = 0; // where the telegram in the buffer began in the stream
  let received = 0; // where the current chunk began in the stream
  let digits = 0;
  let bang = -1; // the next `!` of the current chunk, or its length: sought once, not once a slash
  let cuts: Cut[] = [];

  // Each of the three takes bytes of `chunk` from `i` on and says how far it came.
  const seek = (chunk: Uint8Array, i: number): number => {
    const slash = indexOr(chunk, SLASH, i, chunk.length);
    if (slash === chunk.length) return slash;
    state = 'inside';
    start = received + slash;
    buffer[0] = SLASH;
    length = 1;
    return slash + 1;
  };
  const collect = (chunk: Uint8Array, i: number): number => {
    if (bang < i) bang = indexOr(chunk, BANG, i, chunk.length);
    const slash = chunk.subarray(i, bang).indexOf(SLASH);
    const stop = slash < 0 ? bang : i + slash;
    const end = Math.min(stop, i + MAX_TELEGRAM_LENGTH - length);
    buffer.set(chunk.subarray(i, end), length);
    length += end - i;
    if (end === chunk.length) return end;
    if (length === MAX_TELEGRAM_LENGTH) finish(tooLong());
    else if (chunk[end] === SLASH) finish(truncated('by the start of another'));
    else {
      buffer[length++] = BANG;
      state = 'checksum';
      digits = 0;
      return end + 1;
    }
    return end;
  };
  const sum = (chunk: Uint8Array, i: number): number => {
    const byte = chunk[i] as number;
    if (digits === 0 && isLineEnd(byte)) {
      buffer[length++] = byte;
      finish();
      return i + 1;
    }
    if (!isHexDigit(byte)) {
      finish(strayAfterBang(byte));
      return i;
    }
    buffer[length++] = byte;
    if (++digits === CHECKSUM_DIGITS) finish();
    return i + 1;
  };
  const finish = (error?: DecodeError): void => {
    state = 'between';
    // A slash without a maker's three letters is line noise.
    if (!isIdent(buffer, length)) return;
    const cut = { offset: start, bytes: buffer.slice(0, length) };
    cuts.push(error ? { ...cut, error } : cut);
  };
  const taken = (): Cut[] => {
    const all = cuts;
    cuts = [];
    return all;
  };

  return {
    push(chunk) {
      bang = -1;
      for (let i = 0; i < chunk.length; )
        i =
          state === 'between'
            ? seek(chunk, i)
            : state === 'inside'
              ? collect(chunk, i)
              : sum(chunk, i);
      received += chunk.length;
      return taken();
    },
    end() {
      if (state === 'inside') finish(truncated('by the end of the stream'));
      if (state === 'checksum') finish();
      return taken();
    },
  };
}

function isIdent(bytes: Uint8Array, length: number): boolean {
  return length > 4 && isLetter(bytes[1]) && isLetter(bytes[2]) && isLetter(bytes[3]);
}

// After the checksum comes a line end, the next telegram, or a line's idle level read as bytes.
function strayAfterBang(byte: number): DecodeError | undefined {
  if (isLineEnd(byte) || byte === SLASH || byte === 0 || byte === 0xff) return undefined;
  const hex = byte.toString(16).padStart(2, '0');
  return new DecodeError(
    'FRAME_SYNTAX',
    `checksum or line end expected after "!", got byte 0x${hex}`,
  );
}

function truncated(by: string): DecodeError {
  return new DecodeError('FRAME_TRUNCATED', `telegram cut short ${by}`);
}

function tooLong(): DecodeError {
  return new DecodeError('FRAME_TOO_LONG', `no end of telegram in ${MAX_TELEGRAM_LENGTH} bytes`);
}

function indexOr(bytes: Uint8Array, byte: number, from: number, otherwise: number): number {
  const index = bytes.indexOf(byte, from);
  return index < 0 ? otherwise : index;
}

function isHexDigit(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x46) ||
    (byte >= 0x61 && byte <= 0x66)
  );
}

function isLineEnd(byte: number): boolean {
  return byte === 0x0d || byte === 0x0a;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a));
}
