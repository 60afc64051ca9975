/**
 * Devices that publish at their own pace, QoS 1, in a process of their own: node paced-load.ts '{…}', forked. Each
 * message to it is answered by what it has done since the one before.
 * @module
 */
import { connect, type Socket } from 'node:net';
import { connectPacket, publishPacket } from './mqtt-load.ts';

export interface PacedLoadOptions {
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly devices: number;
  readonly messagesPerSecond: number;
  readonly payloadBytes: number;
}

export interface PacedLoadReport {
  readonly sent: number;
  readonly acknowledged: number;
  /** From a message to its PUBACK. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const TICK_MS = 10;
// Code that has not run yet is slow, and what piles up in that moment would be measured for long after it.
const RAMP_MS = 5_000;
const CONNACK_BYTES = 4;
const PUBACK_BYTES = 4;
const MOST_ID = 0xffff;

interface Device {
  publish(count: number): void;
}

export async function startPacedLoad(options: PacedLoadOptions): Promise<() => PacedLoadReport> {
  let delays: number[] = [];
  let sent = 0;
  const devices = await Promise.all(
    Array.from({ length: options.devices }, (_, index) =>
      startDevice(options, index, (delayMs) => delays.push(delayMs)),
    ),
  );
  const startedMs = performance.now();
  let published = 0;
  setInterval(() => {
    const due = dueAfter(performance.now() - startedMs, options.messagesPerSecond);
    for (; published < due; published += 1) {
      devices[published % devices.length]!.publish(published);
      sent += 1;
    }
  }, TICK_MS);
  return () => {
    const sorted = Float64Array.from(delays).sort();
    const share = (part: number) => sorted[Math.floor(part * sorted.length)] ?? Number.NaN;
    const report = { sent, acknowledged: delays.length, p50Ms: share(0.5), p99Ms: share(0.99) };
    delays = [];
    sent = 0;
    return report;
  };
}

/** How many messages belong to the time since the start: ever more at first, then at their pace. */
function dueAfter(ms: number, perSecond: number): number {
  const ramped = Math.min(ms, RAMP_MS);
  return Math.floor(((ramped ** 2 / RAMP_MS / 2 + (ms - ramped)) / 1000) * perSecond);
}

async function startDevice(
  { port, username, password, payloadBytes }: PacedLoadOptions,
  index: number,
  acknowledged: (delayMs: number) => void,
): Promise<Device> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const topic = Buffer.from(`bench/device-${index}/up`);
  const sentMs = new Map<number, number>();
  let lastId = 0;
  socket.write(connectPacket(`paced-${index}`, username, password));
  await accepted(socket);
  let half: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    const bytes = half.length === 0 ? chunk : Buffer.concat([half, chunk]);
    let at = 0;
    for (; at + PUBACK_BYTES <= bytes.length; at += PUBACK_BYTES) {
      const id = bytes.readUInt16BE(at + 2);
      acknowledged(performance.now() - sentMs.get(id)!);
      sentMs.delete(id);
    }
    half = bytes.subarray(at);
  });
  return {
    publish(count) {
      lastId = (lastId % MOST_ID) + 1;
      sentMs.set(lastId, performance.now());
      socket.write(publishPacket(topic, payload(index, count, payloadBytes), lastId));
    },
  };
}

function accepted(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.on('close', () => reject(new Error('the broker closed the connection')));
    socket.once('data', (bytes: Buffer) => {
      if (bytes.length === CONNACK_BYTES && bytes[3] === 0) resolve();
      else reject(new Error(`CONNACK ${bytes.toString('hex')}`));
    });
  });
}

/** As a small sensor says it, one number changing, filled up to the size asked for. */
function payload(device: number, count: number, bytes: number): Buffer {
  const temperature = (15 + (count % 1000) / 100).toFixed(2);
  const head = `{"id":"device-${device}","temperature":${temperature},"filling":"`;
  return Buffer.from(`${head.padEnd(bytes - 2, 'x')}"}`);
}

if (import.meta.main) {
  const report = await startPacedLoad(JSON.parse(process.argv[2] ?? '{}') as PacedLoadOptions);
  process.on('message', () => process.send?.(report()));
  process.on('disconnect', () => process.exit());
  process.send?.('started');
}
