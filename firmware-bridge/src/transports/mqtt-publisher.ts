/**
 * Publishes to a broker as a device does: each message again and again until it is acknowledged, one after the other.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { type BackOffLimits, backOffMs } from '../back-off.ts';
import { TransportError } from '../errors.ts';
import { explainBrokerError } from './mqtt-errors.ts';
import { type BrokerSocket, connectBroker, parseBrokerUrl, parsePin } from './mqtt-socket.ts';

export interface PublisherOptions {
  /** mqtt:// or mqtts://, the user name in it if there is one. */
  readonly url: string;
  readonly password?: string | null;
  readonly certificate?: string | null;
  readonly clientId?: string;
  readonly ackTimeoutMs?: number;
  readonly backOff?: BackOffLimits;
  /** Told each time it has to begin anew. */
  readonly onTrouble?: (error: Error) => void;
}

export interface MqttPublisher {
  /** Resolves when the broker has acknowledged it, or when `signal` is aborted. */
  publish(topic: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const ACK_TIMEOUT_MS = 10_000;
const BACK_OFF: BackOffLimits = { firstMs: 250, maxMs: 15_000 };

interface Line {
  readonly socket: BrokerSocket;
  readonly client: MqttClient;
  /** Rejects when the connection ends. */
  readonly ended: Promise<never>;
}

/** @throws TransportError ADDRESS_INVALID */
export function createMqttPublisher(options: PublisherOptions): MqttPublisher {
  const broker = parseBrokerUrl(options.url, parsePin(options.certificate ?? null));
  const username = decodeURIComponent(new URL(options.url).username);
  const { ackTimeoutMs = ACK_TIMEOUT_MS, backOff = BACK_OFF, onTrouble = () => {} } = options;
  const clientId = options.clientId ?? `sigill-device-${crypto.randomUUID().slice(0, 8)}`;
  let line: Line | null = null;

  const connect = async (): Promise<Line> => {
    const socket = connectBroker(broker);
    await withDeadline(socket.ready, socket);
    const { MqttClient } = await import('mqtt');
    const client = new MqttClient(() => socket.stream, {
      protocolVersion: 4,
      clientId,
      clean: true,
      reconnectPeriod: 0,
      keepalive: 30,
      queueQoSZero: false,
      ...(username === '' ? {} : { username }),
      ...(username !== '' && options.password ? { password: options.password } : {}),
    });
    const ended = new Promise<never>((_, reject) => {
      client.on('error', (error) => reject(explainBrokerError(broker.address, error)));
      client.once('close', () =>
        reject(new TransportError('CONNECTION_LOST', `${broker.address} closed the connection`)),
      );
    });
    ended.catch(() => {});
    const connected = new Promise<void>((resolve) => client.once('connect', () => resolve()));
    await withDeadline(Promise.race([connected, ended]), socket);
    return { socket, client, ended };
  };

  const withDeadline = async <T>(work: Promise<T>, socket: BrokerSocket): Promise<T> => {
    const timer = setTimeout(() => socket.destroy(), ackTimeoutMs);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  };

  const drop = (): void => {
    line?.client.end(true);
    line?.socket.destroy();
    line = null;
  };

  return {
    async publish(topic, bytes, signal) {
      for (let attempt = 0; !signal.aborted; attempt++) {
        try {
          line ??= await connect();
          const { client, ended, socket } = line;
          await withDeadline(
            Promise.race([client.publishAsync(topic, Buffer.from(bytes), { qos: 1 }), ended]),
            socket,
          );
          return;
        } catch (error) {
          drop();
          if (signal.aborted) return;
          onTrouble(error as Error);
          const wait = backOffMs(attempt, backOff, Math.random);
          await sleep(wait, undefined, { signal }).catch(() => {});
        }
      }
    },
    async close() {
      const last = line;
      line = null;
      if (last === null) return;
      await last.client.endAsync().catch(() => {});
      last.socket.destroy();
    },
  };
}
