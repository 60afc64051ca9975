import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMachine } from '../machine.ts';
import { listSerialPorts } from './serial-ports.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sigill-machine-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('serial ports', () => {
  it('tell adapter, driver and the name that stays', async () => {
    const device = '/sys/devices/usb1/1-1/1-1:1.0/ttyUSB0';
    write('/sys/devices/usb1/1-1/idVendor', '0403\n');
    write('/sys/devices/usb1/1-1/idProduct', '6001\n');
    write('/sys/devices/usb1/1-1/manufacturer', 'FTDI\n');
    write('/sys/devices/usb1/1-1/product', 'P1 cable\n');
    write('/sys/devices/usb1/1-1/serial', 'A1\n');
    write('/sys/bus/usb-serial/drivers/ftdi_sio/bind', '');
    write('/dev/ttyUSB0', '');
    link(`${device}/driver`, '/sys/bus/usb-serial/drivers/ftdi_sio');
    link('/sys/class/tty/ttyUSB0/device', device);
    link('/dev/serial/by-id/usb-FTDI_P1_A1-if00-port0', '/dev/ttyUSB0');

    expect(await listSerialPorts(createMachine(root))).toEqual([
      {
        path: '/dev/ttyUSB0',
        stablePath: '/dev/serial/by-id/usb-FTDI_P1_A1-if00-port0',
        driver: 'ftdi_sio',
        adapter: 'FTDI P1 cable A1',
        usb: '0403:6001',
      },
    ]);
  });

  it('of the board itself are told, consoles and ports without a chip are not', async () => {
    write('/sys/devices/platform/serial0/uart', '');
    link('/sys/class/tty/ttyAMA0/device', '/sys/devices/platform/serial0');
    write('/sys/class/tty/ttyAMA0/type', '32\n');
    link('/sys/class/tty/ttyS3/device', '/sys/devices/platform/serial0');
    write('/sys/class/tty/ttyS3/type', '0\n');
    write('/sys/class/tty/tty1/dev', '4:1\n');

    const ports = await listSerialPorts(createMachine(root));
    expect(ports.map(({ path }) => path)).toEqual(['/dev/ttyAMA0']);
    expect(ports[0]).toMatchObject({ adapter: null, usb: null, stablePath: null });
  });

  it('are none where there is no /sys', async () => {
    expect(await listSerialPorts(createMachine(root))).toEqual([]);
  });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  mkdirSync(join(root, dirname(target)), { recursive: true });
  symlinkSync(join(root, target), join(root, path));
}
