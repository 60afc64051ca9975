/**
 * The sources that a configuration file names.
 * @module
 */
import { type Driver, DriverError, drivers } from '@sigill/firmware-bridge';
import type { ConfigSection } from './config-section.ts';
import { readSensitivity } from './sensitivity.ts';
import type { SourcePlan } from './source-plan.ts';
import { readTransport, type TransportConfig } from './transport-config.ts';

/** One source as the configuration file has it. */
export interface SourceConfig extends SourcePlan {
  readonly transport: TransportConfig;
  readonly options: Readonly<Record<string, string>>;
  /** How long a reading may wait for others before all are made durable together. */
  readonly commitWindowMs: number;
  /** Readings beyond so many a second are dropped and told by a gap; null: what follows from the cadence. */
  readonly maxPerSecond: number | null;
}

const KEYS = [
  ...['name', 'driver', 'transport', 'options', 'commitWindowMs', 'maxPerSecond'],
  ...['cadenceMs', 'heartbeatMs', 'heartbeats', 'frames', 'sensitive'],
];
const NAME = /^[a-z0-9._-]{1,59}$/;
const DEFAULT_HEARTBEAT_MS = 300_000;
// A line's bytes come one way, so that waiting costs nothing; who publishes to the broker waits for its answer.
const DEFAULT_COMMIT_WINDOW_MS = { serial: 200, tcp: 200, mqtt: 10, broker: 10 };
// More than a power cut may take.
const MOST_COMMIT_WINDOW_MS = 10_000;

/**
 * The list under `sources`, in which no name and no port stands twice.
 * @throws EdgeError CONFIG_INVALID: which key, what stands there, what to write
 */
export function readSources(root: ConfigSection): SourceConfig[] {
  const names = new Set<string>();
  const ports = new Map<string, string>();
  return root.sections('sources', KEYS).map((section) => {
    const source = readSource(section);
    const { name, transport } = source;
    if (names.has(name)) throw section.invalid('name', name, 'a name no other source has');
    names.add(name);
    if (transport.kind === 'serial') {
      const other = ports.get(transport.path);
      const found = `the port of ${other}, ${transport.path}`;
      if (other !== undefined) throw section.invalid('transport.serial', found, 'another port');
      ports.set(transport.path, name);
    }
    return source;
  });
}

function readSource(section: ConfigSection): SourceConfig {
  const name = section.text('name', NAME, '1 to 59 of a-z 0-9 . _ -, such as house-17');
  const driver = readDriver(section);
  const transport = readTransport(section, driver);
  const commitWindowMs = section.count(
    'commitWindowMs',
    1,
    DEFAULT_COMMIT_WINDOW_MS[transport.kind],
  );
  if (commitWindowMs > MOST_COMMIT_WINDOW_MS) {
    const expected = `at most ${MOST_COMMIT_WINDOW_MS}: that much a power cut may take`;
    throw section.invalid('commitWindowMs', commitWindowMs, expected);
  }
  const sensitive = readSensitivity(section);
  return {
    name,
    driver: driver.manifest.id,
    transport,
    cadenceMs: section.isAbsent('cadenceMs') ? null : section.count('cadenceMs', 1, 1000),
    heartbeatMs: section.count('heartbeatMs', 1000, DEFAULT_HEARTBEAT_MS),
    heartbeats: section.choice('heartbeats', ['device', 'source'], 'device'),
    frames: section.choice('frames', ['keep', 'hash'], 'keep'),
    options: readOptions(section, driver),
    commitWindowMs,
    maxPerSecond: section.isAbsent('maxPerSecond') ? null : section.count('maxPerSecond', 1, 2000),
    ...(sensitive === null ? {} : { sensitive }),
  };
}

function readDriver(section: ConfigSection): Driver {
  const expected = `a driver, one of ${[...drivers.keys()].join(', ')}`;
  const id = section.text('driver', /./, expected);
  const driver = drivers.get(id);
  if (driver === undefined) throw section.invalid('driver', id, expected);
  return driver;
}

function readOptions(section: ConfigSection, driver: Driver): Readonly<Record<string, string>> {
  const options = section.section('options', null).strings();
  try {
    driver.createSession(options);
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    throw section.invalid('options', JSON.stringify(options), `options it takes: ${error.message}`);
  }
  return options;
}
