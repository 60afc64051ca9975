/**
 * A driver turns a device's bytes into observations, and asks where a device must be asked. It is pure:
 * time, ports and logs stay with its caller.
 * @module
 */
import type { FieldValue } from '@sigill/evidence';

import { DecodeError, type DecodeErrorCode, DriverError } from './errors.ts';
import { type Framer, isTorn } from './framer.ts';

export type { FieldValue } from '@sigill/evidence';

export interface ObservedField {
  /** A number keeps the device's digits; texts and identifiers keep their leading zeros. */
  readonly value: FieldValue;
  /** SenML (RFC 8428, RFC 8798) symbol, else UCUM. */
  readonly unit: string | null;
  /** The device's own name for the value: OBIS code, register, DIF/VIF. */
  readonly code: string | null;
}

/** What one device frame said about one device. Names are those of quantities.ts, else `other.<protocol>.<code>`. */
export interface Observation {
  readonly kind: string;
  /** The device's identifier as sent; '' where it sends none. It comes from the device: compare it as text only. */
  readonly device: string;
  /** The device's own time, ms since the epoch; null if it tells none, or one that cannot be. */
  readonly time: number | null;
  readonly fields: Readonly<Record<string, ObservedField>>;
}

export interface DecodedObservation extends Observation {
  readonly frame: Uint8Array;
  /** Where the frame began in the session's byte stream. */
  readonly offset: number;
}

/** Bytes that looked like a frame and are refused. `bytes` holds the first MAX_REJECTED_BYTES of them. */
export interface Rejection {
  readonly code: DecodeErrorCode;
  readonly message: string;
  readonly offset: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

export interface Step {
  readonly observations: readonly DecodedObservation[];
  readonly rejected: readonly Rejection[];
  readonly send: readonly Uint8Array[];
  readonly nextTickMs: number | null;
}

export interface SessionInput {
  readonly bytes: Uint8Array;
  readonly topic?: string;
}

/** One conversation with one device or bus. No input makes it throw. */
export interface Session {
  receive(input: SessionInput, nowMs: number): Step;
  tick(nowMs: number): Step;
  /** The line is gone or the file is over: a frame that needed no more bytes is told, a torn one refused. */
  end(nowMs: number): Step;
}

export type TransportName = 'serial' | 'tcp' | 'mqtt';

export interface DriverOption {
  readonly summary: string;
  readonly default: string;
}

export interface Manifest {
  readonly id: string;
  readonly title: string;
  readonly spec: string;
  readonly transports: readonly TransportName[];
  readonly kinds: readonly string[];
  /** Every name this driver may use, `other.…` apart. */
  readonly quantities: readonly string[];
  readonly options: Readonly<Record<string, DriverOption>>;
}

export interface Driver {
  readonly manifest: Manifest;
  /** @throws DriverError OPTION_UNKNOWN, OPTION_INVALID */
  createSession(options: Readonly<Record<string, string>>): Session;
}

/** Enough to recognise a frame by, little enough to keep thousands of. */
export const MAX_REJECTED_BYTES = 256;

/** The session of a device that only talks: a framer cuts the bytes, a pure function reads one frame. */
export function listening(
  framer: Framer,
  decode: (frame: Uint8Array) => readonly Observation[],
): Session {
  const step = (cuts: ReturnType<Framer['push']>): Step => {
    const observations: DecodedObservation[] = [];
    const rejected: Rejection[] = [];
    for (const cut of cuts) {
      try {
        if (isTorn(cut)) throw cut.error;
        for (const observation of decode(cut.bytes))
          observations.push({ ...observation, frame: cut.bytes, offset: cut.offset });
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        rejected.push(rejection(error, cut));
      }
    }
    return { observations, rejected, send: [], nextTickMs: null };
  };
  return {
    receive: (input) => step(framer.push(input.bytes)),
    tick: () => step([]),
    end: () => step(framer.end()),
  };
}

function rejection(error: DecodeError, cut: { offset: number; bytes: Uint8Array }): Rejection {
  return {
    code: error.code,
    message: error.message,
    offset: cut.offset,
    length: cut.bytes.length,
    bytes: cut.bytes.slice(0, MAX_REJECTED_BYTES),
  };
}

/** The options given, completed by the manifest's defaults. */
export function optionsOf(
  manifest: Manifest,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(manifest.options, name))
      throw new DriverError(
        'OPTION_UNKNOWN',
        `${manifest.id} has no option ${name}; it has: ${Object.keys(manifest.options).join(', ') || 'none'}`,
      );
  const defaults = Object.entries(manifest.options).map(([name, o]) => [name, o.default]);
  return { ...Object.fromEntries(defaults), ...given };
}
