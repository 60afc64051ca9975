import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { MqttClient } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { createFakeTimers } from '../timers-fake.ts';
import { eventually, nextOf, testClient, withBroker } from './broker-fixture.ts';

const AGENT = 'a'.repeat(32);
const TOKEN = 'token-of-the-agent';
const agents = {
  find: (agent: string) =>
    agent === AGENT ? { passwordHash: createHash('sha256').update(TOKEN).digest() } : null,
};
const qos = 1;

describe('a message of a device', () => {
  it('is acknowledged once it is durable, and not before', async () => {
    const durable = Promise.withResolvers<void>();
    const ingest = async () => {
      await durable.promise;
      return { taken: true, readings: 2, rejected: [] };
    };
    await withBroker({ ingest }, async (broker) => {
      const client = await broker.connect('device');
      let isAcknowledged = false;
      const acknowledged = client.publishAsync('a/b', 'x', { qos }).then(() => {
        isAcknowledged = true;
      });
      await eventually(() => broker.taken.length === 1);
      await roundTrip(client);
      expect(isAcknowledged).toBe(false);
      durable.resolve();
      await acknowledged;
      expect(broker.status().clients[0]).toMatchObject({
        name: 'device',
        messages: 1,
        readings: 2,
      });
    });
  });

  it('is not acknowledged when it cannot be made durable: the client is cut and sends it again', async () => {
    let isFull = true;
    const ingest = async () => {
      if (isFull) throw new Error('the journal is full');
      return { taken: true, readings: 1, rejected: [] };
    };
    await withBroker({ ingest }, async (broker) => {
      const client = await broker.connect('device', {
        reconnectPeriod: 20,
        clean: false,
        clientId: 'x',
      });
      const acknowledged = client.publishAsync('a/b', 'x', { qos });
      await nextOf(client, 'close');
      isFull = false;
      await acknowledged;
      expect(broker.taken.length).toBeGreaterThan(1);
      expect(broker.told).toContainEqual(expect.objectContaining({ what: 'broker-postponed' }));
    });
  });

  it('of QoS 2 is taken in once', async () => {
    await withBroker({}, async (broker) => {
      const client = await broker.connect('device');
      await client.publishAsync('a/b', 'x', { qos: 2 });
      expect(broker.taken).toEqual([{ client: 'device', topic: 'a/b', payload: 'x' }]);
    });
  });

  it('goes to those who may hear it, in order, after it was taken in', async () => {
    const clients = [
      await testClient('device', ['a/#'], []),
      await testClient('screen', [], ['a/#']),
    ];
    await withBroker({ clients }, async (broker) => {
      const screen = await broker.connect('screen');
      const heard = listen(screen);
      await screen.subscribeAsync(['a/#', 'a/+'], { qos });
      const device = await broker.connect('device');
      const payloads = Array.from({ length: 50 }, (_, index) => String(index));
      // One of QoS 0 overtakes those of QoS 1 within aedes, which then takes them for copies.
      await Promise.all(
        payloads.map((payload, index) =>
          device.publishAsync('a/b', payload, { qos: index % 2 ? 0 : 1 }),
        ),
      );
      await eventually(() => heard.length === payloads.length);
      expect(new Set(heard).size).toBe(payloads.length);
    });
  });

  it('that no source takes, or no driver reads, is acknowledged and kept apart', async () => {
    const ingest = async (_client: string, topic: string) =>
      topic === 'a/untaken'
        ? { taken: false, readings: 0, rejected: [] }
        : { taken: true, readings: 0, rejected: [{ code: 'PAYLOAD_SYNTAX', message: 'no JSON' }] };
    await withBroker({ ingest }, async (broker) => {
      const client = await broker.connect('device');
      await client.publishAsync('a/untaken', 'x', { qos });
      await client.publishAsync('a/b', 'y', { qos });
      const { quarantine, clients } = broker.status();
      expect(quarantine.last).toMatchObject([
        { reason: 'untaken', topic: 'a/untaken', client: 'device' },
        { reason: 'undecodable', topic: 'a/b', detail: 'PAYLOAD_SYNTAX: no JSON' },
      ]);
      expect(clients[0]).toMatchObject({ untaken: 1, undecodable: 1 });
    });
  });
});

describe('a topic', () => {
  it('that was not granted is acknowledged, given to nobody, counted and told once', async () => {
    const clients = [
      await testClient('device', ['mine/#'], []),
      await testClient('screen', [], ['#']),
    ];
    await withBroker({ clients }, async (broker) => {
      const screen = await broker.connect('screen');
      const heard = listen(screen);
      await screen.subscribeAsync('#');
      const device = await broker.connect('device');
      for (let count = 0; count < 3; count++) await device.publishAsync('others/a', 'x', { qos });
      await device.publishAsync('mine/a', 'seen', { qos, retain: true });
      await eventually(() => heard.length === 1);
      expect(heard).toEqual(['seen']);
      expect(broker.taken).toHaveLength(1);
      expect(broker.status().quarantine.messages).toBe(3);
      expect(broker.told.filter(({ what }) => what === 'broker-forbidden')).toHaveLength(1);
    });
  });

  it.each(['$SYS/#', '$share/group/mine/#', '$share/group/#', 'others/#', '#', 'sigill/1/down/+'])(
    'filter %s is refused in the SUBACK',
    async (filter) => {
      await withBroker(
        { clients: [await testClient('device', [], ['mine/#'])] },
        async (broker) => {
          const client = await broker.connect('device', { clean: false, clientId: 'x' });
          await expect(client.subscribeAsync(filter, { qos })).rejects.toThrow();
          await expect(client.subscribeAsync('mine/+', { qos })).resolves.toEqual([
            { topic: 'mine/+', qos },
          ]);
        },
      );
    },
  );

  it('of agents is nobody else’s, whatever was granted', async () => {
    await withBroker({ agents }, async (broker) => {
      const heard: string[] = [];
      const fromAgents: string[] = [];
      broker.onAgent((agent, payload) => void fromAgents.push(`${agent} ${payload.length}`));
      const client = await broker.connect('device');
      client.on('message', (topic) => heard.push(topic));
      await client.subscribeAsync('#');
      await client.publishAsync(`sigill/1/up/${AGENT}`, 'forged', { qos });
      const agent = await broker.connect(AGENT, { password: TOKEN });
      await agent.subscribeAsync(`sigill/1/down/${AGENT}`, { qos });
      await agent.publishAsync(`sigill/1/up/${AGENT}`, 'hello', { qos });
      await agent.publishAsync(`sigill/1/up/${'b'.repeat(32)}`, 'forged', { qos });
      const answered = nextOf(agent, 'message');
      await broker.publish(`sigill/1/down/${AGENT}`, Buffer.from('head'), { qos });
      expect((await answered).slice(0, 2)).toEqual([`sigill/1/down/${AGENT}`, Buffer.from('head')]);
      await roundTrip(client);
      expect(fromAgents).toEqual([`${AGENT} 5`]);
      expect(heard).toEqual([]);
    });
  });

  it('of a will must be granted too', async () => {
    const clients = [
      await testClient('device', ['mine/#'], []),
      await testClient('screen', [], ['#']),
    ];
    await withBroker({ clients }, async (broker) => {
      const screen = await broker.connect('screen');
      const heard = listen(screen);
      await screen.subscribeAsync('#');
      for (const topic of ['others/will', 'mine/will']) {
        const will = { topic, payload: Buffer.from(topic), qos: 1 as const, retain: false };
        const device = await broker.connect('device', { will });
        device.stream.destroy();
        await eventually(() => !broker.isConnected('device'));
      }
      await eventually(() => heard.length === 1);
      expect(heard).toEqual(['mine/will']);
      expect(broker.status().clients).toContainEqual(
        expect.objectContaining({ name: 'device', forbidden: 1 }),
      );
    });
  });
});

describe('who may come in', () => {
  it('says its password; a wrong name and a wrong password are answered alike', async () => {
    await withBroker({ agents }, async (broker) => {
      const refused = async (username: string, password: string) =>
        broker.connect(username, { password }).catch((error: { code: number }) => error.code);
      expect(await refused('device', 'wrong')).toBe(4);
      expect(await refused('nobody', 'wrong')).toBe(4);
      expect(await refused(AGENT, 'wrong')).toBe(4);
      expect(broker.status()).toMatchObject({ failedLogins: 3, clients: [] });
      await broker.connect('device');
      await broker.connect(AGENT, { password: TOKEN });
      expect(broker.isConnected('device')).toBe(true);
    });
  });

  it('cannot take over a session under another name', async () => {
    const clients = [await testClient('one'), await testClient('two')];
    await withBroker({ clients }, async (broker) => {
      const first = await broker.connect('one', { clientId: 'same' });
      await broker.connect('two', { clientId: 'same' });
      await roundTrip(first);
      expect(first.connected).toBe(true);
    });
  });

  it('speaks MQTT 3.1.1 or 3.1; MQTT 5 is told that its level is not spoken here', async () => {
    await withBroker({}, async (broker) => {
      const refused = broker.connect('device', { protocolVersion: 5 });
      await expect(refused).rejects.toMatchObject({ code: 1 });
      await broker.connect('device', { protocolVersion: 3, protocolId: 'MQIsdp' });
    });
  });

  it('is cut when the clients file has it no more, and what it may do follows the file', async () => {
    const timers = createFakeTimers();
    const clients = [await testClient('one', ['a'], ['a']), await testClient('two')];
    await withBroker({ clients, timers }, async (broker) => {
      const one = await broker.connect('one');
      const two = await broker.connect('two');
      const heard = listen(one);
      await one.subscribeAsync('a');
      const closed = nextOf(two, 'close');
      broker.setClients([await testClient('one', ['b'], ['b'])]);
      timers.advance(1_000);
      await closed;
      await broker.publish('a', Buffer.from('no more'));
      await one.subscribeAsync('b');
      await broker.publish('b', Buffer.from('from now on'));
      await eventually(() => heard.length > 0);
      expect(heard).toEqual(['from now on']);
      expect(statSync(broker.clientsFile).mode & 0o777).toBe(0o600);
    });
  });

  it('stays as it was while the clients file cannot be read, which is told', async () => {
    const timers = createFakeTimers();
    await withBroker({ timers }, async (broker) => {
      const { chmodSync } = await import('node:fs');
      chmodSync(broker.clientsFile, 0o644);
      timers.advance(1_000);
      expect(broker.told.at(-1)).toMatchObject({ level: 'warning', what: 'broker-clients' });
      await broker.connect('device');
    });
  });

  it('is cut with its next message when its agent was revoked', async () => {
    const known = new Map([[AGENT, agents.find(AGENT)!]]);
    await withBroker({ agents: { find: (agent) => known.get(agent) ?? null } }, async (broker) => {
      const agent = await broker.connect(AGENT, { password: TOKEN });
      const heard: string[] = [];
      broker.onAgent((name) => void heard.push(name));
      known.clear();
      const closed = nextOf(agent, 'close');
      agent.publish(`sigill/1/up/${AGENT}`, 'x', { qos });
      await closed;
      expect(heard).toEqual([]);
      expect(broker.status().quarantine.messages).toBe(0);
    });
  });

  it('is cut at once on demand', async () => {
    await withBroker({}, async (broker) => {
      const client = await broker.connect('device');
      const closed = nextOf(client, 'close');
      expect(broker.disconnect('device')).toBe(1);
      await closed;
      expect(broker.isConnected('device')).toBe(false);
    });
  });

  it('shows its certificate where its client is pinned to it', async () => {
    const { makeServerCertificate } = await import('./server-certificate.ts');
    const own = makeServerCertificate(['device']);
    const other = makeServerCertificate(['device']);
    const client = { ...(await testClient('device')), password: null, certificate: own.pin };
    const tls = (directory: string) => ({
      key: `${directory}/tls.pem`,
      certificate: `${directory}/tls.crt`,
      clients: 'required' as const,
    });
    const listen = (directory: string) => [{ host: '127.0.0.1', port: 0, tls: tls(directory) }];
    await withBroker({ clients: [client], listen }, async (broker) => {
      const secured = { protocol: 'mqtts', rejectUnauthorized: false } as const;
      const shown = { key: own.key, cert: own.certificate };
      const connected = await broker.connect('device', { ...secured, ...shown });
      await connected.publishAsync('a', 'x', { qos });
      const wrong = { key: other.key, cert: other.certificate };
      await expect(broker.connect('device', { ...secured, ...wrong })).rejects.toMatchObject({
        code: 4,
      });
      await expect(broker.connect('device', secured)).rejects.toMatchObject({ code: 4 });
      await expect(broker.connect('another', { ...secured, ...shown })).rejects.toMatchObject({
        code: 4,
      });
      const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' } as const;
      await expect(broker.connect('device', { ...secured, ...shown, ...old })).rejects.toThrow();
      expect(broker.addresses[0]?.pin).toMatch(/^sha256\//);
      expect(statSync(`${broker.directory}/tls.pem`).mode & 0o777).toBe(0o600);
    });
  });
});

describe('a session that is away', () => {
  it('gets what waited for it, up to its bound, and the rest is counted', async () => {
    await withBroker({ limits: { queuedMessages: 5 } }, async (broker) => {
      const session = { clean: false, clientId: 'x' };
      const before = await broker.connect('device', session);
      await before.subscribeAsync('a', { qos });
      await before.endAsync();
      await eventually(() => !broker.isConnected('device'));
      for (let number = 0; number < 8; number++) {
        await broker.publish('a', Buffer.from(String(number)), { qos });
      }
      const heard: string[] = [];
      const again = await broker.connect('device', { ...session, resubscribe: false });
      again.on('message', (_topic, payload) => heard.push(payload.toString()));
      await eventually(() => heard.length === 5);
      expect(heard).toEqual(['0', '1', '2', '3', '4']);
      expect(broker.status().queued).toEqual({ bytes: expect.any(Number), dropped: 3 });
      await eventually(() => broker.status().queued.bytes === 0);
    });
  });
});

function listen(client: MqttClient): string[] {
  const heard: string[] = [];
  client.on('message', (_topic, payload) => heard.push(payload.toString()));
  return heard;
}

/** Whatever was sent before has been handled by then. */
async function roundTrip(client: MqttClient): Promise<void> {
  await client.unsubscribeAsync('nothing');
}
