/**
 * `sigill ports`
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  type Command,
  type CommandIo,
  createSerialTransport,
  drivers,
  findLockHolder,
  findObstacle,
} from '@sigill/firmware-bridge';
import { GatewayError } from '../../errors.ts';
import { configuredSources } from '../configured-sources.ts';
import { createMachine } from '../machine.ts';
import { toolCommand } from '../tool-command.ts';
import { describePort, formatSettings, type PortReport } from './describe-port.ts';
import { type Heard, listenTo, USUAL_SETTINGS } from './listen.ts';
import { listSerialPorts, type SerialPortInfo } from './serial-ports.ts';

const help = `
Usage: npx sigill ports [PORT…] [--listen] [--seconds N] [--config FILE] [--json]

The serial ports of this machine: what is plugged in, the name that stays when adapters are
renumbered, who holds a port, what keeps you from opening it and the command that mends it.

  --listen        hear what each free port speaks, at the usual speeds; sends nothing
  --seconds N     how long at each speed (default 3; a device that speaks each 10 s needs 11)
  --config FILE   tell which source uses which port (default: gateway.yaml or agent.yaml here)
  --json          one JSON object a line

Exit codes: 0 told, 1 there is no port, 2 usage.
`;

export const portsCommand: Command = toolCommand({
  name: 'ports',
  summary: 'find serial ports, who holds them, and what they speak',
  help,
  run,
});

const MAX_SECONDS = 600;

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const asked = readArguments(args);
  const found = await findPorts(asked.paths);
  const sources = await configuredSources(asked.config);
  for (const port of found) {
    const holder = await findLockHolder(port.path);
    const obstacle = (await findObstacle(port.path))?.message ?? null;
    const free = holder === null && obstacle === null;
    const heard = asked.listen && free ? await listen(port.path, asked.seconds, io) : null;
    const names = [port.path, port.stablePath];
    const source = sources.find(
      ({ transport }) => transport.kind === 'serial' && names.includes(transport.path),
    );
    const report: PortReport = { ...port, holder, obstacle, source: source?.name ?? null, heard };
    io.stdout.write(asked.asJson ? `${toJson(report)}\n` : `${describePort(report)}\n`);
  }
  if (found.length > 0) return 0;
  io.stderr.write(
    'no serial port: plug the adapter in and look again; dmesg | tail tells whether the kernel saw it\n',
  );
  return 1;
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        listen: { type: 'boolean' },
        seconds: { type: 'string' },
        config: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const seconds = Number(values.seconds ?? 3);
    if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
      throw new Error(`--seconds ${values.seconds}: write a number up to ${MAX_SECONDS}`);
    }
    return {
      paths: positionals,
      listen: values.listen ?? false,
      seconds,
      config: values.config ?? null,
      asJson: values.json ?? false,
    };
  } catch (error) {
    throw new GatewayError('USAGE', (error as Error).message);
  }
}

/** A path that was asked for is told even if /sys does not know it: a pseudo-terminal, or a wrong name. */
async function findPorts(paths: readonly string[]): Promise<SerialPortInfo[]> {
  const all = await listSerialPorts(createMachine());
  if (paths.length === 0) return all;
  return paths.map((path) => {
    const known = all.find((port) => port.path === path || port.stablePath === path);
    return known ?? { path, stablePath: null, driver: null, adapter: null, usb: null };
  });
}

function listen(path: string, seconds: number, io: CommandIo): Promise<Heard[]> {
  const moving = (io.stderr as { isTTY?: boolean }).isTTY === true;
  return listenTo(
    {
      drivers: [...drivers.values()],
      settings: USUAL_SETTINGS,
      openPort: (settings) => createSerialTransport({ path, ...settings }),
      wait: (ms) => sleep(ms, undefined, { signal: io.signal }).catch(() => {}),
      now: Date.now,
      trying(settings) {
        if (moving) io.stderr.write(`\r\u001b[Klistening at ${formatSettings(settings)} …`);
      },
    },
    seconds * 1000,
  ).finally(() => {
    if (moving) io.stderr.write('\r\u001b[K');
  });
}

function toJson({ heard, ...port }: PortReport): string {
  const speaks = heard?.at(-1) ?? null;
  const understood = speaks?.understood ?? null;
  return JSON.stringify({
    ...port,
    heard: heard?.map(({ settings, bytes }) => ({ ...settings, bytes })) ?? null,
    speaks: understood && {
      driver: understood.driver,
      ...speaks?.settings,
      observations: understood.observations,
      rejected: understood.rejected,
    },
  });
}
