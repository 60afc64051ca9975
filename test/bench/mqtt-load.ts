/**
 * Publishers of QoS 1 over plain sockets, in a process of their own: node mqtt-load.ts '{…}' prints a report as JSON.
 * By hand, because a client library would be what is measured.
 * @module
 */
import { connect, type Socket } from 'node:net';

export interface LoadOptions {
  readonly port: number;
  readonly publishers: number;
  /** Messages of one publisher that wait for their PUBACK. */
  readonly window: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly payloadBytes: number;
  readonly username?: string;
  readonly password?: string;
}

export interface LoadReport {
  readonly messages: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  /** Of the processor, by this process. */
  readonly processorSeconds: number;
}

const CONNACK_BYTES = 4;
const PUBACK_BYTES = 4;

export async function load(options: LoadOptions): Promise<LoadReport> {
  const delays: number[] = [];
  let [isMeasured, isOver] = [false, false];
  const publishers = await Promise.all(
    Array.from({ length: options.publishers }, (_, index) =>
      startPublisher(options, index, {
        acknowledged(delayMs) {
          if (isMeasured) delays.push(delayMs);
          return !isOver;
        },
      }),
    ),
  );
  for (const { begin } of publishers) begin();
  await sleep(options.warmUpMs);
  isMeasured = true;
  const before = { at: performance.now(), used: process.cpuUsage() };
  await sleep(options.measuredMs);
  isMeasured = false;
  isOver = true;
  const seconds = (performance.now() - before.at) / 1000;
  const { user, system } = process.cpuUsage(before.used);
  for (const { socket } of publishers) socket.destroy();
  const sorted = Float64Array.from(delays).sort();
  const share = (part: number) => sorted[Math.floor(part * sorted.length)] ?? Number.NaN;
  return {
    ...{ messages: delays.length, seconds, p50Ms: share(0.5), p99Ms: share(0.99) },
    slowestMs: sorted.at(-1) ?? Number.NaN,
    processorSeconds: (user + system) / 1e6,
  };
}

async function startPublisher(
  { port, window, payloadBytes, username, password }: LoadOptions,
  index: number,
  heard: { acknowledged(delayMs: number): boolean },
): Promise<{ socket: Socket; begin(): void }> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const topic = Buffer.from(`bench/device-${index}/up`);
  const sentMs = new Float64Array(window + 1);
  const slots = Array.from({ length: window }, (_, slot) =>
    publishPacket(topic, payload(index, slot, payloadBytes), slot + 1),
  );
  const counterAt = slots[0]!.indexOf('000000000');
  let count = 0;
  let half: Buffer = Buffer.alloc(0);

  function send(slot: number): Buffer {
    const packet = slots[slot]!;
    count += 1;
    packet.write(String(count).padStart(9, '0'), counterAt, 'latin1');
    sentMs[slot] = performance.now();
    return packet;
  }

  socket.write(connectPacket(`load-${index}`, username, password));
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the broker closed the connection')));
    socket.once('data', (bytes: Buffer) => {
      if (bytes.length === CONNACK_BYTES && bytes[3] === 0) resolve();
      else reject(new Error(`CONNACK ${bytes.toString('hex')}`));
    });
  });
  socket.removeAllListeners('close');
  socket.on('data', (chunk: Buffer) => {
    const bytes = half.length === 0 ? chunk : Buffer.concat([half, chunk]);
    const nowMs = performance.now();
    const packets: Buffer[] = [];
    let at = 0;
    for (; at + PUBACK_BYTES <= bytes.length; at += PUBACK_BYTES) {
      const slot = bytes.readUInt16BE(at + 2) - 1;
      if (heard.acknowledged(nowMs - sentMs[slot]!)) packets.push(Buffer.from(send(slot)));
    }
    half = bytes.subarray(at);
    if (packets.length > 0)
      socket.write(packets.length === 1 ? packets[0]! : Buffer.concat(packets));
  });
  return {
    socket,
    begin: () => socket.write(Buffer.concat(slots.map((_, slot) => Buffer.from(send(slot))))),
  };
}

/** As a climate sensor says it, filled up to the size asked for. */
function payload(publisher: number, slot: number, bytes: number): Buffer {
  const head = `{"id":"device-${publisher}","count":"000000000","slot":${slot},"temperature":21.5,"humidity":48.25,"battery":3.012,"filling":"`;
  return Buffer.from(`${head.padEnd(bytes - 2, 'x')}"}`);
}

export function connectPacket(clientId: string, username = '', password = ''): Buffer {
  const flags = 0x02 | (username === '' ? 0 : 0xc0);
  const fields = [clientId, ...(username === '' ? [] : [username, password])].map(string);
  const body = Buffer.concat([string('MQTT'), Buffer.of(4, flags, 0, 0), ...fields]);
  return Buffer.concat([Buffer.of(0x10), lengthOf(body.length), body]);
}

export function publishPacket(topic: Buffer, payload: Buffer, id: number): Buffer {
  const body = Buffer.concat([string(topic.toString()), Buffer.of(id >> 8, id & 0xff), payload]);
  return Buffer.concat([Buffer.of(0x32), lengthOf(body.length), body]);
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

function lengthOf(length: number): Buffer {
  return length < 128 ? Buffer.of(length) : Buffer.of((length & 0x7f) | 0x80, length >> 7);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) {
  const report = await load(JSON.parse(process.argv[2] ?? '{}') as LoadOptions);
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
