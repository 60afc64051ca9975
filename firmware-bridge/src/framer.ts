/**
 * Cuts a byte stream into frames.
 * @module
 */
import type { DecodeError } from './errors.ts';

/** A whole frame, or bytes that began as one and are refused. */
export type Cut = WholeFrame | TornFrame;

export interface WholeFrame {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface TornFrame extends WholeFrame {
  readonly error: DecodeError;
}

/**
 * The same bytes give the same cuts, however they are chunked. Memory is bounded by the framer's longest frame.
 * Bytes outside any frame are skipped without a word: every line starts in the middle of something.
 */
export interface Framer {
  push(chunk: Uint8Array): readonly Cut[];
  /** The stream is over: what is complete is a frame, what is not is torn. */
  end(): readonly Cut[];
}

export function isTorn(cut: Cut): cut is TornFrame {
  return 'error' in cut;
}
