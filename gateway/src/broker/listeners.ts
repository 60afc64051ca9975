/**
 * Where the broker listens: plain on loopback, TLS elsewhere. Places are counted from the first packet of a connection
 * on, before a handshake costs anything.
 * @module
 */
import { createServer, type Server, type Socket } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { GatewayError } from '../errors.ts';
import type { BrokerLimits, ListenerConfig, ListenerTls } from './broker-config.ts';
import { networkOf } from './failed-logins.ts';
import { openServerCertificate, pinOf } from './server-certificate.ts';

export interface Arrival {
  readonly socket: Socket;
  readonly address: string;
  /** Of the certificate the client showed. */
  readonly pin: string | null;
  readonly needsPin: boolean;
}

export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  /** Of the certificate it shows; null: plain. */
  readonly pin: string | null;
}

export interface Listeners {
  readonly addresses: readonly ListeningAddress[];
  /** Connections there are, and those turned away. */
  counts(): ListenerCounts;
  /** Resolves when nobody new comes in; `cut` ends those that are there. */
  close(): Promise<void>;
}

export interface ListenerCounts {
  readonly connections: number;
  /** For want of places. */
  readonly turnedAway: number;
  readonly failedHandshakes: number;
}

export interface ListenersParts {
  readonly listen: readonly ListenerConfig[];
  readonly limits: BrokerLimits;
  readonly arrived: (arrival: Arrival) => void;
  /** @param count how often by now */
  readonly turnedAway: (address: string, reason: string, count: number) => void;
}

const HANDSHAKE_MS = 10_000;
// A peer that vanished without a word is noticed after about this and a few probes more.
const KEEP_ALIVE_MS = 60_000;

/** @throws GatewayError BROKER_LISTEN_FAILED, and what reading key and certificate throws */
export async function openListeners(parts: ListenersParts): Promise<Listeners> {
  const { limits } = parts;
  const perNetwork = new Map<string, number>();
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  let [turnedAway, failedHandshakes] = [0, 0];

  /** False: it was turned away. */
  function takePlace(socket: Socket): boolean {
    const address = socket.remoteAddress ?? '';
    const network = networkOf(address);
    const before = perNetwork.get(network) ?? 0;
    const isFull = sockets.size >= limits.connections;
    if (isFull || before >= limits.connectionsPerAddress) {
      turnedAway += 1;
      socket.destroy();
      const bound = isFull
        ? `${limits.connections} connections are open`
        : `${before} connections are open from that address`;
      parts.turnedAway(address, bound, turnedAway);
      return false;
    }
    sockets.add(socket);
    perNetwork.set(network, before + 1);
    socket.on('error', () => {});
    socket.once('close', () => {
      sockets.delete(socket);
      const left = perNetwork.get(network)! - 1;
      if (left === 0) perNetwork.delete(network);
      else perNetwork.set(network, left);
    });
    return true;
  }

  function openPlain(): Server {
    return createServer(socketOptions, (socket) => {
      if (!takePlace(socket)) return;
      parts.arrived({ socket, address: socket.remoteAddress ?? '', pin: null, needsPin: false });
    });
  }

  function openTls(tls: ListenerTls): { server: Server; pin: string } {
    const { key, certificate, pin } = openServerCertificate(tls, namesOfThisMachine());
    const server = createTlsServer({
      ...socketOptions,
      key,
      cert: certificate,
      minVersion: 'TLSv1.2',
      handshakeTimeout: HANDSHAKE_MS,
      // The handshake proves that the client holds the key; the clients file says which certificates count.
      requestCert: tls.clients !== 'none',
      rejectUnauthorized: false,
    });
    server.prependListener('connection', takePlace);
    server.on('tlsClientError', (_error, socket) => {
      failedHandshakes += 1;
      socket.destroy();
    });
    server.on('secureConnection', (socket: TLSSocket) => {
      const shown = socket.getPeerX509Certificate();
      parts.arrived({
        socket,
        address: socket.remoteAddress ?? '',
        pin: shown ? pinOf(shown.raw) : null,
        needsPin: tls.clients === 'required',
      });
    });
    return { server, pin };
  }

  const addresses: ListeningAddress[] = [];
  async function close(): Promise<void> {
    const closed = servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  }

  try {
    for (const { host, port, tls } of parts.listen) {
      const { server, pin } = tls === null ? { server: openPlain(), pin: null } : openTls(tls);
      await listen(server, host, port);
      servers.push(server);
      const bound = server.address();
      addresses.push({ host, port: bound && typeof bound === 'object' ? bound.port : port, pin });
    }
  } catch (error) {
    await close();
    throw error;
  }

  return {
    addresses,
    counts: () => ({ connections: sockets.size, turnedAway, failedHandshakes }),
    close,
  };
}

const socketOptions = {
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_MS,
  pauseOnConnect: false,
} as const;

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? 'another program listens there; stop it (often: systemctl stop mosquitto), or choose another port'
          : cause.code === 'EADDRNOTAVAIL'
            ? 'this machine has no such address; write one it has, or 0.0.0.0 for all'
            : cause.message;
      reject(
        new GatewayError(
          'BROKER_LISTEN_FAILED',
          `the broker cannot listen on ${host}:${port}: ${why}`,
          {
            cause,
          },
        ),
      );
    });
    server.listen({ host, port, backlog: 511 }, () => {
      server.removeAllListeners('error');
      // Accepting one connection failed, for want of descriptors mostly; the next may succeed.
      server.on('error', () => {});
      resolve();
    });
  });
}

function namesOfThisMachine(): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address);
  return [...new Set([hostname(), 'localhost', ...addresses])];
}
