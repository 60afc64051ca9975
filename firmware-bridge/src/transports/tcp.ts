/**
 * A device behind a TCP port, such as ser2net, a serial server or a P1-to-Wi-Fi dongle.
 * @module
 */
import { connect as connectSocket } from 'node:net';
import { TransportError, type TransportErrorCode } from '../errors.ts';
import {
  type Connect,
  createReconnectingTransport,
  DEFAULT_BACK_OFF,
  type ReconnectParts,
  systemTimers,
} from './reconnecting.ts';
import type { Transport } from './transport.ts';
import { withTimeout } from './with-timeout.ts';

export interface TcpOptions {
  readonly host: string;
  readonly port: number;
  readonly connectTimeoutMs?: number;
  readonly writeTimeoutMs?: number;
  readonly parts?: Partial<ReconnectParts>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const WRITE_TIMEOUT_MS = 5000;
// A peer that lost its power says nothing. After this silence the kernel asks, and gives up after ten unanswered seconds.
const KEEPALIVE_AFTER_MS = 15_000;

export function createTcpTransport(options: TcpOptions): Transport {
  const { host, port, parts } = options;
  if (!(Number.isInteger(port) && port > 0 && port < 65_536))
    throw new TransportError('ADDRESS_INVALID', `a port is a number from 1 to 65535, not ${port}`);
  if (host === '') throw new TransportError('ADDRESS_INVALID', 'a host is needed');
  return createReconnectingTransport(socketConnect(options), {
    backOff: DEFAULT_BACK_OFF,
    random: Math.random,
    timers: systemTimers,
    ...parts,
  });
}

function socketConnect(options: TcpOptions): Connect {
  const { host, port, parts } = options;
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, writeTimeoutMs = WRITE_TIMEOUT_MS } = options;
  const timers = parts?.timers ?? systemTimers;
  const address = `${host}:${port}`;
  return (listener) => {
    const socket = connectSocket({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEPALIVE_AFTER_MS,
    });
    let cause: TransportError | null = null;
    const fail = (error: TransportError) => {
      cause ??= error;
      socket.destroy();
    };
    const cancelTimeout = timers.after(connectTimeoutMs, () =>
      fail(
        new TransportError('CONNECT_TIMEOUT', `${address}: no answer in ${connectTimeoutMs} ms`),
      ),
    );
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        cancelTimeout();
        resolve();
        listener.lost(
          cause ?? new TransportError('CONNECTION_LOST', `${address} closed the connection`),
        );
      });
    });
    socket.once('connect', () => {
      cancelTimeout();
      listener.open();
    });
    socket.on('data', (bytes) => listener.chunk(bytes));
    socket.on('error', (error: NodeJS.ErrnoException) => fail(explain(error, address)));
    return {
      write: (bytes) => {
        const sent = new Promise<void>((resolve, reject) =>
          socket.write(bytes, (error) => (error ? reject(writeFailed(address, error)) : resolve())),
        );
        return withTimeout(sent, writeTimeoutMs, timers, () => {
          const error = new TransportError(
            'WRITE_TIMEOUT',
            `${address} took no bytes for ${writeTimeoutMs} ms`,
          );
          fail(error);
          return error;
        });
      },
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
      close: () => {
        socket.destroy();
        return closed;
      },
    };
  };
}

const CODES: Readonly<Record<string, TransportErrorCode>> = {
  ECONNREFUSED: 'CONNECTION_REFUSED',
  ENOTFOUND: 'ADDRESS_INVALID',
  EAI_AGAIN: 'ADDRESS_INVALID',
  ETIMEDOUT: 'CONNECT_TIMEOUT',
  EHOSTUNREACH: 'CONNECT_TIMEOUT',
  ENETUNREACH: 'CONNECT_TIMEOUT',
};

const SENTENCES: Partial<Record<TransportErrorCode, string>> = {
  CONNECTION_REFUSED: 'nobody listens there; is the device on, and the port right?',
  ADDRESS_INVALID: 'no machine has that name; is it spelt right, and the network up?',
  CONNECT_TIMEOUT: 'no answer; is the device on, and the network up?',
};

function explain(cause: NodeJS.ErrnoException, address: string): TransportError {
  const code = CODES[cause.code ?? ''] ?? 'CONNECTION_LOST';
  return new TransportError(code, `${address}: ${SENTENCES[code] ?? cause.message}`, { cause });
}

function writeFailed(address: string, cause: Error): TransportError {
  return new TransportError('WRITE_FAILED', `${address}: ${cause.message}`, { cause });
}
