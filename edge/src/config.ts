import { EdgeError } from './errors.ts';
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
 * @param place where it stands, for messages, such as `gateway.yaml: sources[0]`
 * @throws EdgeError CONFIGURATION: which key, what stands there, what to write
 */
export function parseSourceConfig(written: unknown, place: string): SourceConfig {
  const source = readMapping(written, place, KEYS);
  return {
    name: source.text('name', NAME, '1 to 59 of a-z 0-9 . _ -, such as house-17'),
    driver: source.text('driver', /^[a-z0-9-]+$/, 'a driver; sigill drivers lists them'),
    cadenceMs: source.get('cadenceMs') === undefined ? null : source.count('cadenceMs', 1, 1000),
    heartbeatMs: source.count('heartbeatMs', 1000, DEFAULT_HEARTBEAT_MS),
    heartbeats: source.choice('heartbeats', ['device', 'source']),
    frames: source.choice('frames', ['keep', 'hash']),
    transport: readTransport(source.get('transport'), `${place}.transport`),
    options: readOptions(source.get('options') ?? {}, `${place}.options`),
  };
}

function readTransport(written: unknown, place: string): TransportConfig {
  const transport = readMapping(written, place, ['serial', 'baudRate', 'tcp'], TRANSPORT);
  if ((transport.get('serial') === undefined) === (transport.get('tcp') === undefined)) {
    throw invalid(place, written, TRANSPORT);
  }
  if (transport.get('serial') !== undefined) {
    return {
      kind: 'serial',
      path: transport.text('serial', /^\//, 'a device file, such as /dev/serial/by-id/…'),
      baudRate: transport.count('baudRate', 50, DEFAULT_BAUD_RATE),
    };
  }
  const address = transport.text('tcp', /^.+:\d{1,5}$/, 'host:port');
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (port < 1 || port > 65_535) throw invalid(`${place}.tcp`, address, 'a port from 1 to 65535');
  return { kind: 'tcp', host: address.slice(0, colon), port };
}

function readOptions(written: unknown, place: string): Record<string, string> {
  const options = readMapping(written, place, null);
  return Object.fromEntries(
    options.keys.map((key) => {
      const value = options.get(key);
      if (!['string', 'number', 'boolean'].includes(typeof value)) {
        throw invalid(`${place}.${key}`, value, 'a text, a number, true or false');
      }
      return [key, String(value)];
    }),
  );
}

interface Mapping {
  readonly keys: readonly string[];
  get(key: string): unknown;
  text(key: string, pattern: RegExp, expected: string): string;
  count(key: string, least: number, absent: number): number;
  /** The first choice stands where nothing is written. */
  choice<T extends string>(key: string, choices: readonly [T, ...T[]]): T;
}

function readMapping(
  written: unknown,
  place: string,
  keys: readonly string[] | null,
  expected = keys === null ? 'keys with values' : `keys out of ${keys.join(', ')}`,
): Mapping {
  if (written === null || typeof written !== 'object' || Array.isArray(written)) {
    throw invalid(place, written, expected);
  }
  const values = new Map<string, unknown>(Object.entries(written));
  const unknownKey = [...values.keys()].find((key) => keys !== null && !keys.includes(key));
  if (unknownKey !== undefined) {
    throw new EdgeError(
      'CONFIGURATION',
      `${place}.${unknownKey}: no such key; write one of ${keys!.join(', ')}`,
    );
  }
  return {
    keys: [...values.keys()],
    get: (key) => values.get(key) ?? undefined,
    text(key, pattern, expected) {
      const found = values.get(key);
      if (typeof found === 'string' && pattern.test(found)) return found;
      throw invalid(`${place}.${key}`, found, expected);
    },
    count(key, least, absent) {
      const found = values.get(key) ?? absent;
      if (Number.isSafeInteger(found) && Number(found) >= least) return Number(found);
      throw invalid(`${place}.${key}`, found, `a whole number from ${least}, such as ${absent}`);
    },
    choice(key, choices) {
      const found = values.get(key) ?? choices[0];
      const chosen = choices.find((choice) => choice === found);
      if (chosen === undefined) throw invalid(`${place}.${key}`, found, choices.join(' or '));
      return chosen;
    },
  };
}

function invalid(place: string, found: unknown, expected: string): EdgeError {
  const shown = found === undefined ? 'nothing' : JSON.stringify(found);
  return new EdgeError('CONFIGURATION', `${place}: found ${shown}; write ${expected}`);
}
