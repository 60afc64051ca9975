/**
 * The devices of Sigillstad in one process: each sends its own bytes through a port, a socket or the
 * gateway's broker, as `sigill simulate` does for one.
 * @module
 */
import type { Command, CommandIo } from '@sigill/firmware-bridge';

/** Where the town's devices are met. */
export interface TownPlaces {
  /** Links to the pseudo-terminals of the meter and of the reader at the fish ladder. */
  readonly meter: string;
  readonly fishLadder: string;
  readonly portalPort: number;
  readonly brokerPort: number;
  /** Of the broker's client `town`. */
  readonly passwordFile: string;
}

export const TOWN_CLIENT = 'town';
export const UPLINKS = 'application/+/device/+/event/up';
// Often enough that a visitor sees something move; a real collar or bin speaks some times a day.
const BIN_MS = 20_000;
const COLLAR_MS = 10_000;

export const TOWN_BIN = '24e1240000000002';
export const TOWN_COLLAR = '24e1240000000003';

/** What each source is called, and how the gateway reaches it. */
export function townSources(places: TownPlaces): readonly object[] {
  const common = { heartbeatMs: 300_000, frames: 'keep' };
  const uplinks = (device: string) => ({ broker: UPLINKS.replace(/\+(?=\/event)/, device) });
  return [
    {
      name: 'house-17',
      driver: 'dsmr-p1',
      transport: { serial: places.meter, baudRate: 115_200 },
      cadenceMs: 1000,
      ...common,
    },
    {
      name: 'fish-ladder',
      driver: 'iso11784',
      transport: { serial: places.fishLadder, baudRate: 9600 },
      heartbeats: 'source',
      ...common,
    },
    {
      name: 'store-gate',
      driver: 'llrp',
      transport: { tcp: `127.0.0.1:${places.portalPort}` },
      options: { repeat: 10_000 },
      heartbeats: 'source',
      ...common,
    },
    {
      name: 'bin-7',
      driver: 'chirpstack',
      transport: uplinks(TOWN_BIN),
      options: { codec: 'milesight-udl' },
      cadenceMs: BIN_MS,
      ...common,
    },
    {
      name: 'fox-collar',
      driver: 'chirpstack',
      transport: uplinks(TOWN_COLLAR),
      options: { codec: 'abeeway' },
      cadenceMs: COLLAR_MS,
      ...common,
    },
  ];
}

/** Runs every device until the signal. @returns the exit code of the first that could not be one */
export async function runTown(places: TownPlaces, io: CommandIo): Promise<number> {
  const { commands } = await import('@sigill/firmware-bridge/commands');
  const simulate = commands.find(({ name }) => name === 'simulate') as Command;
  const codes = await Promise.all(
    devices(places).map(async (args) => {
      const code = await simulate.run(args, io);
      if (!io.signal.aborted) io.stderr.write(`the device ${args.join(' ')} ended with ${code}\n`);
      return code;
    }),
  );
  return Math.max(...codes);
}

function devices(places: TownPlaces): readonly (readonly string[])[] {
  const { meter, fishLadder, portalPort, brokerPort, passwordFile } = places;
  const broker = [
    ...['--to', `mqtt://${TOWN_CLIENT}@127.0.0.1:${brokerPort}`],
    ...['--password-file', passwordFile],
  ];
  return [
    ['dsmr-p1', '--to', 'pty', '--link', meter],
    ['iso11784', '--to', 'pty', '--link', fishLadder],
    ['llrp', '--to', `tcp:127.0.0.1:${portalPort}`],
    ['chirpstack', ...broker, '--seed', '2', '--interval', `${BIN_MS}`],
    [
      'chirpstack',
      '--option',
      'codec=abeeway',
      ...broker,
      '--seed',
      '3',
      '--interval',
      `${COLLAR_MS}`,
    ],
  ];
}
