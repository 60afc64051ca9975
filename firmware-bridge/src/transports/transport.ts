/**
 * The way to a device.
 * @module
 */
import type { TransportErrorCode } from '../errors.ts';

export interface TransportState {
  /** `waiting`: not open, and a next try is due. `closed`: stopped, or a recording that is over. */
  readonly status: 'connecting' | 'open' | 'waiting' | 'closed';
  /** For people: why it is not open, and what mends it. */
  readonly reason: string | null;
  /** For programs: the same. */
  readonly code: TransportErrorCode | null;
}

export interface TransportListener {
  /** The bytes are the listener's to keep. */
  chunk(bytes: Uint8Array, topic?: string): void;
  /**
   * In place of `chunk`, from a transport whose other end sends again what was not acknowledged (MQTT): resolves to
   * whether the message is safe here, and never rejects. It is acknowledged then, or else asked for anew.
   */
  message?(bytes: Uint8Array, topic: string): Promise<boolean>;
  state(state: TransportState): void;
}

/**
 * Bytes from and to one device or bus, in order. It reconnects by itself for ever, and tells each change of its state.
 * Bytes sent while it is not open are lost: the device does not wait. After `stop` there is no chunk and no state.
 */
export interface Transport {
  /** Once only. */
  start(listener: TransportListener): void;
  /** Resolves when the bytes have left this machine. @throws TransportError NOT_OPEN, WRITE_… */
  write(bytes: Uint8Array): Promise<void>;
  /** Nothing more is read until `resume`, as far as this way can be held back; chunks on their way still come. */
  pause?(): void;
  resume?(): void;
  /** Closes the connection and tries anew, because of what the device does on it. */
  reset?(reason: string): void;
  stop(): Promise<void>;
}
