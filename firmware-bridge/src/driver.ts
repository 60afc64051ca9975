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
  /** Why the connection should be begun anew, such as a device that answers no more; its caller closes and reopens it. */
  readonly reset?: string | null;
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

/** How a serial port must be set for a device; what is absent is 8 data bits, no parity, 1 stop bit. */
export interface SerialSettings {
  readonly baudRate: number;
  readonly dataBits?: 5 | 6 | 7 | 8;
  readonly parity?: 'none' | 'even' | 'odd';
  readonly stopBits?: 1 | 2;
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
  /** What the device's port is set to when it comes from the factory. */
  readonly serial?: SerialSettings;
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
  const step = (cuts: ReturnType<Framer['push']>): Step =>
    stepOf(
      cuts.map((cut) => ({
        ...cut,
        decode: () => {
          if (isTorn(cut)) throw cut.error;
          return decode(cut.bytes);
        },
      })),
    );
  return {
    receive: (input) => step(framer.push(input.bytes)),
    tick: () => step([]),
    end: () => step(framer.end()),
  };
}

// As much as the gateway's own broker takes in one packet.
export const MAX_MESSAGE_LENGTH = 262_144;

const NUL = 0;

/**
 * The session of a device whose transport brings whole messages, such as MQTT: each is one frame. Where the topic says
 * something the payload does not (`keepsTopic`), the frame is the topic, a NUL, the payload: MQTT forbids NUL in a topic,
 * so whoever has the frame alone can tell the two apart again, and this session does when no topic is handed to it.
 * Offsets count the bytes of frames.
 */
export function perMessage(
  decode: (payload: Uint8Array, topic: string | undefined) => readonly Observation[],
  { keepsTopic = false }: { readonly keepsTopic?: boolean } = {},
): Session {
  let offset = 0;
  const idle: Step = { observations: [], rejected: [], send: [], nextTickMs: null };
  return {
    receive(input) {
      const message = keepsTopic ? withTopic(input) : { ...input, frame: input.bytes };
      const { frame, bytes, topic } = message;
      const step = stepOf([
        {
          offset,
          bytes: frame,
          decode: () => {
            if (frame.length > MAX_MESSAGE_LENGTH)
              throw new DecodeError(
                'FRAME_TOO_LONG',
                `a message of ${frame.length} bytes; at most ${MAX_MESSAGE_LENGTH} are read`,
              );
            return decode(bytes, topic);
          },
        },
      ]);
      offset += frame.length;
      return step;
    },
    tick: () => idle,
    end: () => idle,
  };
}

/** The message with its topic, whether that came beside the payload or in one frame with it. */
function withTopic({ bytes, topic }: SessionInput): SessionInput & { readonly frame: Uint8Array } {
  if (topic !== undefined) {
    const head = new TextEncoder().encode(topic);
    const frame = new Uint8Array(head.length + 1 + bytes.length);
    frame.set(head);
    frame.set(bytes, head.length + 1);
    return { frame, bytes, topic };
  }
  const end = bytes.indexOf(NUL);
  if (end < 0) return { frame: bytes, bytes };
  return {
    frame: bytes,
    bytes: bytes.subarray(end + 1),
    topic: new TextDecoder().decode(bytes.subarray(0, end)),
  };
}

/** What frames say, those refused apart. */
function stepOf(
  frames: readonly {
    readonly offset: number;
    readonly bytes: Uint8Array;
    decode(): readonly Observation[];
  }[],
): Step {
  const observations: DecodedObservation[] = [];
  const rejected: Rejection[] = [];
  for (const { offset, bytes, decode } of frames) {
    try {
      for (const observation of decode())
        observations.push({ ...observation, frame: bytes, offset });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      rejected.push(rejection(error, { offset, bytes }));
    }
  }
  return { observations, rejected, send: [], nextTickMs: null };
}

/** What a session tells of bytes that it refuses. */
export function rejection(
  error: DecodeError,
  cut: { offset: number; bytes: Uint8Array },
): Rejection {
  return {
    code: error.code,
    message: error.message,
    offset: cut.offset,
    length: cut.bytes.length,
    bytes: cut.bytes.slice(0, MAX_REJECTED_BYTES),
  };
}

/**
 * The options given, completed by the manifest's defaults. An option of the manifest named `field.*` stands for every
 * name that begins so, and has no default.
 */
export function optionsOf(
  manifest: Manifest,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const known = Object.keys(manifest.options);
  const prefixes = known.filter(isPattern).map((name) => name.slice(0, -1));
  for (const name of Object.keys(given))
    if (
      isPattern(name) ||
      !(Object.hasOwn(manifest.options, name) || prefixes.some((prefix) => name.startsWith(prefix)))
    )
      throw new DriverError(
        'OPTION_UNKNOWN',
        `${manifest.id} has no option ${name}; it has: ${known.join(', ') || 'none'}`,
      );
  const defaults = Object.entries(manifest.options)
    .filter(([name]) => !isPattern(name))
    .map(([name, option]) => [name, option.default]);
  return { ...Object.fromEntries(defaults), ...given };
}

function isPattern(name: string): boolean {
  return name.endsWith('.*');
}
