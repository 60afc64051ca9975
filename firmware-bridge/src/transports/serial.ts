/**
 * A serial port, held by a process of its own and watched from here.
 * @module
 */
import { TransportError } from '../errors.ts';
import { watchForPort } from './port-watch.ts';
import {
  createReconnectingTransport,
  DEFAULT_BACK_OFF,
  type ReconnectParts,
  systemTimers,
} from './reconnecting.ts';
import { openSerialLink, type SerialLinkParts, WATCH_MS } from './serial-link.ts';
import type { SerialSettings } from './serial-messages.ts';
import type { Transport } from './transport.ts';

export interface SerialOptions {
  /** Best one below /dev/serial/by-id: it stays the same when adapters are plugged in another order. */
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits?: SerialSettings['dataBits'];
  readonly parity?: SerialSettings['parity'];
  readonly stopBits?: SerialSettings['stopBits'];
  readonly writeTimeoutMs?: number;
  readonly parts?: Partial<ReconnectParts & SerialLinkParts>;
}

// A port that takes no byte for so long has lost its other end.
const WRITE_TIMEOUT_MS = 5000;

/** @throws TransportError ADDRESS_INVALID */
export function createSerialTransport(options: SerialOptions): Transport {
  const { path, baudRate, dataBits = 8, parity = 'none', stopBits = 1 } = options;
  if (path === '') throw new TransportError('ADDRESS_INVALID', 'the path of a port is needed');
  if (!(Number.isInteger(baudRate) && baudRate > 0))
    throw new TransportError(
      'ADDRESS_INVALID',
      `a baud rate is a number such as 115200, not ${baudRate}`,
    );
  const parts = {
    backOff: DEFAULT_BACK_OFF,
    random: Math.random,
    timers: systemTimers,
    watchPlug: (plugged: () => void) => watchForPort(path, plugged),
    childUrl: new URL('./serial-child.ts', import.meta.url),
    watchMs: WATCH_MS,
    writeTimeoutMs: options.writeTimeoutMs ?? WRITE_TIMEOUT_MS,
    ...options.parts,
  };
  const settings: SerialSettings = { path, baudRate, dataBits, parity, stopBits };
  return createReconnectingTransport(
    (listener) => openSerialLink(settings, listener, parts),
    parts,
  );
}
