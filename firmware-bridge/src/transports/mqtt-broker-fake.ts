/**
 * As much of an MQTT 3.1.1 broker as a subscriber meets, and as bad as a test wants it.
 * @module
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface BrokerFakeOptions {
  readonly tls?: TlsOptions;
  /** What CONNECT is answered with; 0 lets in. */
  readonly connackCode?: number;
  readonly refusedTopics?: readonly string[];
  readonly answersPings?: boolean;
  /** Whether it says that it knows its client from before. */
  readonly keepsSession?: boolean;
}

export interface PublishFlags {
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
  readonly dup?: boolean;
  readonly id?: number;
}

export interface BrokerFake {
  readonly port: number;
  /** Under an identifier of its own, unless one is given. */
  publish(topic: string, payload: Uint8Array, flags?: PublishFlags): void;
  /** What clients published, and where. */
  readonly received: number[];
  readonly topics: string[];
  /** Message ids acknowledged by clients, in order. */
  readonly acknowledged: number[];
  readonly connects: readonly { readonly clientId: string; readonly isClean: boolean }[];
  readonly subscribed: readonly string[];
  unplug(): Promise<void>;
  replug(): Promise<void>;
}

const [CONNECT, PUBLISH, PUBACK, SUBSCRIBE, PINGREQ] = [1, 3, 4, 8, 12];

export async function createBrokerFake(options: BrokerFakeOptions = {}): Promise<BrokerFake> {
  const { tls, connackCode = 0, refusedTopics = [] } = options;
  const { answersPings = true, keepsSession = false } = options;
  const sockets = new Set<Socket>();
  const received: number[] = [];
  const topics: string[] = [];
  const acknowledged: number[] = [];
  const connects: { clientId: string; isClean: boolean }[] = [];
  const subscribed: string[] = [];
  let lastId = 0;

  const serve = (socket: Socket): void => {
    sockets.add(socket);
    let buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (;;) {
        const packet = cutPacket(buffer);
        if (packet === null) return;
        buffer = buffer.subarray(packet.length);
        answer(socket, packet.type, packet.flags, packet.body);
      }
    });
  };
  const answer = (socket: Socket, type: number, flags: number, body: Buffer): void => {
    if (type === CONNECT) {
      const clientId = readString(body, 10);
      connects.push({ clientId, isClean: ((body[7] ?? 0) & 2) !== 0 });
      socket.write(Uint8Array.of(0x20, 2, keepsSession ? 1 : 0, connackCode));
    } else if (type === SUBSCRIBE) {
      const topic = readString(body, 2);
      subscribed.push(topic);
      const code = refusedTopics.includes(topic) ? 0x80 : 1;
      socket.write(Uint8Array.of(0x90, 3, body[0] ?? 0, body[1] ?? 0, code));
    } else if (type === PUBLISH) {
      const end = 2 + body.readUInt16BE(0);
      const qos = (flags >> 1) & 3;
      topics.push(readString(body, 0));
      received.push(...body.subarray(end + (qos > 0 ? 2 : 0)));
      if (qos > 0) socket.write(Uint8Array.of(0x40, 2, body[end] ?? 0, body[end + 1] ?? 0));
    } else if (type === PUBACK) acknowledged.push(body.readUInt16BE(0));
    else if (type === PINGREQ && answersPings) socket.write(Uint8Array.of(0xd0, 0));
  };

  const server: Server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.on('tlsClientError', () => {});
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);

  return {
    port,
    received,
    topics,
    acknowledged,
    connects,
    subscribed,
    publish(topic, payload, { qos = 1, retain = false, dup = false, id } = {}) {
      if (id === undefined) lastId += 1;
      const own = id ?? lastId;
      const name = Buffer.from(topic);
      const body = Buffer.concat([
        Uint8Array.of(name.length >> 8, name.length & 0xff),
        name,
        qos > 0 ? Uint8Array.of(own >> 8, own & 0xff) : Buffer.alloc(0),
        payload,
      ]);
      const flags = (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
      const head = Buffer.from([0x30 | flags, ...lengthOf(body.length)]);
      for (const socket of sockets) socket.write(Buffer.concat([head, body]));
    },
    async unplug() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async replug() {
      await listen(port);
    },
  };
}

function cutPacket(buffer: Buffer) {
  let length = 0;
  for (let i = 1; i < Math.min(buffer.length, 5); i++) {
    const byte = buffer[i] ?? 0;
    length |= (byte & 0x7f) << (7 * (i - 1));
    if ((byte & 0x80) !== 0) continue;
    const end = i + 1 + length;
    if (buffer.length < end) return null;
    const first = buffer[0] ?? 0;
    return { type: first >> 4, flags: first & 15, body: buffer.subarray(i + 1, end), length: end };
  }
  return null;
}

function lengthOf(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; ; rest >>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

function readString(bytes: Buffer, at: number): string {
  return bytes.toString('utf8', at + 2, at + 2 + bytes.readUInt16BE(at));
}
