/**
 * Whole LLRP messages out of a byte stream. A message is told when its last byte is there. Where none begins behind it,
 * or its body breaks the format, its length was a lie: then the next head is sought from its own second byte on.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import type { Cut, Framer } from '../../framer.ts';
import { lengthAt } from './message.ts';

export interface Speaker {
  /** The types of messages it may send. */
  readonly types: ReadonlySet<number>;
  /** What is wrong with a message of the right length; null if nothing is. */
  faultOf(message: Uint8Array): DecodeError | null;
}

export function createLlrpFramer({ types, faultOf }: Speaker): Framer {
  let store = new Uint8Array(0);
  let buffer = store; // the part of the store in use: the last message told, then what came behind it
  let offset = 0; // where the buffer began in the stream
  let told = 0; // the length of the last message told

  /** Where a head may begin in `bytes[from, to)`; `to` if nowhere. */
  const nextHead = (bytes: Uint8Array, from: number, to: number): number => {
    for (let at = from; at < to; at++) if (lengthAt(bytes, at, types) !== null) return at;
    return to;
  };
  const drop = (count: number): void => {
    buffer = buffer.subarray(count);
    offset += count;
    told = 0;
  };
  const tear = (end: number, error: DecodeError): Cut => {
    const torn = { offset, bytes: buffer.slice(0, end), error };
    drop(end);
    return torn;
  };
  const take = (isOver: boolean): Cut[] => {
    const cuts: Cut[] = [];
    for (;;) {
      const length = lengthAt(buffer, told, types);
      if (length === null) {
        drop(nextHead(buffer, told > 0 ? 1 : 0, buffer.length));
        continue;
      }
      if (length === 'short' || buffer.length < told + length) {
        if (!isOver) return cuts;
        drop(told);
        if (buffer.length === 0) return cuts;
        const error = new DecodeError(
          'FRAME_TRUNCATED',
          'message cut short by the end of the stream',
        );
        cuts.push(tear(nextHead(buffer, 1, buffer.length), error));
        continue;
      }
      drop(told);
      const bytes = buffer.slice(0, length);
      const error = faultOf(bytes);
      if (error !== null) cuts.push(tear(nextHead(bytes, 1, length), error));
      else {
        cuts.push({ offset, bytes });
        told = length;
      }
    }
  };

  return {
    push(chunk) {
      const length = buffer.length + chunk.length;
      const from = buffer.byteOffset;
      if (from + length <= store.length) store.set(chunk, from + buffer.length);
      else {
        // At least half of the store is free again, so a message that dribbles in is not copied once a byte.
        const next = length * 2 > store.length ? new Uint8Array(length * 2) : store;
        next.set(buffer);
        next.set(chunk, buffer.length);
        store = next;
        buffer = store.subarray(0, 0);
      }
      buffer = store.subarray(buffer.byteOffset, buffer.byteOffset + length);
      return take(false);
    },
    end: () => take(true),
  };
}
