/**
 * The serial ports of this machine, from /sys alone: no udevadm is needed, as it is missing in
 * containers and the usual library then finds nothing.
 * @module
 */
import { dirname } from 'node:path';
import type { Machine } from '../machine.ts';

export interface SerialPortInfo {
  /** Such as /dev/ttyUSB0: renumbered when adapters come and go. */
  readonly path: string;
  /** Below /dev/serial/by-id: names the adapter itself; null where it has no name of its own. */
  readonly stablePath: string | null;
  /** The kernel's driver, such as ftdi_sio. */
  readonly driver: string | null;
  /** Maker, product and serial number as the adapter tells them. */
  readonly adapter: string | null;
  /** USB vendor and product, such as 0403:6001. */
  readonly usb: string | null;
}

const TTY = '/sys/class/tty';
const BY_ID = '/dev/serial/by-id';
// serial8250 makes four ports whether or not a chip is there; those without have the type 0.
const NO_CHIP = '0';

export async function listSerialPorts(machine: Machine): Promise<SerialPortInfo[]> {
  const stable = await stablePaths(machine);
  const ports: SerialPortInfo[] = [];
  for (const name of await machine.list(TTY)) {
    const device = await machine.follow(`${TTY}/${name}/device`);
    if (device === null) continue; // a console or pseudo-terminal
    if ((await machine.read(`${TTY}/${name}/type`))?.trim() === NO_CHIP) continue;
    const path = `/dev/${name}`;
    ports.push({
      path,
      stablePath: stable.get(path) ?? null,
      driver: lastPart(await machine.follow(`${device}/driver`)),
      ...(await describeAdapter(machine, device)),
    });
  }
  return ports;
}

async function stablePaths(machine: Machine): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of await machine.list(BY_ID)) {
    const path = await machine.follow(`${BY_ID}/${name}`);
    if (path !== null) found.set(path, `${BY_ID}/${name}`);
  }
  return found;
}

/** The USB device stands some directories above its serial interface. */
async function describeAdapter(
  machine: Machine,
  device: string,
): Promise<{ adapter: string | null; usb: string | null }> {
  for (let place = device; place.length > '/sys'.length; place = dirname(place)) {
    const tell = async (file: string) => (await machine.read(`${place}/${file}`))?.trim() || null;
    const vendor = await tell('idVendor');
    if (vendor === null) continue;
    const words = [await tell('manufacturer'), await tell('product'), await tell('serial')];
    return {
      adapter: words.filter((word) => word !== null).join(' ') || null,
      usb: `${vendor}:${await tell('idProduct')}`,
    };
  }
  return { adapter: null, usb: null };
}

function lastPart(path: string | null): string | null {
  return path?.slice(path.lastIndexOf('/') + 1) ?? null;
}
