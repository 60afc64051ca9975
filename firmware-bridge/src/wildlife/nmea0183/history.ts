/**
 * The last bytes of a stream, by their place in it.
 * @module
 */

export interface History {
  /** How many bytes came in all. */
  readonly received: number;
  push(chunk: Uint8Array): void;
  /** A copy. What is older than the history is not there any more: the caller asks within its length. */
  slice(from: number, to: number): Uint8Array;
}

/** Holds at least the last `length` bytes, in twice that memory; no chunk is longer than that. */
export function createHistory(length: number): History {
  const buffer = new Uint8Array(2 * length);
  let first = 0; // the place in the stream of the buffer's first byte
  let filled = 0;
  return {
    get received() {
      return first + filled;
    },
    push(chunk) {
      if (filled + chunk.length > buffer.length) {
        buffer.copyWithin(0, filled - length, filled);
        first += filled - length;
        filled = length;
      }
      buffer.set(chunk, filled);
      filled += chunk.length;
    },
    slice: (from, to) => buffer.slice(from - first, to - first),
  };
}
