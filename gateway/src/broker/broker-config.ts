/**
 * The `broker:` section of gateway.yaml.
 * @module
 */
import { isIP } from 'node:net';
import type { ConfigSection } from '@sigill/edge';

export interface BrokerConfig {
  readonly listen: readonly ListenerConfig[];
  /** The file of the clients, mode 0600. */
  readonly clients: string;
  readonly limits: BrokerLimits;
}

export interface ListenerConfig {
  readonly host: string;
  readonly port: number;
  /** Null: plain, on a loopback address alone. */
  readonly tls: ListenerTls | null;
}

export interface ListenerTls {
  /** PKCS8 PEM, mode 0600; made with its certificate when neither is there. */
  readonly key: string;
  readonly certificate: string;
  /** Whether clients may or must show a certificate that the clients file pins. */
  readonly clients: 'none' | 'optional' | 'required';
}

export interface BrokerLimits {
  readonly packetBytes: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Of one client: beyond it, the broker reads more slowly. */
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  /** Kept for one client that is away. */
  readonly queuedMessages: number;
  readonly queuedBytes: number;
}

export const DEFAULT_BROKER_LIMITS: BrokerLimits = {
  // Telegrams and gateway reports are below 64 KiB; a quarter of a mebibyte leaves room for a batch of a remote agent.
  packetBytes: 262_144,
  // aedes takes 25 kB for an idle connection: 25 MB in all.
  connections: 1_000,
  // One address may be a whole site behind a router, and still half of the places are left for others.
  connectionsPerAddress: 500,
  messagesPerSecond: 2_000,
  bytesPerSecond: 4 * 1_048_576,
  queuedMessages: 1_000,
  queuedBytes: 1_048_576,
};

const PLAIN_PORT = 1883;
const TLS_PORT = 8883;
const HOST = /^[A-Za-z0-9.:_-]{1,253}$/;

/**
 * Null where there is no such section.
 * @param at makes a path of the file absolute
 * @throws EdgeError CONFIG_INVALID
 */
export function readBroker(root: ConfigSection, at: (file: string) => string): BrokerConfig | null {
  if (root.isAbsent('broker')) return null;
  const section = root.section('broker', ['listen', 'clients', 'limits']);
  const listeners = section.sections('listen', ['host', 'port', 'tls']);
  if (listeners.length === 0) {
    throw section.invalid(
      'listen',
      'nothing',
      'where to listen, such as [{ host: 127.0.0.1, port: 1883 }]',
    );
  }
  return {
    listen: listeners.map((listener) => readListener(listener, at)),
    clients: at(
      section.text(
        'clients',
        /./,
        'the file that sigill gateway client add writes',
        'keys/broker-clients.json',
      ),
    ),
    limits: readLimits(section.section('limits', Object.keys(DEFAULT_BROKER_LIMITS))),
  };
}

function readListener(section: ConfigSection, at: (file: string) => string): ListenerConfig {
  const host = section.text('host', HOST, 'an address of this machine, such as 127.0.0.1');
  const tls = section.isAbsent('tls') ? null : readTls(section, at);
  const port = section.count('port', 0, tls === null ? PLAIN_PORT : TLS_PORT);
  if (port > 65_535) throw section.invalid('port', port, 'a port up to 65535');
  if (tls === null && !isLoopback(host)) {
    throw section.invalid(
      'host',
      host,
      '127.0.0.1, or add tls: others on the network would read passwords and readings',
    );
  }
  return { host, port, tls };
}

function readTls(listener: ConfigSection, at: (file: string) => string): ListenerTls {
  const section = listener.section('tls', ['key', 'certificate', 'clients']);
  return {
    key: at(section.text('key', /./, 'a file, such as keys/broker-tls.pem', 'keys/broker-tls.pem')),
    certificate: at(
      section.text('certificate', /./, 'a file, such as broker-tls.crt', 'broker-tls.crt'),
    ),
    clients: section.choice('clients', ['none', 'optional', 'required'], 'none'),
  };
}

function readLimits(section: ConfigSection): BrokerLimits {
  const limit = (key: keyof BrokerLimits, least: number) =>
    section.count(key, least, DEFAULT_BROKER_LIMITS[key]);
  return {
    packetBytes: limit('packetBytes', 1_024),
    connections: limit('connections', 1),
    connectionsPerAddress: limit('connectionsPerAddress', 1),
    messagesPerSecond: limit('messagesPerSecond', 1),
    bytesPerSecond: limit('bytesPerSecond', 1_024),
    queuedMessages: limit('queuedMessages', 0),
    queuedBytes: limit('queuedBytes', 0),
  };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
