/**
 * The process that holds one serial port: a library that spins or dies on a hung-up adapter takes nobody with it.
 * It holds the port for one connection, and ends with it or with its parent.
 * @module
 */
import { flushCompileCache } from 'node:module';
import type { SerialPort } from 'serialport';
import { failHungUpReads } from './hung-up-reads.ts';
import type { FromChild, SerialSettings, ToChild } from './serial-messages.ts';
import { createSpinWatchdog } from './spin-watchdog.ts';

// What may be on its way to the parent. Beyond it the port waits, and the kernel's buffer after it.
const MOST_UNTAKEN_BYTES = 256 * 1024;
const SAMPLE_MS = 500;

failHungUpReads();
const library = import('serialport');

let port: SerialPort | null = null;
let untaken = 0;
let sampled = 0;

process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group; when to end is for the parent to say.
process.on('SIGINT', () => {});
process.on('message', (message: ToChild) => {
  if (message.type === 'open') void open(message.settings);
  else if (message.type === 'write') write(message.id, message.bytes);
  else if (message.type === 'taken') taken(message.length);
  else tell({ type: 'pong' });
});

async function open(settings: SerialSettings): Promise<void> {
  const { SerialPort } = await library;
  const opened = new SerialPort({ ...settings, autoOpen: false });
  opened.open((error) => {
    if (error) return tellAndEnd({ type: 'open failed', message: error.message });
    port = opened;
    tell({ type: 'open' });
    watchForSpinning();
    // It is ended by a signal, which keeps nothing: the next one starts with what is compiled now, and 15 MB smaller.
    flushCompileCache();
  });
  opened.on('data', (bytes: Uint8Array) => {
    untaken += bytes.length;
    sampled += bytes.length;
    tell({ type: 'chunk', bytes });
    if (untaken > MOST_UNTAKEN_BYTES) opened.pause();
  });
  const lost = (error: Error | null) =>
    tellAndEnd({ type: 'lost', message: error?.message ?? 'the port closed' });
  opened.on('close', lost);
  opened.on('error', lost);
}

function taken(length: number): void {
  untaken -= length;
  if (untaken < MOST_UNTAKEN_BYTES / 2 && port?.isPaused()) port.resume();
}

function write(id: number, bytes: Uint8Array): void {
  const failed = (error: Error) => tell({ type: 'write failed', id, message: error.message });
  port?.write(Buffer.from(bytes), (error) => {
    if (error) return failed(error);
    port?.drain((drainError) => (drainError ? failed(drainError) : tell({ type: 'written', id })));
  });
}

function watchForSpinning(): void {
  const watchdog = createSpinWatchdog();
  let cpu = process.cpuUsage();
  let at = performance.now();
  setInterval(() => {
    const used = process.cpuUsage(cpu);
    const now = performance.now();
    const sample = { cpuMs: (used.user + used.system) / 1000, wallMs: now - at, bytes: sampled };
    if (watchdog.isSpinning(sample)) tellAndEnd({ type: 'spinning' });
    cpu = process.cpuUsage();
    at = now;
    sampled = 0;
  }, SAMPLE_MS);
}

function tell(message: FromChild): void {
  process.send?.(message);
}

function tellAndEnd(message: FromChild): void {
  if (process.send) process.send(message, () => process.exit(0));
  else process.exit(0);
}
