/**
 * What goes wrong between a device and an observation, with a code for programs and a sentence for people.
 * docs/errors.md has a line for each code.
 * @module
 */

export type DecodeErrorCode =
  | 'CHECKSUM_MISMATCH'
  | 'CHECKSUM_MISSING'
  | 'DEVICE_EXCEPTION'
  | 'DEVICE_SILENT'
  | 'FRAME_SYNTAX'
  | 'FRAME_TOO_LONG'
  | 'FRAME_TRUNCATED';

/** A frame that breaks its specification. */
export class DecodeError extends Error {
  readonly code: DecodeErrorCode;

  constructor(code: DecodeErrorCode, message: string) {
    super(message);
    this.name = 'DecodeError';
    this.code = code;
  }
}

export type DriverErrorCode = 'DRIVER_UNKNOWN' | 'OPTION_INVALID' | 'OPTION_UNKNOWN';

/** A driver asked for, or set up, in a way it does not know. */
export class DriverError extends Error {
  readonly code: DriverErrorCode;

  constructor(code: DriverErrorCode, message: string) {
    super(message);
    this.name = 'DriverError';
    this.code = code;
  }
}

export type TransportErrorCode =
  | 'ADDRESS_INVALID'
  | 'BROKER_CERTIFICATE_MISMATCH'
  | 'BROKER_CERTIFICATE_UNTRUSTED'
  | 'BROKER_REFUSED'
  | 'CONNECTION_LOST'
  | 'CONNECTION_REFUSED'
  | 'CONNECT_TIMEOUT'
  | 'NOT_OPEN'
  | 'PORT_LOCKED'
  | 'PORT_LOST'
  | 'PORT_MISSING'
  | 'PORT_OPEN_FAILED'
  | 'PORT_PERMISSION'
  | 'PORT_SPINNING'
  | 'PORT_STUCK'
  | 'SUBSCRIPTION_REFUSED'
  | 'WRITE_BACKLOG'
  | 'WRITE_FAILED'
  | 'WRITE_TIMEOUT';

/** A port or connection that does not do what it is asked. The transport itself goes on trying. */
export class TransportError extends Error {
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'TransportError';
    this.code = code;
  }
}
