/**
 * The way to a device, as the configuration file has it.
 * @module
 */
import { dirname, resolve } from 'node:path';
import type { Driver, Manifest, TransportName } from '@sigill/firmware-bridge';
import type { ConfigSection } from './config-section.ts';
import { isTopicFilter } from './topic-filter.ts';

export interface SerialTransportConfig {
  readonly kind: 'serial';
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

export interface TcpTransportConfig {
  readonly kind: 'tcp';
  /** A name or an address; that of IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** A broker elsewhere, of which this is a client. */
export interface MqttTransportConfig {
  readonly kind: 'mqtt';
  /** mqtt: or mqtts: */
  readonly url: string;
  readonly topics: readonly string[];
  /** With it, different for each client, that broker keeps what comes while this one is away. */
  readonly clientId: string | null;
  readonly username: string | null;
  readonly passwordFile: string | null;
  /** `sha256/` and base64 of the SHA-256 of the broker's certificate; null: a public authority vouches for it. */
  readonly certificate: string | null;
}

/** The gateway's own broker: devices publish to it. */
export interface BrokerTransportConfig {
  readonly kind: 'broker';
  readonly topics: readonly string[];
}

export type TransportConfig =
  | SerialTransportConfig
  | TcpTransportConfig
  | MqttTransportConfig
  | BrokerTransportConfig;

type Kind = TransportConfig['kind'];

const KEYS: Readonly<Record<Kind, readonly string[]>> = {
  serial: ['serial', 'baudRate', 'dataBits', 'parity', 'stopBits'],
  tcp: ['tcp'],
  mqtt: ['mqtt', 'topics', 'clientId', 'username', 'passwordFile', 'certificate'],
  broker: ['broker'],
};
const KINDS = Object.keys(KEYS) as Kind[];
const WRITE: Readonly<Record<Kind, string>> = {
  serial: '{ serial: /dev/serial/by-id/…, baudRate: 115200 }',
  tcp: '{ tcp: host:port }',
  mqtt: '{ mqtt: mqtts://host:8883, topics: [a/b] }',
  broker: '{ broker: a/+/b }',
};
const ANY = `one of ${KINDS.map((kind) => WRITE[kind]).join(', ')}`;
const TOPIC = 'an MQTT topic filter, such as meters/+/up, or a list of them';
const DEFAULT_BAUD_RATE = 115_200;
// The fastest a common adapter takes (FT232H).
const MOST_BAUD_RATE = 12_000_000;

/**
 * What `transport` says. What a driver knows of its device's port is the default for it.
 * @throws EdgeError CONFIG_INVALID
 */
export function readTransport(source: ConfigSection, driver: Driver): TransportConfig {
  const { manifest } = driver;
  const any = source.section(
    'transport',
    KINDS.flatMap((kind) => KEYS[kind]),
    ANY,
  );
  const found = KINDS.filter((kind) => !any.isAbsent(kind));
  const [kind] = found;
  if (kind === undefined) throw source.invalid('transport', 'no way to a device', ANY);
  if (found.length > 1) throw source.invalid('transport', `${found.join(' and ')} together`, ANY);
  assertReads(source, manifest, kind);
  const section = source.section('transport', KEYS[kind], WRITE[kind]);
  switch (kind) {
    case 'serial':
      return readSerial(section, manifest);
    case 'tcp':
      return readTcp(section);
    case 'mqtt':
      return readMqtt(section);
    case 'broker':
      return { kind: 'broker', topics: readTopics(section, 'broker') };
  }
}

function assertReads(source: ConfigSection, { id, transports }: Manifest, kind: Kind): void {
  const name: TransportName = kind === 'broker' ? 'mqtt' : kind;
  if (transports.includes(name)) return;
  const possible = KINDS.filter((k) => transports.includes(k === 'broker' ? 'mqtt' : k));
  const ways = possible.map((way) => WRITE[way]).join(' or ');
  throw source.invalid('transport', kind, `what the driver ${id} reads: ${ways}`);
}

function readSerial(section: ConfigSection, { serial }: Manifest): SerialTransportConfig {
  const baudRate = section.count('baudRate', 50, serial?.baudRate ?? DEFAULT_BAUD_RATE);
  if (baudRate > MOST_BAUD_RATE)
    throw section.invalid('baudRate', baudRate, `at most ${MOST_BAUD_RATE}, such as 115200`);
  return {
    kind: 'serial',
    path: section.text('serial', /^\/./, 'a device file, such as /dev/serial/by-id/…'),
    baudRate,
    dataBits: section.choice('dataBits', [5, 6, 7, 8], serial?.dataBits ?? 8),
    parity: section.choice('parity', ['none', 'even', 'odd'], serial?.parity ?? 'none'),
    stopBits: section.choice('stopBits', [1, 2], serial?.stopBits ?? 1),
  };
}

function readTcp(section: ConfigSection): TcpTransportConfig {
  const address = section.text('tcp', /^.+:\d{1,5}$/, 'host:port, such as 192.168.1.20:2001');
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (port < 1 || port > 65_535) throw section.invalid('tcp', address, 'a port from 1 to 65535');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { kind: 'tcp', host, port };
}

function readMqtt(section: ConfigSection): MqttTransportConfig {
  const expected = 'a broker, such as mqtts://broker.example:8883 or mqtt://127.0.0.1:1883';
  const url = section.text('mqtt', /^mqtts?:\/\/[^/\s]+\/?$/, expected);
  const parsed = URL.parse(url);
  if (!parsed) throw section.invalid('mqtt', url, expected);
  if (parsed.username !== '' || parsed.password !== '') {
    const bare = `${parsed.protocol}//${parsed.host}`;
    throw section.invalid(
      'mqtt',
      'a name or password in it',
      `${bare}, username: and passwordFile:`,
    );
  }
  const optional = (key: string, pattern: RegExp, expected: string) =>
    section.isAbsent(key) ? null : section.text(key, pattern, expected);
  const username = optional('username', /./, 'the name this gateway has at that broker');
  const passwordFile = optional('passwordFile', /./, 'a file with the password and nothing else');
  if (passwordFile !== null && username === null)
    throw section.invalid('username', 'nothing', 'the name that belongs to the password');
  return {
    kind: 'mqtt',
    url,
    topics: readTopics(section, 'topics'),
    // [MQTT-3.1.3-5] what every broker allows, and a little more than its 23 characters
    clientId: optional('clientId', /^[0-9A-Za-z_-]{1,64}$/, '1 to 64 letters, digits, - and _'),
    username,
    passwordFile: passwordFile && resolve(dirname(section.file), passwordFile),
    certificate: optional(
      'certificate',
      /^sha256\/[A-Za-z0-9+/]{43}=$/,
      'sha256/ and the 44 base64 characters of the SHA-256 of the certificate',
    ),
  };
}

function readTopics(section: ConfigSection, key: string): string[] {
  const found = section.value(key);
  const topics = Array.isArray(found) ? found : [found];
  const wrong = topics.find((topic) => typeof topic !== 'string' || !isTopicFilter(topic));
  if (topics.length === 0 || wrong !== undefined || found === undefined)
    throw section.invalid(key, wrong ?? found ?? 'nothing', TOPIC);
  return topics;
}
