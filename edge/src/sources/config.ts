/**
 * The sources that a configuration file names.
 * @module
 */
import type { ConfigSection } from './config-section.ts';
import type { SourcePlan } from './source-plan.ts';

export type TransportConfig =
  | { readonly kind: 'serial'; readonly path: string; readonly baudRate: number }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** One source as the configuration file has it. */
export interface SourceConfig extends SourcePlan {
  readonly transport: TransportConfig;
  readonly options: Readonly<Record<string, string>>;
}

const KEYS = [
  ...['name', 'driver', 'transport', 'options'],
  ...['cadenceMs', 'heartbeatMs', 'heartbeats', 'frames'],
];
const NAME = /^[a-z0-9._-]{1,59}$/;
const TRANSPORT = '{ serial: /dev/serial/by-id/…, baudRate: 115200 } or { tcp: host:port }';
const DEFAULT_HEARTBEAT_MS = 300_000;
const DEFAULT_BAUD_RATE = 115_200;

/**
 * The list under `sources`, in which no name stands twice.
 * @throws EdgeError CONFIG_INVALID: which key, what stands there, what to write
 */
export function readSources(root: ConfigSection): SourceConfig[] {
  const seen = new Set<string>();
  return root.sections('sources', KEYS).map((section) => {
    const source = readSource(section);
    if (seen.has(source.name)) {
      throw section.invalid('name', source.name, 'a name no other source has');
    }
    seen.add(source.name);
    return source;
  });
}

function readSource(section: ConfigSection): SourceConfig {
  return {
    name: section.text('name', NAME, '1 to 59 of a-z 0-9 . _ -, such as house-17'),
    driver: section.text('driver', /^[a-z0-9-]+$/, 'a driver; sigill drivers lists them'),
    transport: readTransport(section),
    cadenceMs: section.isAbsent('cadenceMs') ? null : section.count('cadenceMs', 1, 1000),
    heartbeatMs: section.count('heartbeatMs', 1000, DEFAULT_HEARTBEAT_MS),
    heartbeats: section.choice('heartbeats', ['device', 'source'], 'device'),
    frames: section.choice('frames', ['keep', 'hash'], 'keep'),
    options: section.section('options', null).strings(),
  };
}

function readTransport(source: ConfigSection): TransportConfig {
  const section = source.section('transport', ['serial', 'baudRate', 'tcp'], TRANSPORT);
  if (section.isAbsent('serial') === section.isAbsent('tcp')) {
    const found = section.isAbsent('tcp') ? 'neither serial nor tcp' : 'both serial and tcp';
    throw source.invalid('transport', found, TRANSPORT);
  }
  if (!section.isAbsent('serial')) {
    return {
      kind: 'serial',
      path: section.text('serial', /^\//, 'a device file, such as /dev/serial/by-id/…'),
      baudRate: section.count('baudRate', 50, DEFAULT_BAUD_RATE),
    };
  }
  const address = section.text('tcp', /^.+:\d{1,5}$/, 'host:port');
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (port < 1 || port > 65_535) throw section.invalid('tcp', address, 'a port from 1 to 65535');
  return { kind: 'tcp', host: address.slice(0, colon), port };
}
