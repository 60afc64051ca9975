/**
 * The connection to a broker, checked before a password goes over it.
 * @module
 */
import { createHash } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { TransportError, type TransportErrorCode } from '../errors.ts';

export interface BrokerAddress {
  /** host:port, for people. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** SHA-256 of the certificate that must be shown; null: a public authority vouches for it. */
  readonly pin: Uint8Array | null;
}

export interface BrokerSocket {
  readonly stream: Socket;
  /** Resolves when bytes may be written. @throws TransportError */
  readonly ready: Promise<void>;
  /** Between two packets of whoever else writes. False: it is closed, and nothing was sent. */
  send(bytes: Uint8Array): boolean;
  isClosed(): boolean;
  closed(call: () => void): void;
  destroy(): void;
}

const PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883 };
// A peer that lost its power says nothing. After this silence the kernel asks.
const KEEPALIVE_AFTER_MS = 15_000;

/** @throws TransportError ADDRESS_INVALID */
export function parseBrokerUrl(url: string, pin: Uint8Array | null): BrokerAddress {
  const parsed = URL.parse(url);
  const standard = parsed && PORTS[parsed.protocol];
  if (!parsed || standard === undefined || standard === null || parsed.hostname === '')
    throw new TransportError(
      'ADDRESS_INVALID',
      `a broker is mqtt://host:1883 or mqtts://host:8883, not ${url}`,
    );
  const isTls = parsed.protocol === 'mqtts:';
  if (pin !== null && !isTls)
    throw new TransportError(
      'ADDRESS_INVALID',
      `a certificate is pinned: write mqtts:, not ${url}`,
    );
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = parsed.port === '' ? standard : Number(parsed.port);
  return { address: `${parsed.hostname}:${port}`, host, port, isTls, pin };
}

/** @throws TransportError ADDRESS_INVALID */
export function parsePin(certificate: string | null): Uint8Array | null {
  if (certificate === null) return null;
  if (!/^sha256\/[A-Za-z0-9+/]{43}=$/.test(certificate))
    throw new TransportError(
      'ADDRESS_INVALID',
      `a certificate is sha256/ and 44 base64 characters, not ${certificate}`,
    );
  return Uint8Array.from(Buffer.from(certificate.slice('sha256/'.length), 'base64'));
}

export function connectBroker(broker: BrokerAddress): BrokerSocket {
  const { host, port, isTls, address } = broker;
  const stream = isTls ? connectSecurely(broker) : connectTcp({ host, port });
  stream.setNoDelay(true);
  stream.setKeepAlive(true, KEEPALIVE_AFTER_MS);
  let isClosed = false;
  stream.once('close', () => {
    isClosed = true;
  });
  const ready = new Promise<void>((resolve, reject) => {
    stream.once(isTls ? 'secureConnect' : 'connect', () => {
      const mismatch = isTls ? pinMismatch(stream as TLSSocket, broker) : null;
      if (mismatch === null) resolve();
      else {
        reject(mismatch);
        stream.destroy();
      }
    });
    // Later ones are heard as the connection's end.
    stream.on('error', (error: NodeJS.ErrnoException) => reject(explain(error, address)));
    stream.once('close', () => reject(explain(new Error('it closed the connection'), address)));
  });
  return {
    stream,
    ready,
    send(bytes) {
      if (!stream.writable) return false;
      // What is sent in one turn goes in one write.
      stream.cork();
      stream.write(bytes);
      process.nextTick(() => stream.uncork());
      return true;
    },
    isClosed: () => isClosed,
    closed: (call) => stream.once('close', () => setImmediate(call)),
    destroy: () => stream.destroy(),
  };
}

function connectSecurely({ host, port, pin }: BrokerAddress): TLSSocket {
  return connectTls({
    host,
    port,
    minVersion: 'TLSv1.2',
    // A pinned certificate vouches for itself: nobody's signature, name or date is asked.
    rejectUnauthorized: pin === null,
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
}

function pinMismatch(socket: TLSSocket, { pin, address }: BrokerAddress): TransportError | null {
  if (pin === null) return null;
  const raw = socket.getPeerX509Certificate()?.raw ?? Buffer.alloc(0);
  const shown = createHash('sha256').update(raw).digest();
  if (shown.equals(pin)) return null;
  return new TransportError(
    'BROKER_CERTIFICATE_MISMATCH',
    `${address} shows the certificate sha256/${shown.toString('base64')}, which is not the one set: if whoever runs the broker says that it is theirs, write it as certificate; if not, someone stands between`,
  );
}

const CODES: Readonly<Record<string, TransportErrorCode>> = {
  ECONNREFUSED: 'CONNECTION_REFUSED',
  ENOTFOUND: 'ADDRESS_INVALID',
  EAI_AGAIN: 'ADDRESS_INVALID',
  ETIMEDOUT: 'CONNECT_TIMEOUT',
  CERT_HAS_EXPIRED: 'BROKER_CERTIFICATE_UNTRUSTED',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'BROKER_CERTIFICATE_UNTRUSTED',
  SELF_SIGNED_CERT_IN_CHAIN: 'BROKER_CERTIFICATE_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT: 'BROKER_CERTIFICATE_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'BROKER_CERTIFICATE_UNTRUSTED',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'BROKER_CERTIFICATE_UNTRUSTED',
  ERR_TLS_CERT_ALTNAME_INVALID: 'BROKER_CERTIFICATE_UNTRUSTED',
};

const SENTENCES: Partial<Record<TransportErrorCode, string>> = {
  CONNECTION_REFUSED: 'nobody listens there; is the broker on, and the port right?',
  ADDRESS_INVALID: 'no machine has that name; is it spelt right, and the network up?',
  CONNECT_TIMEOUT: 'no answer; is the broker on, and the network up?',
};

function explain(cause: NodeJS.ErrnoException, address: string): TransportError {
  const code = CODES[cause.code ?? ''] ?? 'CONNECTION_LOST';
  if (code === 'BROKER_CERTIFICATE_UNTRUSTED')
    return new TransportError(
      code,
      `${address}: no authority known here vouches for its certificate (${cause.message}); set the certificate itself: sha256/…, as whoever runs the broker tells it`,
      { cause },
    );
  return new TransportError(code, `${address}: ${SENTENCES[code] ?? cause.message}`, { cause });
}
