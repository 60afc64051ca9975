/**
 * `sigill simulate`: be a device.
 * @module
 */
import { rename, symlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Command, CommandIo } from '../command.ts';
import { DriverError } from '../errors.ts';
import type { SimulatorEntry } from '../simulators/device.ts';
import { ENVIRONMENT, OK, tellUsage, writeBytes, writeLine } from './io.ts';

const HELP = `
Usage: sigill simulate DRIVER --to PORT|pty|- [--link PATH] [--interval MS] [--seed N] [--count N]
                       [--baud N]

Sends the real bytes of a device out of a serial port, for a test on the bench with a cable and two
adapters. With --to pty it opens a pseudo-terminal and prints its path: any program may open that as
if it were the adapter. With --to - the bytes go to standard output.

  --to PORT        such as /dev/serial/by-id/usb-FTDI_…
  --link PATH      with --to pty: a symbolic link to the pseudo-terminal, the same at each start
  --interval MS    between two messages (default: the device's own)
  --seed N         another seed is another device (default 1)
  --count N        stop after N messages (default: run until interrupted)
  --baud N         the port's speed (default 115200)

The same seed sends the same bytes at the same time, whenever it is started: registers go on counting.

Example: sigill simulate dsmr-p1 --to pty
`;

export const simulate: Command = {
  name: 'simulate',
  summary: 'be a device: its real bytes out of a port',
  help: HELP,
  run,
};

interface Request {
  readonly entry: SimulatorEntry;
  readonly to: string;
  readonly link: string | null;
  readonly intervalMs: number;
  readonly seed: number;
  readonly count: number;
  readonly baudRate: number;
}

/** Where the bytes go. */
interface Outlet {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  // Loaded when asked for: no other command needs the native code of a pseudo-terminal.
  const { simulators } = await import('../simulators/index.ts');
  let request: Request;
  try {
    request = parseRequest(args, simulators);
  } catch (error) {
    return tellUsage(io, 'simulate', error);
  }
  try {
    const outlet = await openOutlet(request, io);
    try {
      await send(request, outlet, io.signal);
    } finally {
      await outlet.close();
    }
    return OK;
  } catch (error) {
    await writeLine(io.stderr, `sigill simulate: ${(error as Error).message}`);
    return ENVIRONMENT;
  }
}

function parseRequest(
  args: readonly string[],
  simulators: ReadonlyMap<string, SimulatorEntry>,
): Request {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      to: { type: 'string' },
      link: { type: 'string' },
      interval: { type: 'string' },
      seed: { type: 'string', default: '1' },
      count: { type: 'string' },
      baud: { type: 'string', default: '115200' },
    },
  });
  const [driver, ...rest] = positionals;
  const entry = simulators.get(driver ?? '');
  if (entry === undefined || rest.length > 0)
    throw new DriverError(
      'DRIVER_UNKNOWN',
      `one of ${[...simulators.keys()].join(', ')} is needed`,
    );
  if (!values.to)
    throw new DriverError('OPTION_INVALID', '--to PORT, --to pty or --to - is needed');
  return {
    entry,
    to: values.to,
    link: values.link ?? null,
    intervalMs: values.interval ? wholeNumber('--interval', values.interval) : entry.intervalMs,
    seed: wholeNumber('--seed', values.seed),
    count: values.count ? wholeNumber('--count', values.count) : Number.POSITIVE_INFINITY,
    baudRate: wholeNumber('--baud', values.baud),
  };
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new DriverError('OPTION_INVALID', `${option} takes a whole number, got ${text}`);
  return Number(text);
}

async function openOutlet({ to, link, baudRate }: Request, io: CommandIo): Promise<Outlet> {
  if (to === '-') return { write: (bytes) => writeBytes(io.stdout, bytes), close: async () => {} };
  if (to === 'pty') {
    const { openPseudoTerminal } = await import('../simulators/pseudo-terminal.ts');
    const terminal = await openPseudoTerminal();
    if (link !== null) await pointLink(link, terminal.path);
    await writeLine(io.stdout, terminal.path);
    return { write: async (bytes) => terminal.write(bytes), close: () => terminal.close() };
  }
  return openPort(to, baudRate, io);
}

/** Replaces the link in one step, so that whoever follows it meets the old end or the new one. */
async function pointLink(link: string, target: string): Promise<void> {
  const made = `${link}.${process.pid}`;
  await symlink(target, made);
  await rename(made, link);
}

/** Waits until the port is open; one that cannot be opened at first is an error, one that is lost later comes back. */
async function openPort(path: string, baudRate: number, io: CommandIo): Promise<Outlet> {
  const { createSerialTransport } = await import('../transports/serial.ts');
  const transport = createSerialTransport({ path, baudRate });
  let isOpen = false;
  await new Promise<void>((resolve, reject) => {
    transport.start({
      chunk: () => {},
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
    // A line that is down loses what is sent, here as in the field.
    write: (bytes) => transport.write(bytes).catch(() => {}),
    close: () => transport.stop(),
  };
}

async function send(request: Request, outlet: Outlet, signal: AbortSignal): Promise<void> {
  const { entry, intervalMs, seed, count } = request;
  const device = entry.create({ seed });
  for (let sent = 0; sent < count && !signal.aborted; sent++) {
    for (const { bytes } of device.speak(Date.now())) await outlet.write(bytes);
    if (sent + 1 < count) await sleep(intervalMs, undefined, { signal }).catch(() => {});
  }
}
