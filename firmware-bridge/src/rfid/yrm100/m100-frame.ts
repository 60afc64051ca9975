/**
 * Frames of the M100 family of UHF modules (YRM100, QM100, R200, EL-UHF-RMT01, JRD-4035), in both directions:
 *
 *     BB | type | command | length, 2 bytes | parameters … | sum | 7E
 *     AA | type | command | length, 2 bytes | parameters … | sum | DD
 *
 * `sum` is the low byte of the sum from type to the last parameter. Start and end bytes may stand inside parameters too:
 * the length decides, and a frame that does not end where it says is sought again from its second byte on.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import type { Cut, Framer } from '../../framer.ts';

export type Framing = 'bb' | 'aa';

export interface M100Frame {
  readonly framing: Framing;
  readonly type: number;
  readonly command: number;
  readonly parameters: Uint8Array;
}

export const COMMAND = 0;
export const RESPONSE = 1;
export const NOTICE = 2;

export const START: Readonly<Record<Framing, number>> = { bb: 0xbb, aa: 0xaa };
const END: Readonly<Record<Framing, number>> = { bb: 0x7e, aa: 0xdd };

const HEAD_LENGTH = 5;
const TAIL_LENGTH = 2;
// The longest thing asked for is a tag of 31 words (67 bytes) or a text of a line; a larger length byte is line noise.
const MAX_PARAMETERS = 255;
const MAX_FRAME_LENGTH = HEAD_LENGTH + MAX_PARAMETERS + TAIL_LENGTH;

export function encodeFrame({ framing, type, command, parameters }: M100Frame): Uint8Array {
  const length = parameters.length;
  const body = [type, command, length >> 8, length & 0xff, ...parameters];
  return Uint8Array.of(START[framing], ...body, sum(body), END[framing]);
}

/** Reads what the framer cut and found whole. */
export function decodeFrame(bytes: Uint8Array): M100Frame {
  return {
    framing: bytes[0] === START.bb ? 'bb' : 'aa',
    type: bytes[1] as number,
    command: bytes[2] as number,
    parameters: bytes.subarray(HEAD_LENGTH, bytes.length - TAIL_LENGTH),
  };
}

export function createM100Framer(): Framer {
  let buffer = new Uint8Array(0);
  let offset = 0; // where the buffer began in the stream

  const drop = (count: number): void => {
    buffer = buffer.subarray(count);
    offset += count;
  };
  const cut = (length: number, error: DecodeError | null): Cut => {
    const whole = { offset, bytes: buffer.slice(0, length) };
    drop(length);
    return error ? { ...whole, error } : whole;
  };
  const take = (isOver: boolean): Cut[] => {
    const cuts: Cut[] = [];
    for (;;) {
      drop(nextStart(buffer, 0));
      if (buffer.length === 0) return cuts;
      const length = frameLength(buffer);
      if (length === null || buffer.length < length) {
        if (!isOver) return cuts;
        const error = new DecodeError(
          'FRAME_TRUNCATED',
          'frame cut short by the end of the stream',
        );
        cuts.push(cut(nextStart(buffer, 1), error));
        continue;
      }
      const error = faultOf(buffer.subarray(0, length));
      cuts.push(cut(error ? nextStart(buffer.subarray(0, length), 1) : length, error));
    }
  };

  return {
    push(chunk) {
      const cuts: Cut[] = [];
      // In pieces, so that a long chunk is not copied once a frame.
      for (let i = 0; i < chunk.length; i += MAX_FRAME_LENGTH) {
        const piece = chunk.subarray(i, i + MAX_FRAME_LENGTH);
        const joined = new Uint8Array(buffer.length + piece.length);
        joined.set(buffer);
        joined.set(piece, buffer.length);
        buffer = joined;
        cuts.push(...take(false));
      }
      return cuts;
    },
    end: () => take(true),
  };
}

/** Where a frame may begin at or after `from`, the bytes' end if nowhere: a start byte and as much of a head as is there. */
function nextStart(bytes: Uint8Array, from: number): number {
  for (let i = from; i < bytes.length; i++) if (mayBegin(bytes, i)) return i;
  return bytes.length;
}

function mayBegin(bytes: Uint8Array, at: number): boolean {
  const [start, type = COMMAND, , high = 0] = bytes.subarray(at, at + HEAD_LENGTH);
  return (start === START.bb || start === START.aa) && type <= NOTICE && high === 0;
}

/** Null: the head is not complete. */
function frameLength(bytes: Uint8Array): number | null {
  if (bytes.length < HEAD_LENGTH) return null;
  return HEAD_LENGTH + (bytes[HEAD_LENGTH - 1] as number) + TAIL_LENGTH;
}

function faultOf(bytes: Uint8Array): DecodeError | null {
  const end = bytes[0] === START.bb ? END.bb : END.aa;
  const last = bytes[bytes.length - 1] as number;
  if (last !== end)
    return new DecodeError('FRAME_SYNTAX', `end byte 0x${hex(end)} expected, got 0x${hex(last)}`);
  const told = bytes[bytes.length - TAIL_LENGTH] as number;
  const computed = sum(bytes.subarray(1, bytes.length - TAIL_LENGTH));
  if (told === computed) return null;
  return new DecodeError(
    'CHECKSUM_MISMATCH',
    `checksum 0x${hex(told)} told, 0x${hex(computed)} computed`,
  );
}

function sum(bytes: Iterable<number>): number {
  let total = 0;
  for (const byte of bytes) total += byte;
  return total & 0xff;
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
