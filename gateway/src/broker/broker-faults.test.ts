/** The broker lives, whatever is sent to it and whoever stops listening. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { eventually, PASSWORD, type TestBroker, testClient, withBroker } from './broker-fixture.ts';
import {
  connectPacket,
  DISCONNECT,
  lengthOf,
  PING,
  publishPacket,
  subscribePacket,
} from './mqtt-wire-fixture.ts';

const STREAMS = Number(process.env.STREAMS ?? 5_000);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const login = { username: 'device', password: PASSWORD };

describe('the broker lives through', () => {
  it(`${STREAMS} streams of nonsense (seed ${SEED})`, async () => {
    const limits = { connections: 200, connectionsPerAddress: 200 };
    await withBroker({ limits }, async (broker) => {
      const random = createRandom(SEED);
      const streams = Array.from({ length: STREAMS }, () => createNonsense(random));
      const lanes = Array.from({ length: 50 }, async () => {
        for (let next = streams.pop(); next; next = streams.pop()) await send(broker, next);
      });
      await Promise.all(lanes);
      await isWell(broker);
      await eventually(() => broker.status().listeners.connections === 1);
      expect(broker.told.filter(({ what }) => what === 'broker')).toEqual([]);
    });
  }, 120_000);

  it('a message of 30 MB, refused at its header', async () => {
    await withBroker({}, async (broker) => {
      const socket = await open(broker);
      socket.write(Buffer.concat([connectPacket(login), Buffer.of(0x32), lengthOf(30_000_000)]));
      await closed(socket);
      expect(socket.bytesRead).toBe(4); // the CONNACK and nothing else
      await isWell(broker);
      expect(broker.told).toContainEqual(
        expect.objectContaining({
          what: 'broker-cut',
          facts: { client: 'device', code: 'PACKET_TOO_LARGE' },
        }),
      );
    });
  });

  it('topics of 200 levels, published, subscribed to and left as a will', async () => {
    await withBroker({}, async (broker) => {
      const deep = Array(200).fill('a').join('/');
      const client = await broker.connect('device', {
        will: { topic: deep, payload: Buffer.from('x'), qos: 1, retain: true },
      });
      await expect(client.subscribeAsync(deep)).rejects.toThrow();
      const again = await open(broker);
      again.write(Buffer.concat([connectPacket(login), publishPacket(deep, Buffer.from('x'), 1)]));
      await closed(again);
      await isWell(broker);
    });
  });

  it('a connection that says nothing, and one that says half a packet', async () => {
    const { createFakeTimers } = await import('../timers-fake.ts');
    const timers = createFakeTimers();
    await withBroker({ timers }, async (broker) => {
      const silent = await open(broker);
      const half = await open(broker);
      half.write(connectPacket(login).subarray(0, 5));
      await eventually(() => broker.status().listeners.connections === 2);
      const both = Promise.all([closed(silent), closed(half)]);
      timers.advance(10_000);
      timers.advance(1_000);
      await both;
      expect(broker.status().strangersCut).toBe(2);
    });
  });

  it('more connections than there are places', async () => {
    await withBroker({ limits: { connections: 3 } }, async (broker) => {
      const three = [await open(broker), await open(broker), await open(broker)];
      const one = await open(broker);
      await closed(one);
      expect(broker.status().listeners).toMatchObject({ connections: 3, turnedAway: 1 });
      three[0]!.destroy();
      await eventually(() => broker.status().listeners.connections === 2);
      await isWell(broker);
    });
  });
});

describe('a client that sends faster than it may', () => {
  it('is read more slowly, and every message is taken', async () => {
    await withBroker({ limits: { messagesPerSecond: 200 } }, async (broker) => {
      const client = await broker.connect('device');
      const started = performance.now();
      const sent = Array.from({ length: 500 }, (_, index) =>
        client.publishAsync('a', String(index), { qos: 1 }),
      );
      await Promise.all(sent);
      // 200 at once and 300 at 200 a second.
      expect(performance.now() - started).toBeGreaterThan(1_300);
      expect(broker.taken.map(({ payload }) => Number(payload))).toEqual(
        sent.map((_, index) => index),
      );
    });
  });

  it('has at most 256 messages on their way to the disk', async () => {
    let isDurable = () => {};
    const durable = new Promise<void>((resolve) => {
      isDurable = resolve;
    });
    const ingest = () => durable.then(() => ({ taken: true, readings: 1, rejected: [] }));
    await withBroker({ ingest, limits: { messagesPerSecond: 100_000 } }, async (broker) => {
      const client = await broker.connect('device');
      const sent = Array.from({ length: 1_000 }, () => client.publishAsync('a', 'x', { qos: 1 }));
      // aedes takes what came in one piece together, and the next piece when all of it is settled.
      await eventually(() => broker.taken.length > 0);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(broker.taken.length).toBeLessThanOrEqual(256);
      isDurable();
      await Promise.all(sent);
      expect(broker.taken).toHaveLength(1_000);
    });
  });
});

describe('a subscriber that takes nothing', () => {
  it('holds nobody up, loses what is beyond its bound, and is cut in the end', async () => {
    const clients = [
      await testClient('frozen'),
      await testClient('healthy'),
      await testClient('device'),
    ];
    await withBroker({ clients, limits: { queuedBytes: 100_000 } }, async (broker) => {
      const frozen = await open(broker);
      frozen.write(
        Buffer.concat([connectPacket({ ...login, username: 'frozen' }), subscribePacket('#')]),
      );
      await once(frozen, 'data');
      frozen.pause();
      const healthy = await broker.connect('healthy');
      const delays: number[] = [];
      healthy.on('message', (_topic, payload) => {
        delays.push(performance.now() - Number(payload.subarray(0, 20).toString()));
      });
      await healthy.subscribeAsync('#');
      const device = await broker.connect('device');
      const filling = Buffer.alloc(20_000, ' ');
      for (let sent = 0; sent < 600; sent++) {
        filling.write(String(performance.now()).padEnd(20));
        await device.publishAsync('a', Buffer.from(filling), { qos: 1 });
      }
      await eventually(() => delays.length === 600);
      const p99 = delays.toSorted((a, b) => a - b)[593]!;
      expect(p99).toBeLessThan(100);
      const behind = broker.status().clients.find(({ name }) => name === 'frozen');
      expect(behind?.dropped).toBeGreaterThan(0);
      expect(broker.told).toContainEqual(expect.objectContaining({ what: 'broker-behind' }));
      frozen.destroy();
    });
  });

  it('for 30 s is cut and told', async () => {
    const { createFakeTimers } = await import('../timers-fake.ts');
    const timers = createFakeTimers();
    await withBroker({ timers }, async (broker) => {
      const frozen = await open(broker);
      frozen.write(Buffer.concat([connectPacket(login), subscribePacket('#')]));
      await once(frozen, 'data');
      frozen.pause();
      await eventually(() => broker.isConnected('device'));
      const payload = Buffer.alloc(200_000);
      // Past what the kernel takes for it.
      while ((broker.status().clients[0]?.dropped ?? 0) === 0) {
        await broker.publish('a', payload);
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (let sweep = 0; sweep < 7; sweep++) timers.advance(5_000);
      await eventually(() => !broker.isConnected('device'));
      expect(broker.told.at(-1)).toMatchObject({
        what: 'broker-cut',
        facts: { client: 'device', code: 'NOT_TAKEN' },
      });
    });
  });
});

async function open(broker: TestBroker): Promise<Socket> {
  const socket = connect(broker.addresses[0]!.port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Reads whatever comes until then. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.resume().once('close', () => resolve()));
}

/** Sends it in its pieces and waits until the broker has had enough, or a little. */
async function send(broker: TestBroker, pieces: readonly Buffer[]): Promise<void> {
  const socket = await open(broker);
  const ended = closed(socket);
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end();
  await ended;
}

async function isWell(broker: TestBroker): Promise<void> {
  const client = await broker.connect('device');
  await client.publishAsync('well', 'x', { qos: 1 });
  expect(broker.taken.at(-1)).toMatchObject({ topic: 'well' });
}

/** A session that goes well for a while, bent somewhere, in pieces. */
function createNonsense(random: () => number): Buffer[] {
  const below = (count: number) => Math.floor(random() * count);
  const choices = [
    () =>
      publishPacket(
        below(2) ? 'a/b' : 'x'.repeat(below(70)),
        Buffer.alloc(below(300), 'x'),
        below(3),
        below(65_536),
      ),
    () =>
      subscribePacket(
        ['#', 'a/+', '$SYS/#', '$share/a/b', '+/+/#', ''][below(6)]!,
        below(4),
        below(65_536),
      ),
    () => PING,
    () => DISCONNECT,
    () => connectPacket({ ...login, level: below(7) }),
    () =>
      Buffer.concat([
        Buffer.of(below(256)),
        lengthOf(below(300)),
        Buffer.alloc(below(300), below(256)),
      ]),
    () => Buffer.concat([Buffer.of(below(256)), lengthOf(below(2 ** 28))]),
    () => Buffer.from(Array.from({ length: below(50) }, () => below(256))),
  ];
  const parts = Array.from({ length: below(6) }, () => choices[below(choices.length)]!());
  if (below(10) > 0)
    parts.unshift(connectPacket({ ...login, clientId: `c${below(20)}`, clean: below(2) === 0 }));
  const bytes = Buffer.concat(parts);
  for (let bends = below(4) - 1; bends > 0 && bytes.length > 0; bends--)
    bytes[below(bytes.length)] = below(256);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + below(bytes.length);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

/** mulberry32: a failure can be run again. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
