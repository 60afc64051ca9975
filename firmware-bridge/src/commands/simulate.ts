/**
 * `sigill simulate`: be a device.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { findDriver } from '../catalogue.ts';
import type { Command, CommandIo } from '../command.ts';
import { DriverError } from '../errors.ts';
import type { SimulatorEntry } from '../simulators/device.ts';
import { ENVIRONMENT, OK, tellUsage, writeLine } from './io.ts';
import { type OutletRequest, openOutlet } from './simulate-outlets.ts';

const HELP = `
Usage: sigill simulate DRIVER --to PORT|pty|tcp:HOST:PORT|mqtt://USER@HOST:PORT|- [--link PATH]
                       [--option NAME=VALUE]… [--interval MS] [--seed N] [--count N] [--baud N]
                       [--topic T] [--password-file FILE] [--certificate sha256/…]

Is a device: it sends its real bytes, and answers where a device is asked. Out of a serial port it is
a test on the bench with a cable and two adapters. With --to pty it opens a pseudo-terminal and prints
its path: any program may open that as if it were the adapter. With --to tcp: it listens and prints
where, as a serial server does; with --to mqtt: it publishes, each message until it is acknowledged.
With --to - the bytes go to standard output.

  --to PORT            such as /dev/serial/by-id/usb-FTDI_…
  --option NAME=VALUE  a setting of the device, such as meter=pzem004t
  --link PATH          with --to pty: a symbolic link to the pseudo-terminal, the same at each start
  --interval MS        between two messages (default: the device's own)
  --seed N             another seed is another device (default 1)
  --count N            stop after N messages (default: run until interrupted)
  --baud N             the port's speed (default: as the driver knows its device)
  --topic T            publish there in place of the device's own topic
  --password-file F    of the user in mqtt://USER@…
  --certificate PIN    of the broker of mqtts://…, if no public authority vouches for it

The same seed sends the same bytes at the same time, whenever it is started: registers go on counting.

Example: sigill simulate dsmr-p1 --to pty
`;

export const simulate: Command = {
  name: 'simulate',
  summary: 'be a device: its real bytes out of a port, a socket or a broker',
  help: HELP,
  run,
};

interface Request extends OutletRequest {
  readonly intervalMs: number;
  readonly count: number;
}

const DEFAULT_BAUD_RATE = 115_200;

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
      for (let said = 0; said < request.count && !io.signal.aborted; said++) {
        await outlet.speak(Date.now());
        if (said + 1 < request.count)
          await sleep(request.intervalMs, undefined, { signal: io.signal }).catch(() => {});
      }
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
      option: { type: 'string', multiple: true, default: [] },
      interval: { type: 'string' },
      seed: { type: 'string', default: '1' },
      count: { type: 'string' },
      baud: { type: 'string' },
      topic: { type: 'string' },
      'password-file': { type: 'string' },
      certificate: { type: 'string' },
    },
  });
  const [driver = '', ...rest] = positionals;
  const entry = simulators.get(driver);
  if (entry === undefined || rest.length > 0)
    throw new DriverError(
      'DRIVER_UNKNOWN',
      `one of ${[...simulators.keys()].join(', ')} is needed`,
    );
  if (!values.to)
    throw new DriverError(
      'OPTION_INVALID',
      '--to PORT, pty, tcp:HOST:PORT, mqtt://USER@HOST:PORT or - is needed',
    );
  const seed = wholeNumber('--seed', values.seed);
  const options = Object.fromEntries(values.option.map(parseOption));
  const createDevice = () => entry.create({ seed, options });
  createDevice(); // a wrong option is told before a port is opened
  const baudRate = findDriver(driver).manifest.serial?.baudRate ?? DEFAULT_BAUD_RATE;
  return {
    createDevice,
    to: values.to,
    link: values.link ?? null,
    topic: values.topic ?? null,
    passwordFile: values['password-file'] ?? null,
    certificate: values.certificate ?? null,
    intervalMs: values.interval ? wholeNumber('--interval', values.interval) : entry.intervalMs,
    count: values.count ? wholeNumber('--count', values.count) : Number.POSITIVE_INFINITY,
    baudRate: values.baud ? wholeNumber('--baud', values.baud) : baudRate,
  };
}

function parseOption(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new DriverError('OPTION_INVALID', `--option takes NAME=VALUE, got ${text}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new DriverError('OPTION_INVALID', `${option} takes a whole number, got ${text}`);
  return Number(text);
}
