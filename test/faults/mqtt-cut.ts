/**
 * Devices whose connection to a gateway loses what the gateway answers, and then breaks, again and again: each says again
 * what it has no PUBACK for, and nothing is in the journal twice.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { initBrokerSite, runBrokerSite } from '../testing/broker-site.ts';
import { createRandom } from '../testing/random.ts';
import { eventually } from '../testing/waiting.ts';
import { countTimes, readJournal } from './mqtt-journal.ts';
import { acknowledgedOf, hasSaidAgain, startPublisher } from './mqtt-publisher.ts';

export interface MqttCutReport {
  readonly acknowledged: number;
  /** Messages that were sent at least twice. */
  readonly saidAgain: number;
  /** Acknowledged and not in the journal. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
}

const PUBLISHERS = 4;
const WINDOW = 20;
// A gateway believes a repeat where it has seen identifiers go on for long enough.
const KNOWN_AFTER = 8 * WINDOW;
// From the first answer that is lost until the connection breaks.
const MOST_DEAF_MS = 100;

export async function cutMqtt(options: {
  readonly cuts: number;
  readonly seed: number;
}): Promise<MqttCutReport> {
  const random = createRandom(options.seed);
  const directory = await mkdtemp(join(tmpdir(), 'sigill-mqtt-cut-'));
  try {
    const site = await initBrokerSite(directory, 'kill/+/up');
    const gateway = await runBrokerSite(site);
    const line = await openLine(site.port);
    const publishers = Array.from({ length: PUBLISHERS }, (_, index) =>
      startPublisher({
        ...{ port: line.port, username: site.username, password: site.password },
        ...{ name: `p${index}`, window: WINDOW, saysAgain: true, random },
      }),
    );
    const areKnown = async () =>
      publishers.every(({ acknowledged }) => acknowledged.size > KNOWN_AFTER);
    await eventually('devices that are known', areKnown);
    for (let cut = 0; cut < options.cuts; cut++) {
      line.deafen();
      await sleep(random() * MOST_DEAF_MS);
      const before = acknowledgedOf(publishers);
      line.cut();
      const areBack = async () =>
        acknowledgedOf(publishers) > before && publishers.every(hasSaidAgain);
      await eventually('all publishers', areBack);
    }
    await Promise.all(publishers.map((publisher) => publisher.stop()));
    await line.close();
    await gateway.stop();
    const times = countTimes(await readJournal(site));
    return {
      acknowledged: acknowledgedOf(publishers),
      saidAgain: publishers.reduce((sum, { saidAgain }) => sum + saidAgain.size, 0),
      lost: publishers.flatMap(({ acknowledged }, index) =>
        [...acknowledged].map((number) => `p${index} ${number}`).filter((one) => !times.has(one)),
      ),
      twice: [...times].filter(([, count]) => count > 1).map(([reading]) => reading),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Line {
  readonly port: number;
  /** From now on nothing that is answered arrives. */
  deafen(): void;
  /** Breaks all connections; the next ones are whole. */
  cut(): void;
  close(): Promise<void>;
}

/** Everything passes through it. */
async function openLine(to: number): Promise<Line> {
  const pairs = new Set<{ near: Socket; far: Socket; isDeaf: boolean }>();
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    const pair = { near, far, isDeaf: false };
    pairs.add(pair);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => pair.isDeaf || near.write(bytes));
    for (const socket of [near, far]) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        near.destroy();
        far.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const { near } of pairs) near.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    deafen() {
      for (const pair of pairs) pair.isDeaf = true;
    },
    cut,
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
