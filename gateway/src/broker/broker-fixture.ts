/**
 * A broker for tests: on 127.0.0.1 with ports of the kernel's choice, its files in a folder that goes with it.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemDisk } from '@sigill/edge';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { GatewayEvent } from '../events.ts';
import { systemTimers, type Timers } from '../timers.ts';
import { type Broker, type BrokerParts, startBroker } from './broker.ts';
import { type BrokerLimits, DEFAULT_BROKER_LIMITS, type ListenerConfig } from './broker-config.ts';
import { type ClientDirectory, watchClients } from './client-directory.ts';
import { type BrokerClient, changeClientsFile } from './clients-file.ts';
import { hashPassword, type PasswordHash } from './passwords.ts';

export const PASSWORD = 'a-password';
const PLAIN: ListenerConfig = { host: '127.0.0.1', port: 0, tls: null };

export interface TestBrokerOptions {
  readonly clients?: readonly BrokerClient[];
  readonly limits?: Partial<BrokerLimits>;
  readonly listen?: (directory: string) => readonly ListenerConfig[];
  readonly agents?: BrokerParts['agents'];
  readonly ingest?: BrokerParts['ingest'];
  readonly timers?: Timers;
  readonly random?: BrokerParts['random'];
}

export interface TestBroker extends Broker {
  readonly directory: string;
  readonly clientsFile: string;
  readonly told: readonly GatewayEvent[];
  readonly taken: readonly { client: string; topic: string; payload: string }[];
  connect(username: string, options?: IClientOptions): Promise<MqttClient>;
  setClients(clients: readonly BrokerClient[]): void;
}

let hash: PasswordHash | null = null;

/** All with the same password, so that it is derived once. */
export async function testClient(
  name: string,
  publish: readonly string[] = ['#'],
  subscribe: readonly string[] = ['#'],
): Promise<BrokerClient> {
  hash ??= await hashPassword(PASSWORD, new Uint8Array(16));
  return { name, password: hash, certificate: null, publish, subscribe };
}

/** Whatever is open when `use` ends is closed. */
export async function withBroker(
  options: TestBrokerOptions,
  use: (broker: TestBroker) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'broker-'));
  const clientsFile = join(directory, 'clients.json');
  const told: GatewayEvent[] = [];
  const taken: { client: string; topic: string; payload: string }[] = [];
  const connected: MqttClient[] = [];
  const timers = options.timers ?? systemTimers;
  const tell = (event: GatewayEvent) => void told.push(event);
  const setClients = (clients: readonly BrokerClient[]) =>
    changeClientsFile(clientsFile, () => clients);
  setClients(options.clients ?? [await testClient('device')]);
  const clients: ClientDirectory = watchClients(clientsFile, timers, tell);
  const broker = await startBroker({
    config: {
      listen: options.listen?.(directory) ?? [PLAIN],
      clients: clientsFile,
      limits: { ...DEFAULT_BROKER_LIMITS, ...options.limits },
    },
    ...{ clients, timers, tell, disk: systemDisk, directory: join(directory, 'quarantine') },
    agents: options.agents ?? { find: () => null },
    random: options.random ?? ((length) => crypto.getRandomValues(new Uint8Array(length))),
    async ingest(client, topic, payload) {
      taken.push({ client, topic, payload: Buffer.from(payload).toString() });
      return options.ingest?.(client, topic, payload) ?? { taken: true, readings: 1, rejected: [] };
    },
  });
  try {
    await use({
      ...broker,
      ...{ directory, clientsFile, told, taken, setClients },
      async connect(username, own = {}) {
        const { port } = broker.addresses[0]!;
        const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
          ...{ username, password: PASSWORD, reconnectPeriod: 0, ...own },
        });
        connected.push(client.on('error', () => {}));
        return client;
      },
    });
  } finally {
    for (const client of connected) client.end(true);
    clients.close();
    await broker.close();
    rmSync(directory, { recursive: true });
  }
}

/** The next event of a client; what it hands over. */
export function nextOf(client: MqttClient, event: 'message' | 'close'): Promise<unknown[]> {
  return new Promise((resolve) => client.once(event, (...found: unknown[]) => resolve(found)));
}

export async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
