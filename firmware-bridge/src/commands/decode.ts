/**
 * `sigill decode`: a capture in, observations out as NDJSON.
 * @module
 */
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { findDriver } from '../catalogue.ts';
import type { Command, CommandIo } from '../command.ts';
import type { Driver, SessionInput, Step } from '../driver.ts';
import { DriverError } from '../errors.ts';
import { formatObservation, formatRejection } from './decode-lines.ts';
import { createHexReader, HexError } from './hex-reader.ts';
import { ENVIRONMENT, NO, OK, tellUsage, USAGE, writeLine } from './io.ts';
import { createMessageLines } from './message-lines.ts';

const HELP = `
Usage: sigill decode --driver ID [--hex] [--option NAME=VALUE]… [FILE…]

Reads what a device sent and prints one line of JSON for each observation. Without FILE, or for -,
it reads standard input. What it refuses goes to standard error, a line each, and a summary last.

  --driver ID           who speaks: see sigill drivers
  --hex                 the input is hexadecimal text; white space is skipped
                        Messages of MQTT stand one a line, with their topic and a blank before them
                        where that is known, as mosquitto_sub -v prints them.
  --option NAME=VALUE   a setting of the driver, such as zone=Europe/Brussels

Example: sigill simulate dsmr-p1 --to - --count 1 | sigill decode --driver dsmr-p1

Exit codes: 0 everything was read; 1 something was refused, or there was nothing to read;
2 usage; 3 a file could not be opened.
`;

export const decode: Command = {
  name: 'decode',
  summary: 'read a recording of a device and print its observations',
  help: HELP,
  run,
};

interface Request {
  readonly driver: Driver;
  readonly options: Readonly<Record<string, string>>;
  readonly hex: boolean;
  readonly files: readonly string[];
}

interface Tally {
  observations: number;
  frames: number;
  rejected: number;
  bytes: number;
  outside: number;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  let request: Request;
  try {
    request = parseRequest(args);
  } catch (error) {
    return tellUsage(io, 'decode', error);
  }
  const tally: Tally = { observations: 0, frames: 0, rejected: 0, bytes: 0, outside: 0 };
  let failure = OK;
  for (const file of request.files) {
    if (io.signal.aborted) break;
    try {
      await decodeFile(file, request, tally, io);
    } catch (error) {
      const isHex = error instanceof HexError;
      failure = isHex ? USAGE : ENVIRONMENT;
      const code = isHex ? error.code : 'INPUT_UNREADABLE';
      const cause = error instanceof Error ? error.message : String(error);
      await writeLine(io.stderr, { code, message: cause, file });
    }
  }
  await writeLine(io.stderr, { summary: summaryOf(tally), ...tally });
  if (failure !== OK) return failure;
  return tally.rejected > 0 || tally.observations === 0 ? NO : OK;
}

function parseRequest(args: readonly string[]): Request {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      driver: { type: 'string' },
      hex: { type: 'boolean', default: false },
      option: { type: 'string', multiple: true, default: [] },
    },
  });
  if (values.driver === undefined) throw new DriverError('DRIVER_UNKNOWN', '--driver ID is needed');
  const driver = findDriver(values.driver);
  const options = Object.fromEntries(values.option.map(parseOption));
  driver.createSession(options); // a wrong option is told before a file is opened
  const files = positionals.length > 0 ? positionals : ['-'];
  return { driver, options, hex: values.hex, files };
}

function parseOption(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new DriverError('OPTION_INVALID', `--option takes NAME=VALUE, got ${text}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

async function decodeFile(
  file: string,
  { driver, options, hex, files }: Request,
  tally: Tally,
  io: CommandIo,
): Promise<void> {
  const input = file === '-' ? io.stdin : createReadStream(file, { signal: io.signal });
  const session = driver.createSession(options);
  const toBytes = hex ? createHexReader() : null;
  const name = files.length > 1 ? file : null;
  // A recording has no clock of its own: the session's time stands still.
  const lines = driver.manifest.transports.every((way) => way === 'mqtt')
    ? createMessageLines()
    : null;
  const take = async (messages: readonly SessionInput[]) => {
    for (const message of messages) await tell(session.receive(message, 0), name, tally, io);
  };
  for await (const chunk of input) {
    const raw = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : (chunk as Buffer);
    const bytes = toBytes ? toBytes.push(raw) : raw;
    tally.bytes += bytes.length;
    tally.outside += bytes.length;
    await take(lines ? lines.push(bytes) : [{ bytes }]);
  }
  toBytes?.end();
  if (lines) await take(lines.end());
  await tell(session.end(0), name, tally, io);
}

async function tell(step: Step, file: string | null, tally: Tally, io: CommandIo): Promise<void> {
  let last = -1;
  for (const observation of step.observations) {
    tally.observations++;
    if (observation.offset !== last) {
      tally.frames++;
      tally.outside -= observation.frame.length;
    }
    last = observation.offset;
    await writeLine(io.stdout, formatObservation(observation, file));
  }
  for (const rejection of step.rejected) {
    tally.rejected++;
    tally.outside -= rejection.length;
    await writeLine(io.stderr, formatRejection(rejection, file));
  }
}

function summaryOf({ observations, frames, rejected, bytes, outside }: Tally): string {
  return (
    `${count(observations, 'observation')} in ${count(frames, 'frame')}, ${rejected} refused; ` +
    `${count(bytes, 'byte')} read, ${outside} outside frames`
  );
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
