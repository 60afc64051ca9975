/**
 * Devices behind somebody else's MQTT broker.
 *
 * A message of QoS 1 is acknowledged when the listener says that it is safe here; where it says no, the connection is
 * dropped without acknowledgement. Only a broker that keeps a session for us sends it again: give a client id for that.
 * What the broker kept as "last known" (retained) is of unknown age, and is not taken.
 * Spec: MQTT 3.1.1.
 * @module
 */
import type { MqttClient } from 'mqtt';
import { TransportError } from '../errors.ts';
import {
  brokerLost,
  explainBrokerError,
  messageNotTaken,
  noCommandTopic,
  subscriptionRefused,
  writeFailed,
} from './mqtt-errors.ts';
import { createReceiving } from './mqtt-receiving.ts';
import { createSenderMemory } from './mqtt-repeats.ts';
import { type BrokerAddress, connectBroker, parseBrokerUrl, parsePin } from './mqtt-socket.ts';
import {
  type Connect,
  createReconnectingTransport,
  DEFAULT_BACK_OFF,
  type LinkListener,
  type ReconnectParts,
  systemTimers,
} from './reconnecting.ts';
import type { Transport } from './transport.ts';
import { withTimeout } from './with-timeout.ts';

export interface MqttOptions {
  /** mqtt://host:1883 or mqtts://host:8883 */
  readonly url: string;
  /** Topic filters; subscribed with QoS 1. */
  readonly topics: readonly string[];
  readonly username?: string | null;
  readonly password?: string | null;
  /** `sha256/` and base64 of the SHA-256 of the broker's certificate; without it a public authority must vouch. */
  readonly certificate?: string | null;
  /** With it the broker keeps what comes while this machine is away; without it a session ends with its connection. */
  readonly clientId?: string | null;
  /** Where bytes written to the device are published. */
  readonly commandTopic?: string | null;
  readonly connectTimeoutMs?: number;
  readonly writeTimeoutMs?: number;
  /** After so long without a word the broker is asked; unanswered, the connection is begun anew. */
  readonly keepaliveSeconds?: number;
  readonly parts?: Partial<ReconnectParts>;
}

const CONNECT_TIMEOUT_MS = 15_000;
const WRITE_TIMEOUT_MS = 10_000;
const KEEPALIVE_SECONDS = 20;

export function createMqttTransport(options: MqttOptions): Transport {
  const broker = parseBrokerUrl(options.url, parsePin(options.certificate ?? null));
  if (options.topics.length === 0)
    throw new TransportError('ADDRESS_INVALID', 'a topic to subscribe to is needed');
  return createReconnectingTransport(brokerConnect(options, broker), {
    backOff: DEFAULT_BACK_OFF,
    random: Math.random,
    timers: systemTimers,
    ...options.parts,
  });
}

function brokerConnect(options: MqttOptions, broker: BrokerAddress): Connect {
  const { topics, commandTopic, parts } = options;
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, writeTimeoutMs = WRITE_TIMEOUT_MS } = options;
  const timers = parts?.timers ?? systemTimers;
  const { address } = broker;
  const memory = createSenderMemory<boolean>();
  return (listener) => {
    const socket = connectBroker(broker);
    let client: MqttClient | null = null;
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
      socket.closed(() => {
        cancelTimeout();
        client?.end(true);
        resolve();
        listener.lost(
          cause ?? new TransportError('CONNECTION_LOST', `${address} closed the connection`),
        );
      });
    });
    const talk = async () => {
      await socket.ready;
      const { MqttClient } = await import('mqtt');
      if (socket.isClosed()) return;
      client = new MqttClient(() => socket.stream, toClientOptions(options));
      client.on('error', (error) => fail(explainBrokerError(address, error)));
      client.handleMessage = createReceiving({
        ...{ memory, send: socket.send },
        take: (topic, bytes) => take(listener, topic, bytes),
        notTaken: () => fail(messageNotTaken(address)),
      });
      const connected = once(client, 'connect');
      // A broker that has begun a new session says nothing again.
      client.once('connect', ({ sessionPresent }) => sessionPresent || memory.clear());
      await connected;
      await Promise.all(topics.map((topic) => subscribe(client as MqttClient, address, topic)));
      cancelTimeout();
      listener.open();
    };
    talk().catch((error) =>
      fail(error instanceof TransportError ? error : brokerLost(address, error)),
    );
    return {
      write: (bytes) => {
        if (!commandTopic) return Promise.reject(noCommandTopic(address));
        const sent = new Promise<void>((resolve, reject) =>
          client?.publish(commandTopic, Buffer.from(bytes), { qos: 1 }, (error) =>
            error ? reject(writeFailed(address, error)) : resolve(),
          ),
        );
        return withTimeout(sent, writeTimeoutMs, timers, () => {
          const error = new TransportError(
            'WRITE_TIMEOUT',
            `${address} acknowledged nothing for ${writeTimeoutMs} ms`,
          );
          fail(error);
          return error;
        });
      },
      close: () => {
        socket.destroy();
        return closed;
      },
    };
  };
}

function toClientOptions(options: MqttOptions) {
  const { username, password, clientId, keepaliveSeconds = KEEPALIVE_SECONDS } = options;
  return {
    protocolVersion: 4 as const,
    clientId: clientId ?? `sigill-${crypto.randomUUID().slice(0, 13)}`,
    clean: !clientId,
    keepalive: keepaliveSeconds,
    // Trying again, with its back-off, is this side's business.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
  };
}

/** Whether a message is safe here; a listener that fails has not taken it. */
async function take(listener: LinkListener, topic: string, bytes: Uint8Array): Promise<boolean> {
  try {
    return await listener.message(bytes, topic);
  } catch {
    return false;
  }
}

function once(client: MqttClient, event: 'connect'): Promise<void> {
  return new Promise((resolve) => client.once(event, () => resolve()));
}

function subscribe(client: MqttClient, address: string, topic: string): Promise<void> {
  return new Promise((resolve, reject) =>
    client.subscribe(topic, { qos: 1 }, (error) => {
      if (!error) resolve();
      else reject(subscriptionRefused(address, topic, error));
    }),
  );
}
