/**
 * An agent with four sources in a process of its own: node unplug-agent.ts DIRECTORY PLACE, the place
 * as JSON. It ends with its parent.
 * @module
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  type Agent,
  createAgent,
  createSourceSet,
  createSystemClock,
  openTransport,
  readBootId,
  type SourceAgent,
  type SourceConfig,
  systemDisk,
  systemTimers,
} from '@sigill/edge';
import {
  type ChainHead,
  checkBatch,
  createSigner,
  type Field,
  originHash,
  type Reading,
} from '@sigill/evidence';
import {
  type FromAgent,
  PLUGGED,
  type SourceReport,
  STEADY,
  TOPIC,
  type ToAgent,
  type UnplugPlace,
} from './unplug-messages.ts';

const ORIGIN = 'sigill.example/campaign/unplug';
const BATCH_AGE_MS = 500;
// Of the power in kW, by which the telegrams are numbered in watts.
const POWER = '1-0:1.7.0';

const [, , directory = '', placeText = ''] = process.argv;
const sources = sourcesOf(JSON.parse(placeText) as UnplugPlace);
const clock = createSystemClock();
const pkcs8 = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
const signer = createSigner(pkcs8);
const set = createSourceSet({ sources, openTransport, clock, timers: systemTimers });
const agent = await createAgent({
  ...{ directory, disk: systemDisk, timers: systemTimers, clock, signer, origin: ORIGIN },
  random: (length) => Uint8Array.from(randomBytes(length)),
  sources: set.plans,
  boot: readBootId(),
  software: 'campaign',
  configuration: new Uint8Array(32),
  batch: { ageMs: BATCH_AGE_MS },
});
set.start(telling(agent));
process.on('disconnect', () => process.exit(0));
process.on('message', answer);
tell({ type: 'ready' });

function tell(message: FromAgent): void {
  process.send?.(message);
}

async function answer(message: ToAgent): Promise<void> {
  switch (message.type) {
    case 'deliver': {
      const { readings } = await set.deliver(TOPIC, message.payload);
      tell({ type: 'delivered', id: message.id, readings });
      break;
    }
    case 'health': {
      const states = set.health().map(({ source, state }) => [source, state]);
      tell({ type: 'health', states: Object.fromEntries(states) });
      break;
    }
    case 'report':
      tell({ type: 'report', sources: await report() });
      break;
  }
}

/** The agent, telling what it is handed of the pulled source at once. */
function telling(inner: Agent): SourceAgent {
  return {
    ...inner,
    observe(source, observation, options) {
      const [value] = numbersOf(Object.values(observation.fields));
      if (source === PLUGGED && value !== undefined) tell({ type: 'heard', value });
      return inner.observe(source, observation, options);
    },
  };
}

async function report(): Promise<Record<string, SourceReport>> {
  const readings = await allReadings();
  return Object.fromEntries(
    [PLUGGED, ...STEADY].map((name) => {
      const own = readings.filter(({ source }) => source === name);
      return [name, reportOf(own)];
    }),
  );
}

function reportOf(readings: readonly Reading[]): SourceReport {
  const values = readings.flatMap(({ fields }) => numbersOf(fields));
  const seen = new Set(values);
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  return {
    readings: values.length,
    missing: highest - seen.size,
    twice: values.length - seen.size,
    gaps: readings.filter(({ kind }) => kind === 'gap').length,
  };
}

/** Every batch sealed so far, checked as a gateway checks it. */
async function allReadings(): Promise<Reading[]> {
  let head: ChainHead | null = null;
  const readings: Reading[] = [];
  for await (const { bytes } of agent.batches(0)) {
    const checked = checkBatch(bytes, signer.publicKey, [originHash(ORIGIN)], head);
    head = checked.head;
    for (const reading of checked.readings) if (reading !== null) readings.push(reading);
  }
  return readings;
}

function numbersOf(fields: readonly Pick<Field, 'code' | 'value'>[]): number[] {
  return fields.flatMap(({ code, value }) => {
    if (code !== POWER || typeof value !== 'object' || !('mantissa' in value)) return [];
    return [Math.round(Number(value.mantissa) * 10 ** (value.exponent + 3))];
  });
}

function sourcesOf({ plug, port, tcpPort }: UnplugPlace): SourceConfig[] {
  const line = { baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1 } as const;
  const transports: Record<string, SourceConfig['transport']> = {
    [PLUGGED]: { kind: 'serial', path: plug, ...line },
    port: { kind: 'serial', path: port, ...line },
    tcp: { kind: 'tcp', host: '127.0.0.1', port: tcpPort },
    broker: { kind: 'broker', topics: [TOPIC] },
  };
  return Object.entries(transports).map(([name, transport]) => ({
    ...{ name, driver: 'dsmr-p1', transport, options: {} },
    ...{ cadenceMs: 100, heartbeatMs: 300_000, heartbeats: 'device', frames: 'keep' },
    ...{ commitWindowMs: transport.kind === 'broker' ? 10 : 200, maxPerSecond: null },
  }));
}
