/**
 * What bytes look like of which a driver makes nothing, as far as they tell.
 * @module
 */
import type { Driver } from '@sigill/firmware-bridge';

export type Diagnosis =
  /** Text, had each character not a parity bit as its top bit. */
  | { readonly kind: 'parity'; readonly parity: 'even' | 'odd' }
  /** Bits as they come out when the port is set to another speed than the device. */
  | { readonly kind: 'speed' }
  | { readonly kind: 'other driver'; readonly driver: string }
  /** Readable text: the device may have nothing to tell that is recorded. */
  | { readonly kind: 'text' }
  | { readonly kind: 'binary' };

export const SAMPLE_BYTES = 4096;
/** Fewer say nothing about a line. */
export const LEAST_SAMPLE_BYTES = 32;
const MOSTLY = 0.95;
// Of 256 bytes 36 are made of two runs of bits at most; chance gives 14 %.
const RUNS_SHARE = 0.7;

/** Null where the bytes are too few. `drivers` are those that may read this way of transport. */
export function diagnose(
  sample: Uint8Array,
  own: string,
  drivers: Iterable<Driver>,
): Diagnosis | null {
  if (sample.length < LEAST_SAMPLE_BYTES) return null;
  for (const driver of drivers) {
    const { id } = driver.manifest;
    if (id !== own && reads(driver, sample)) return { kind: 'other driver', driver: id };
  }
  if (share(sample, isText) >= MOSTLY) return { kind: 'text' };
  if (share(sample, (byte) => isText(byte & 0x7f)) >= MOSTLY) {
    const even = share(sample, (byte) => bitsOf(byte) % 2 === 0);
    if (even >= MOSTLY) return { kind: 'parity', parity: 'even' };
    if (even <= 1 - MOSTLY) return { kind: 'parity', parity: 'odd' };
  }
  return share(sample, isOfRuns) >= RUNS_SHARE ? { kind: 'speed' } : { kind: 'binary' };
}

/** It takes more than it refuses. */
function reads(driver: Driver, bytes: Uint8Array): boolean {
  try {
    const session = driver.createSession({});
    const steps = [session.receive({ bytes }, 0), session.end(0)];
    const taken = steps.reduce((sum, { observations }) => sum + observations.length, 0);
    const refused = steps.reduce((sum, { rejected }) => sum + rejected.length, 0);
    return taken > refused;
  } catch {
    return false; // one that needs options it was not given
  }
}

function share(bytes: Uint8Array, is: (byte: number) => boolean): number {
  let count = 0;
  for (const byte of bytes) if (is(byte)) count++;
  return count / bytes.length;
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function bitsOf(byte: number): number {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

/** A slow device's bit lasts several of a fast port's: the byte is zeros, then ones, or the other way round. */
function isOfRuns(byte: number): boolean {
  const changes = byte ^ (byte >> 1);
  return bitsOf(changes & 0x7f) <= 1;
}
