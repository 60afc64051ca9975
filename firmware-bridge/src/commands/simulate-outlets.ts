/**
 * Where a simulated device's bytes go, and where it hears from.
 * @module
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rename, symlink } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { CommandIo } from '../command.ts';
import { DriverError, TransportError } from '../errors.ts';
import type { SimulatedDevice } from '../simulators/device.ts';
import { writeBytes, writeLine } from './io.ts';

export interface OutletRequest {
  readonly to: string;
  readonly link: string | null;
  readonly baudRate: number;
  readonly topic: string | null;
  readonly passwordFile: string | null;
  readonly certificate: string | null;
  /** A new device; the same seed makes the same. */
  createDevice(): SimulatedDevice;
}

export interface Outlet {
  /** The device says what it has to say now. */
  speak(ms: number): Promise<void>;
  close(): Promise<void>;
}

// Whoever tests a device opens one connection, or a few.
const MOST_CONNECTIONS = 16;

/** @throws Error if there is no such way out */
export function openOutlet(request: OutletRequest, io: CommandIo): Promise<Outlet> {
  const { to } = request;
  if (to === '-') return openStandardOutput(request, io);
  if (to === 'pty') return openPseudoTerminal(request, io);
  if (to.startsWith('tcp:')) return openServer(request, io);
  if (/^mqtts?:\/\//.test(to)) return openPublisher(request, io);
  return openPort(request, io);
}

const NEWLINE = Buffer.from('\n');

/** Messages stand one a line, their topic before them, as `sigill decode` reads them. */
async function openStandardOutput({ createDevice }: OutletRequest, io: CommandIo): Promise<Outlet> {
  const device = createDevice();
  return {
    speak: async (ms) => {
      for (const { bytes, topic } of device.speak(ms))
        if (topic === undefined) await writeBytes(io.stdout, bytes);
        else await writeBytes(io.stdout, Buffer.concat([Buffer.from(`${topic} `), bytes, NEWLINE]));
    },
    close: async () => {},
  };
}

async function openPseudoTerminal(request: OutletRequest, io: CommandIo): Promise<Outlet> {
  const { openPseudoTerminal: open } = await import('../simulators/pseudo-terminal.ts');
  const device = request.createDevice();
  const terminal = await open();
  terminal.onData((bytes) => {
    for (const answer of device.hear(bytes, Date.now())) terminal.write(answer);
  });
  if (request.link !== null) await pointLink(request.link, terminal.path);
  await writeLine(io.stdout, terminal.path);
  return {
    speak: async (ms) => {
      for (const { bytes } of device.speak(ms)) terminal.write(bytes);
    },
    close: () => terminal.close(),
  };
}

/** Replaces the link in one step, so that whoever follows it meets the old end or the new one. */
async function pointLink(link: string, target: string): Promise<void> {
  const made = `${link}.${process.pid}`;
  await symlink(target, made);
  await rename(made, link);
}

/** Listens, as a serial server or a device with a network port does: each connection has the device to itself. */
async function openServer({ to, createDevice }: OutletRequest, io: CommandIo): Promise<Outlet> {
  const { host, port } = parseListen(to);
  const connections = new Map<Socket, SimulatedDevice>();
  const server = createServer({ noDelay: true }, (socket) => {
    const device = createDevice();
    connections.set(socket, device);
    socket.on('error', () => {});
    socket.on('close', () => connections.delete(socket));
    socket.on('data', (bytes) => {
      for (const answer of device.hear(bytes, Date.now())) socket.write(answer);
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, host);
  await once(server, 'listening');
  const { address, port: taken } = server.address() as AddressInfo;
  await writeLine(io.stdout, `tcp:${address.includes(':') ? `[${address}]` : address}:${taken}`);
  return {
    speak: async (ms) => {
      // One that does not listen loses what is sent, as on any line.
      for (const [socket, device] of connections)
        for (const { bytes } of device.speak(ms))
          if (!socket.writableNeedDrain) socket.write(bytes);
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of connections.keys()) socket.destroy();
      await closed;
    },
  };
}

function parseListen(to: string): { readonly host: string; readonly port: number } {
  const [, host = '127.0.0.1', port = ''] = /^tcp:(?:(.+):)?(\d{1,5})$/.exec(to) ?? [];
  if (port === '' || Number(port) > 65_535)
    throw new TransportError('ADDRESS_INVALID', `tcp:HOST:PORT is needed, not ${to}`);
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

async function openPublisher(request: OutletRequest, io: CommandIo): Promise<Outlet> {
  const { to: url, topic, passwordFile, certificate, createDevice } = request;
  const { createMqttPublisher } = await import('../transports/mqtt-publisher.ts');
  const password = passwordFile === null ? null : readFileSync(passwordFile, 'utf8').trim();
  const publisher = createMqttPublisher({
    url,
    password,
    certificate,
    onTrouble: ({ message }) => io.stderr.write(`sigill simulate: ${message}\n`),
  });
  const device = createDevice();
  return {
    speak: async (ms) => {
      for (const message of device.speak(ms)) {
        const where = topic ?? message.topic;
        if (where === undefined)
          throw new DriverError('OPTION_INVALID', 'this device names no topic: --topic is needed');
        await publisher.publish(where, message.bytes, io.signal);
      }
    },
    close: () => publisher.close(),
  };
}

/** Waits until the port is open; one that cannot be opened at first is an error, one that is lost later comes back. */
async function openPort(request: OutletRequest, io: CommandIo): Promise<Outlet> {
  const { to: path, baudRate, createDevice } = request;
  const { createSerialTransport } = await import('../transports/serial.ts');
  const transport = createSerialTransport({ path, baudRate });
  const device = createDevice();
  // A line that is down loses what is sent, here as in the field.
  const write = (bytes: Uint8Array) => transport.write(bytes).catch(() => {});
  let isOpen = false;
  await new Promise<void>((resolve, reject) => {
    transport.start({
      chunk: (bytes) => {
        for (const answer of device.hear(bytes, Date.now())) void write(answer);
      },
      state: ({ status, reason }) => {
        if (status === 'waiting' && !isOpen) reject(new Error(reason ?? 'the port does not open'));
        else if (status === 'waiting') io.stderr.write(`sigill simulate: ${reason}\n`);
        isOpen ||= status === 'open';
        if (isOpen) resolve();
      },
    });
  }).catch(async (error) => {
    await transport.stop();
    throw error;
  });
  return {
    speak: async (ms) => {
      for (const { bytes } of device.speak(ms)) await write(bytes);
    },
    close: () => transport.stop(),
  };
}
