import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { eventually, PASSWORD, type TestBroker, testClient, withBroker } from './broker-fixture.ts';
import { connectPacket, publishPacket } from './mqtt-wire-fixture.ts';
import { createRepeats } from './repeats.ts';

const TAKEN = { taken: true, readings: 1, rejected: [] };

describe('a message that is sent again with DUP', () => {
  it('is taken once when its connection was cut before its PUBACK', async () => {
    const durable = Promise.withResolvers<void>();
    const ingest = () => durable.promise.then(() => TAKEN);
    await withBroker({ ingest }, async (broker) => {
      const before = await openDevice(broker);
      before.publish(7, 'x');
      await eventually(() => broker.taken.length === 1);
      before.cut();
      await eventually(() => !broker.isConnected('device'));
      durable.resolve();
      const again = await openDevice(broker);
      again.publish(7, 'x', true);
      await eventually(() => again.acknowledged.length === 1);
      expect(again.acknowledged).toEqual([7]);
      expect(payloadsOf(broker)).toEqual(['x']);
      expect(broker.status().clients[0]).toMatchObject({ messages: 1, repeated: 1 });
    });
  });

  it('while it is still on its way to the disk is acknowledged with the first one', async () => {
    const durable = Promise.withResolvers<void>();
    const ingest = () => durable.promise.then(() => TAKEN);
    await withBroker({ ingest }, async (broker) => {
      const before = await openDevice(broker);
      before.publish(7, 'x');
      await eventually(() => broker.taken.length === 1);
      const again = await openDevice(broker); // takes the connection over
      again.publish(7, 'x', true);
      await eventually(() => broker.status().clients[0]!.repeated === 1);
      expect(again.acknowledged).toEqual([]);
      durable.resolve();
      await eventually(() => again.acknowledged.length === 1);
      expect(payloadsOf(broker)).toEqual(['x']);
    });
  });

  it('is taken again when the first one could not be made durable', async () => {
    let isFull = true;
    const ingest = async () => {
      if (isFull) throw new Error('the journal is full');
      return TAKEN;
    };
    await withBroker({ ingest }, async (broker) => {
      const before = await openDevice(broker);
      before.publish(7, 'x');
      await eventually(() => !broker.isConnected('device') && broker.taken.length === 1);
      isFull = false;
      const again = await openDevice(broker);
      again.publish(7, 'x', true);
      await eventually(() => again.acknowledged.length === 1);
      expect(broker.taken).toHaveLength(2);
      expect(broker.status().clients[0]).toMatchObject({ postponed: 1, repeated: 0 });
    });
  });

  it('is taken once when its PUBACK left and was lost, of a device whose identifiers go on', async () => {
    await withBroker({}, async (broker) => {
      const before = await openDevice(broker);
      for (const id of [1, 2, 3, 4, 5, 6, 7, 8]) await before.acknowledgedPublish(id, 'x');
      before.cut();
      const again = await openDevice(broker);
      for (const id of [7, 8]) again.publish(id, 'x', true);
      await eventually(() => again.acknowledged.length === 2);
      expect(again.acknowledged).toEqual([7, 8]);
      expect(broker.taken).toHaveLength(8);
    });
  });

  it('is taken as new of a device that gives each message the same identifier', async () => {
    await withBroker({}, async (broker) => {
      const before = await openDevice(broker);
      for (let count = 0; count < 8; count++) await before.acknowledgedPublish(1, 'x');
      before.cut();
      const again = await openDevice(broker);
      await again.acknowledgedPublish(1, 'x', true);
      expect(broker.taken).toHaveLength(9);
    });
  });

  it('is taken as new when it says something else, or is another client’s', async () => {
    const clients = [await testClient('device'), await testClient('another')];
    await withBroker({ clients }, async (broker) => {
      const device = await openDevice(broker);
      await device.acknowledgedPublish(1, 'x');
      await device.acknowledgedPublish(1, 'y', true);
      const another = await openDevice(broker, 'another');
      await another.acknowledgedPublish(1, 'y', true);
      expect(payloadsOf(broker)).toEqual(['x', 'y', 'y']);
    });
  });

  it('goes to those who may hear it once, whichever copy is acknowledged', async () => {
    const clients = [await testClient('device'), await testClient('screen', [], ['#'])];
    const first = Promise.withResolvers<void>();
    let count = 0;
    const ingest = async () => {
      count += 1;
      if (count === 1) await first.promise;
      return TAKEN;
    };
    await withBroker({ clients, ingest }, async (broker) => {
      const screen = await broker.connect('screen');
      const heard: string[] = [];
      screen.on('message', (_topic, payload) => heard.push(payload.toString()));
      await screen.subscribeAsync('#', { qos: 1 });
      const before = await openDevice(broker);
      before.publish(7, 'cut');
      await eventually(() => count === 1);
      before.cut();
      await eventually(() => !broker.isConnected('device'));
      first.resolve();
      const again = await openDevice(broker);
      await again.acknowledgedPublish(7, 'cut', true);
      for (const id of [8, 9, 10, 11]) await again.acknowledgedPublish(id, String(id));
      await again.acknowledgedPublish(11, '11', true);
      await again.acknowledgedPublish(12, 'last');
      await eventually(() => heard.includes('last'));
      expect(heard).toEqual(['cut', '8', '9', '10', '11', 'last']);
    });
  });
});

it('a device that says the same twice without DUP has said it twice', async () => {
  await withBroker({}, async (broker) => {
    const device = await openDevice(broker);
    for (const id of [1, 2, 2]) await device.acknowledgedPublish(id, 'x');
    expect(broker.taken).toHaveLength(3);
  });
});

it('of more clients than are remembered those known for longest are forgotten', () => {
  const repeats = createRepeats<void>(2);
  const first = repeats.of('a');
  first.settle(first.add(1, 'x'), 'kept');
  expect(repeats.of('b')).not.toBe(first);
  expect(repeats.of('a')).toBe(first);
  repeats.of('c');
  expect(repeats.of('a').find(1, 'x')).toBeNull();
});

interface Device {
  readonly acknowledged: readonly number[];
  publish(id: number, payload: string, isRepeat?: boolean): void;
  /** Resolves at its PUBACK. */
  acknowledgedPublish(id: number, payload: string, isRepeat?: boolean): Promise<void>;
  /** As when a cable is pulled. */
  cut(): void;
}

/** On a bare socket, so that it says what it is told to. */
async function openDevice(broker: TestBroker, username = 'device'): Promise<Device> {
  const socket = connect(broker.addresses[0]!.port, '127.0.0.1').on('error', () => {});
  socket.write(connectPacket({ clientId: 'd', username, password: PASSWORD, clean: false }));
  const [connack] = (await once(socket, 'data')) as [Buffer];
  expect(connack[3]).toBe(0);
  const acknowledged: number[] = [];
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (; rest.length >= 4; rest = rest.subarray(4)) acknowledged.push(rest.readUInt16BE(2));
  });
  const publish = (id: number, payload: string, isRepeat = false) =>
    void socket.write(publishPacket('a/b', Buffer.from(payload), 1, id, isRepeat));
  return {
    acknowledged,
    publish,
    async acknowledgedPublish(id, payload, isRepeat) {
      const before = acknowledged.length;
      publish(id, payload, isRepeat);
      await eventually(() => acknowledged.length > before);
    },
    cut: () => socket.destroy(),
  };
}

function payloadsOf(broker: TestBroker): string[] {
  return broker.taken.map(({ payload }) => payload);
}
