/**
 * A device that publishes numbered messages at QoS 1 and remembers which were acknowledged. It has no store:
 * what was not acknowledged when the line went is a message that never was.
 * @module
 */
import { connect, type MqttClient } from 'mqtt';

export interface CountingPublisher {
  /** Numbers whose PUBACK came. */
  readonly acknowledged: ReadonlySet<number>;
  readonly sent: number;
  stop(): Promise<void>;
}

export interface CountingPublisherOptions {
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly topic: string;
  readonly id: string;
  readonly intervalMs: number;
}

const RECONNECT_MS = 100;

export function startCountingPublisher(options: CountingPublisherOptions): CountingPublisher {
  const { port, username, password, topic, id, intervalMs } = options;
  const acknowledged = new Set<number>();
  let n = 0;
  let client: MqttClient;
  let stopped = false;

  function open(): void {
    // A client of its own for each connection: none sends again what an earlier one had under way.
    client = connect({
      ...{ host: '127.0.0.1', port, username, password },
      ...{ protocolVersion: 4, clean: true, reconnectPeriod: 0, connectTimeout: 3000 },
    });
    client.on('error', () => {});
    client.on('close', () => {
      client.removeAllListeners('close');
      client.end(true);
      if (!stopped) setTimeout(open, RECONNECT_MS);
    });
  }

  open();
  const timer = setInterval(() => {
    if (!client.connected) return;
    const number = n;
    n += 1;
    client.publish(topic, JSON.stringify({ id, n: number }), { qos: 1 }, (error) => {
      if (!error) acknowledged.add(number);
    });
  }, intervalMs);

  return {
    acknowledged,
    get sent() {
      return n;
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await client.endAsync(true).catch(() => {});
    },
  };
}
