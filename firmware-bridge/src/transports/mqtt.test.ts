import { createHash, X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createMqttTransport, type MqttOptions } from './mqtt.ts';
import { type BrokerFake, type BrokerFakeOptions, createBrokerFake } from './mqtt-broker-fake.ts';
import { CERTIFICATE, KEY } from './tls-fixture.ts';
import type { Transport, TransportState } from './transport.ts';
import { type DeviceEnd, listenTo, testTransport } from './transport-contract.ts';

const FAST = { backOff: { firstMs: 20, maxMs: 50 } };
const TOPIC = 'barn/1/up';
const utf8 = (text: string) => new TextEncoder().encode(text);

async function createMqttEnd(): Promise<DeviceEnd> {
  const broker = await createBrokerFake();
  const transport = createMqttTransport({
    url: `mqtt://127.0.0.1:${broker.port}`,
    topics: ['barn/+/up'],
    commandTopic: 'barn/1/down',
    parts: FAST,
  });
  return {
    transport,
    send: (bytes) => broker.publish(TOPIC, bytes),
    received: () => Uint8Array.from(broker.received),
    unplug: broker.unplug,
    replug: broker.replug,
    close: async () => {
      await transport.stop();
      await broker.unplug();
    },
  };
}

testTransport('mqtt', createMqttEnd);

const open: { transport: Transport; broker: BrokerFake }[] = [];
afterEach(async () => {
  for (const { transport, broker } of open.splice(0)) {
    await transport.stop();
    await broker.unplug();
  }
});

async function connect(
  brokerOptions: BrokerFakeOptions = {},
  options: Partial<MqttOptions> = {},
): Promise<{ transport: Transport; broker: BrokerFake }> {
  const broker = await createBrokerFake(brokerOptions);
  const scheme = brokerOptions.tls ? 'mqtts' : 'mqtt';
  const transport = createMqttTransport({
    url: `${scheme}://127.0.0.1:${broker.port}`,
    topics: ['#'],
    parts: FAST,
    ...options,
  });
  open.push({ transport, broker });
  return { transport, broker };
}

/** Starts with a listener that keeps messages, and says whether each is safe. */
function take(transport: Transport, isSafe: (n: number) => Promise<boolean>) {
  const messages: { topic: string; text: string }[] = [];
  const states: TransportState[] = [];
  transport.start({
    chunk: () => {},
    message: (bytes, topic) => {
      messages.push({ topic, text: new TextDecoder().decode(bytes) });
      return isSafe(messages.length);
    },
    state: (state) => states.push(state),
  });
  const isOpen = () => expect.poll(() => states.at(-1)?.status).toBe('open');
  const isLost = () => expect.poll(() => states.at(-1)?.status).not.toBe('open');
  return { messages, states, isOpen, isLost };
}

describe('mqtt transport over TLS', () => {
  const tls = { key: KEY, cert: CERTIFICATE };
  const pinOf = (bytes: Uint8Array) =>
    `sha256/${createHash('sha256').update(bytes).digest('base64')}`;

  it('takes the certificate that was set, whoever signed it', async () => {
    const certificate = pinOf(new X509Certificate(CERTIFICATE).raw);
    const { transport, broker } = await connect(
      { tls },
      { certificate, username: 'u', password: 'secret' },
    );
    const { messages, isOpen } = take(transport, async () => true);
    await isOpen();
    broker.publish('a/b', utf8('one'));
    await expect.poll(() => messages).toHaveLength(1);
  });

  it('says nothing to one that shows another certificate', async () => {
    const certificate = pinOf(utf8('another'));
    const { transport, broker } = await connect(
      { tls },
      { certificate, username: 'u', password: 'secret' },
    );
    const told = listenTo(transport);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'BROKER_CERTIFICATE_MISMATCH' });
    expect(broker.connects).toEqual([]);
  });

  it('says nothing to one that nobody vouches for, and how to set its certificate', async () => {
    const { transport, broker } = await connect({ tls }, { username: 'u', password: 'secret' });
    const told = listenTo(transport);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'BROKER_CERTIFICATE_UNTRUSTED' });
    expect(told.states.at(-1)?.reason).toContain('sha256/');
    expect(broker.connects).toEqual([]);
  });
});

describe('mqtt transport', () => {
  it('tells the topic of each message', async () => {
    const { transport, broker } = await connect();
    const { messages, isOpen } = take(transport, async () => true);
    await isOpen();
    broker.publish('a/b', utf8('one'));
    broker.publish('a/c', utf8('two'), { qos: 0 });
    await expect
      .poll(() => messages)
      .toEqual([
        { topic: 'a/b', text: 'one' },
        { topic: 'a/c', text: 'two' },
      ]);
  });

  it('acknowledges a message when it is safe, not before', async () => {
    const { transport, broker } = await connect();
    const safe = Promise.withResolvers<boolean>();
    const { messages, isOpen } = take(transport, () => safe.promise);
    await isOpen();
    broker.publish('a/b', utf8('one'));
    await expect.poll(() => messages).toHaveLength(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(broker.acknowledged).toEqual([]);
    safe.resolve(true);
    await expect.poll(() => broker.acknowledged).toEqual([1]);
  });

  it('has many messages on their way to safety at once, and acknowledges them in their order', async () => {
    const { transport, broker } = await connect();
    const safe = Array.from({ length: 50 }, () => Promise.withResolvers<boolean>());
    const { messages, isOpen } = take(transport, (n) => safe[n - 1]!.promise);
    await isOpen();
    for (const index of safe.keys()) broker.publish('a/b', utf8(String(index)));
    await expect.poll(() => messages).toHaveLength(50);
    for (const { resolve } of safe.toReversed()) resolve(true);
    await expect.poll(() => broker.acknowledged).toEqual([...safe.keys()].map((n) => n + 1));
  });

  it('reads no more than 256 messages that are not safe yet', async () => {
    const { transport, broker } = await connect();
    const safe = Promise.withResolvers<boolean>();
    const { messages, isOpen } = take(transport, () => safe.promise);
    await isOpen();
    for (let count = 0; count < 1_000; count++) broker.publish('a/b', utf8('x'));
    await expect.poll(() => messages).toHaveLength(256);
    safe.resolve(true);
    await expect.poll(() => broker.acknowledged).toHaveLength(1_000);
    expect(messages).toHaveLength(1_000);
  });

  it('does not take again what the broker sends again because a PUBACK did not reach it', async () => {
    const { transport, broker } = await connect({ keepsSession: true }, { clientId: 'gateway-7' });
    const safe = Promise.withResolvers<boolean>();
    const { messages, isOpen, isLost } = take(transport, () => safe.promise);
    await isOpen();
    broker.publish('a/b', utf8('one'));
    await expect.poll(() => messages).toHaveLength(1);
    await broker.unplug();
    await isLost();
    safe.resolve(true);
    await broker.replug();
    await isOpen();
    broker.publish('a/b', utf8('one'), { id: 1, dup: true });
    broker.publish('a/b', utf8('two'));
    await expect.poll(() => broker.acknowledged).toEqual([1, 2]);
    expect(messages.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('takes it when the broker has begun a new session: the identifier is another message’s', async () => {
    const { transport, broker } = await connect({}, { clientId: 'gateway-7' });
    const { messages, isOpen, isLost } = take(transport, async () => true);
    await isOpen();
    broker.publish('a/b', utf8('one'));
    await expect.poll(() => broker.acknowledged).toEqual([1]);
    await broker.unplug();
    await isLost();
    await broker.replug();
    await isOpen();
    broker.publish('a/b', utf8('one'), { id: 1, dup: true });
    await expect.poll(() => broker.acknowledged).toEqual([1, 1]);
    expect(messages).toHaveLength(2);
  });

  it('does not acknowledge what is not safe, and begins anew', async () => {
    const { transport, broker } = await connect();
    const { states, isOpen } = take(transport, async (n) => n > 1);
    await isOpen();
    broker.publish('a/b', utf8('one'));
    await expect.poll(() => broker.connects.length).toBe(2);
    expect(broker.acknowledged).toEqual([]);
    expect(states.find(({ status }) => status === 'waiting')?.reason).toContain(
      'could not be kept here',
    );
  });

  it('leaves out what a broker retained: nobody knows when it was true', async () => {
    const { transport, broker } = await connect();
    const { messages, isOpen } = take(transport, async () => true);
    await isOpen();
    broker.publish('a/b', utf8('old'), { retain: true });
    broker.publish('a/b', utf8('new'));
    await expect.poll(() => broker.acknowledged).toEqual([1, 2]);
    expect(messages.map(({ text }) => text)).toEqual(['new']);
  });

  it.each([
    [null, true],
    ['gateway-7', false],
  ])('with the client id %s asks for a clean session: %s', async (clientId, isClean) => {
    const { transport, broker } = await connect({}, { clientId });
    await take(transport, async () => true).isOpen();
    expect(broker.connects[0]).toEqual({
      clientId: clientId ?? expect.stringMatching(/^sigill-/),
      isClean,
    });
  });

  it('says that a topic may not be read', async () => {
    const { transport } = await connect({ refusedTopics: ['b'] }, { topics: ['a', 'b'] });
    const told = listenTo(transport);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'SUBSCRIPTION_REFUSED' });
    expect(told.states.at(-1)?.reason).toContain('does not let this client read b');
  });

  it.each([
    [4, /does not know this user name and password/],
    [5, /does not let this client in/],
  ])('says why a broker answers %d', async (connackCode, sentence) => {
    const { transport } = await connect({ connackCode });
    const told = listenTo(transport);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'BROKER_REFUSED' });
    expect(told.states.at(-1)?.reason).toMatch(sentence);
  });

  it('says that nobody listens', async () => {
    const { transport, broker } = await connect();
    await broker.unplug();
    const told = listenTo(transport);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'CONNECTION_REFUSED' });
  });

  it('begins anew when a broker answers no more', async () => {
    const { transport, broker } = await connect({ answersPings: false }, { keepaliveSeconds: 1 });
    const told = listenTo(transport);
    await told.untilOpen();
    await told.untilWaiting();
    expect(told.states.at(-1)?.reason).toContain('it answers no more');
    await told.untilOpen();
    expect(broker.connects).toHaveLength(2);
  });

  it('cannot write where no topic is set to write to', async () => {
    const { transport } = await connect();
    const told = listenTo(transport);
    await told.untilOpen();
    await expect(transport.write(utf8('x'))).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });

  it.each([
    [{ url: 'http://broker.example' }, /mqtt:\/\/host:1883 or mqtts/],
    [{ url: 'broker.example:1883' }, /mqtt:\/\/host:1883 or mqtts/],
    [{ topics: [] }, /a topic to subscribe to is needed/],
    [{ certificate: 'sha256/short' }, /44 base64 characters/],
    [{ certificate: `sha256/${'A'.repeat(43)}=` }, /write mqtts:/],
  ])('refuses %o', (options, message) => {
    const given = { url: 'mqtt://127.0.0.1:1', topics: ['a'], ...options };
    expect(() => createMqttTransport(given)).toThrow(message);
  });
});
