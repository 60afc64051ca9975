import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemTimers, type Timers } from './reconnecting.ts';
import { createTcpTransport } from './tcp.ts';
import { type DeviceEnd, listenTo, testTransport } from './transport-contract.ts';

const FAST = { backOff: { firstMs: 20, maxMs: 50 } };

interface TcpEnd extends DeviceEnd {
  readonly port: number;
}

/** A clock on which a wait of so many ms is over at once. */
const hasty = (ms: number): Timers => ({
  ...systemTimers,
  after: (wait, call) => {
    if (wait === ms) queueMicrotask(call);
    return wait === ms ? () => {} : systemTimers.after(wait, call);
  },
});

async function createTcpEnd(): Promise<TcpEnd> {
  const received: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (bytes) => received.push(...bytes));
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const transport = createTcpTransport({ host: '127.0.0.1', port, parts: FAST });
  const unplug = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port,
    transport,
    send: (bytes) => {
      for (const socket of sockets) socket.write(bytes);
    },
    received: () => Uint8Array.from(received),
    unplug,
    replug: async () => {
      await listen(port);
    },
    close: async () => {
      await transport.stop();
      await unplug();
    },
  };
}

testTransport('tcp', createTcpEnd);

describe('tcp transport', () => {
  it('says that nobody listens', async () => {
    const end = await createTcpEnd();
    await end.unplug();
    const told = listenTo(end.transport);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'CONNECTION_REFUSED' });
    expect(told.states.at(-1)?.reason).toContain('nobody listens there');
    await end.close();
  });

  it('says that a name is no machine', async () => {
    const transport = createTcpTransport({ host: 'nowhere.invalid', port: 1, parts: FAST });
    const told = listenTo(transport);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'ADDRESS_INVALID' });
    await transport.stop();
  });

  it('does not wait for ever for an answer', async () => {
    const end = await createTcpEnd();
    const transport = createTcpTransport({
      host: '127.0.0.1',
      port: end.port,
      connectTimeoutMs: 777,
      parts: { ...FAST, timers: hasty(777) },
    });
    const told = listenTo(transport);
    await told.untilWaiting();
    expect(told.states.at(-1)).toMatchObject({ code: 'CONNECT_TIMEOUT' });
    await transport.stop();
    await end.close();
  });

  it('gives up a write that nobody takes', async () => {
    const server = createServer((socket) => socket.pause().on('error', () => {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const transport = createTcpTransport({
      host: '127.0.0.1',
      port,
      writeTimeoutMs: 100,
      parts: FAST,
    });
    const told = listenTo(transport);
    await told.untilOpen();
    await expect(transport.write(new Uint8Array(32 * 1024 * 1024))).rejects.toMatchObject({
      code: 'WRITE_TIMEOUT',
    });
    await transport.stop();
    server.close();
  });

  it('lets the device wait while it is held back, and loses nothing', async () => {
    const end = await createTcpEnd();
    const told = listenTo(end.transport);
    await told.untilOpen();
    end.transport.pause?.();
    end.send(new Uint8Array(1000));
    await new Promise((resolve) => setImmediate(resolve));
    expect(told.bytes).toHaveLength(0);
    end.transport.resume?.();
    await told.untilBytes(1000);
    await end.close();
  });

  it.each([
    [{ port: 0 }, /from 1 to 65535/],
    [{ port: 70_000 }, /from 1 to 65535/],
    [{ host: '' }, /host is needed/],
  ])('refuses %o', (options, message) => {
    expect(() => createTcpTransport({ host: '127.0.0.1', port: 9, ...options })).toThrow(message);
  });
});
