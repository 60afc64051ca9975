import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { afterEach, describe, expect, it } from 'vitest';
import { systemTimers } from '../timers.ts';
import { createMqttDial, type MqttDialOptions } from './mqtt-dial.ts';
import { CERTIFICATE, KEY } from './tls-fixture.ts';
import type { LinkWire } from './wire.ts';

const AGENT = 'ab'.repeat(16);
const PASSWORD = 'of thirty-two random bytes';
const PIN = `sha256/${createHash('sha256').update(new X509Certificate(CERTIFICATE).raw).digest('base64')}`;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('a connection to a broker', () => {
  it('over TLS, whose pinned certificate has long ended, carries messages both ways', async () => {
    const broker = await startBroker({ isTls: true });
    const wire = dial({ url: `mqtts://localhost:${broker.port}`, certificate: PIN });
    await wire.opened;
    wire.wire.send(new Uint8Array([1, 2, 3]));
    expect(await broker.heard).toEqual({ topic: `sigill/1/up/${AGENT}`, bytes: [1, 2, 3] });
    await broker.say(`sigill/1/down/${AGENT}`, Buffer.from([4, 5, 6]));
    expect([...(await wire.message)]).toEqual([4, 5, 6]);
    wire.wire.close();
    await wire.closed;
  });

  it('takes large messages whole', async () => {
    const broker = await startBroker({});
    const wire = dial({ url: `mqtt://127.0.0.1:${broker.port}` });
    await wire.opened;
    const large = new Uint8Array(250_000).map((_, index) => index);
    await broker.say(`sigill/1/down/${AGENT}`, Buffer.from(large));
    expect(await wire.message).toEqual(Buffer.from(large));
  });

  it('shows its password to no other certificate than the pinned one', async () => {
    let bytes = 0;
    const server = createTlsServer({ cert: CERTIFICATE, key: KEY }, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
    });
    const port = await listen(server);
    const other = `sha256/${Buffer.alloc(32, 1).toString('base64')}`;
    const wire = dial({ url: `mqtts://localhost:${port}`, certificate: other });

    expect((await wire.closed).message).toMatch(/which is not the one set.*someone stands between/);
    expect(bytes).toBe(0);
  });

  it('that is let in nowhere says so in a sentence', async () => {
    const broker = await startBroker({ returnCode: 5 });
    const wire = dial({ url: `mqtt://127.0.0.1:${broker.port}` });
    expect(await wire.closed).toMatchObject({
      code: 'LINK_REFUSED',
      message: expect.stringMatching(/not enrolled there.*sigill agent enroll/),
    });
  });

  it('to a port where nobody listens, and to a name that is none, says so in a sentence', async () => {
    const broker = await startBroker({});
    await closing.pop()!();
    const refused = dial({ url: `mqtt://127.0.0.1:${broker.port}` });
    expect((await refused.closed).message).toMatch(/nobody listens there/);
    const unknown = dial({ url: 'mqtt://gateway.invalid:1883' });
    expect((await unknown.closed).message).toMatch(/no machine has that name/);
  });

  it('that the other end drops is told once', async () => {
    const broker = await startBroker({});
    const wire = dial({ url: `mqtt://127.0.0.1:${broker.port}` });
    await wire.opened;
    broker.cut();
    await wire.closed;
    expect(wire.closings()).toBe(1);
  });
});

function dial(given: Partial<MqttDialOptions> & { readonly url: string }) {
  const opened = Promise.withResolvers<void>();
  const message = Promise.withResolvers<Uint8Array>();
  const closed = Promise.withResolvers<Error>();
  let closings = 0;
  const wire: LinkWire = createMqttDial({
    ...{ certificate: null, agent: AGENT, password: PASSWORD, timers: systemTimers },
    ...given,
  })({
    open: opened.resolve,
    message: message.resolve,
    closed(error) {
      closings++;
      closed.resolve(error);
    },
  });
  closing.push(async () => {
    wire.close();
    await closed.promise;
  });
  return {
    wire,
    opened: opened.promise,
    message: message.promise,
    closed: closed.promise,
    closings: () => closings,
  };
}

async function startBroker({ isTls = false, returnCode = 0 }) {
  const aedes = await Aedes.createBroker();
  aedes.authenticate = (_client, username, password, done) => {
    if (returnCode === 0) done(null, username === AGENT && String(password) === PASSWORD);
    else done(Object.assign(new Error('not let in'), { returnCode }), null);
  };
  const heard = Promise.withResolvers<{ topic: string; bytes: number[] }>();
  aedes.on('publish', ({ topic, payload }, client) => {
    if (client !== null) heard.resolve({ topic, bytes: [...Buffer.from(payload)] });
  });
  const sockets = new Set<Socket>();
  const take = (socket: Socket) => {
    sockets.add(socket);
    aedes.handle(socket);
  };
  const server = isTls
    ? createTlsServer({ cert: CERTIFICATE, key: KEY }, take)
    : createServer(take);
  closing.push(() => new Promise<void>((resolve) => aedes.close(resolve)));
  const port = await listen(server);
  return {
    port,
    heard: heard.promise,
    say: (topic: string, payload: Buffer) =>
      new Promise<void>((resolve, reject) =>
        aedes.publish(
          { cmd: 'publish', topic, payload, qos: 1, dup: false, retain: false },
          (error) => (error ? reject(error) : resolve()),
        ),
      ),
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}
