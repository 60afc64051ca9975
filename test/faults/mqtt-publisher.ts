/**
 * A device that publishes with QoS 1 and remembers what was acknowledged. Its connection may break at any moment; it
 * comes back with a back-off drawn anew each time (full jitter) and, like a device with a queue, sends again what was not
 * acknowledged, with DUP and under the same identifier; or, like one without, goes on with new values.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';

export interface PublisherOptions {
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly name: string;
  /** How many may wait for their PUBACK. */
  readonly window: number;
  readonly saysAgain: boolean;
  readonly random: () => number;
}

export interface Publisher {
  /** Of each message its number. */
  readonly acknowledged: ReadonlySet<number>;
  /** Sent at least twice, each time with the same number. */
  readonly saidAgain: ReadonlySet<number>;
  stop(): Promise<void>;
}

// Full jitter between nothing and a bound that doubles.
const FIRST_BACK_OFF_MS = 100;
const MOST_BACK_OFF_MS = 2_000;
const IDENTIFIERS = 65_535;

export function startPublisher(options: PublisherOptions): Publisher {
  const acknowledged = new Set<number>();
  const saidAgain = new Set<number>();
  const waiting = new Set<number>();
  const stopping = new AbortController();
  const { signal } = stopping;
  let count = 0;
  let publishing = 0;
  const identifiers = identifiersOf(() => 1 + (publishing % IDENTIFIERS));
  const running = run();

  async function run(): Promise<void> {
    for (let failed = 0; !signal.aborted; failed++) {
      const client = await open().catch(() => null);
      if (client !== null && !signal.aborted) {
        failed = 0;
        await publishUntilClosed(client);
      }
      client?.end(true);
      if (signal.aborted) return;
      const most = Math.min(MOST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** failed);
      await sleep(options.random() * most, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Not `connectAsync`: a connection that closes before its CONNACK would be waited for without end. */
  function open(): Promise<MqttClient> {
    const { port, username, password, name } = options;
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
      ...{ username, password, clientId: name, reconnectPeriod: 0, queueQoSZero: false },
      ...{ clean: false, messageIdProvider: identifiers },
    });
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(client));
      client.once('close', () => reject(new Error('closed before it was connected')));
      client.on('error', () => undefined);
    });
  }

  async function publishUntilClosed(client: MqttClient): Promise<void> {
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    const stop = () => client.end(true);
    signal.addEventListener('abort', stop);
    let isOpen = true;
    void closed.then(() => {
      isOpen = false;
    });
    const before = options.saysAgain ? [...waiting] : [];
    if (!options.saysAgain) waiting.clear();

    const publish = (number: number, dup: boolean): void => {
      const payload = `{"id":"${options.name}","count":${number},"temperature":21.5}`;
      waiting.add(number);
      publishing = number;
      client.publish(`kill/${options.name}/up`, payload, { qos: 1, dup }, (error) => {
        if (error) return;
        acknowledged.add(number);
        waiting.delete(number);
        if (isOpen && !signal.aborted) publish(count++, false);
      });
    };
    for (const number of before) {
      saidAgain.add(number);
      publish(number, true);
    }
    while (waiting.size < options.window) publish(count++, false);
    await closed;
    signal.removeEventListener('abort', stop);
  }

  return {
    acknowledged,
    saidAgain,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

export function acknowledgedOf(publishers: readonly Publisher[]): number {
  return publishers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
}

/** Whether all it said again was acknowledged. */
export function hasSaidAgain({ saidAgain, acknowledged }: Publisher): boolean {
  return [...saidAgain].every((number) => acknowledged.has(number));
}

/** A message's identifier is the same each time it is sent: mqtt.js would give it another one. */
function identifiersOf(current: () => number) {
  return {
    allocate: current,
    getLastAllocated: current,
    register: () => true,
    deallocate: () => undefined,
    clear: () => undefined,
  };
}
