import { describe, expect, it } from 'vitest';
import { readSources } from './config.ts';
import { createConfigSection } from './config-section.ts';

const MINIMAL = {
  name: 'house-17',
  driver: 'dsmr-p1',
  transport: { serial: '/dev/serial/by-id/usb-p1' },
};

const read = (...sources: unknown[]) =>
  readSources(createConfigSection('gateway.yaml', '', { sources }, ['sources']));

describe('a source', () => {
  it('needs a name, a driver and a transport; the rest has defaults', () => {
    expect(read(MINIMAL)).toEqual([
      {
        name: 'house-17',
        driver: 'dsmr-p1',
        transport: { kind: 'serial', path: '/dev/serial/by-id/usb-p1', baudRate: 115_200 },
        cadenceMs: null,
        heartbeatMs: 300_000,
        heartbeats: 'device',
        frames: 'keep',
        options: {},
      },
    ]);
  });

  it('reads everything it may have', () => {
    const written = {
      ...MINIMAL,
      transport: { tcp: '[fd00::7]:2404' },
      cadenceMs: 1000,
      heartbeatMs: 60_000,
      heartbeats: 'source',
      frames: 'hash',
      options: { zone: 'Europe/Brussels', address: 7 },
    };
    expect(read(written)).toMatchObject([
      {
        transport: { kind: 'tcp', host: '[fd00::7]', port: 2404 },
        cadenceMs: 1000,
        heartbeatMs: 60_000,
        heartbeats: 'source',
        frames: 'hash',
        options: { zone: 'Europe/Brussels', address: '7' },
      },
    ]);
  });

  it.each([
    [{ ...MINIMAL, name: 'House 17' }, 'sources[0].name: found House 17; write 1 to 59 of a-z'],
    [{ ...MINIMAL, name: '~agent' }, 'sources[0].name: found ~agent'],
    [{ ...MINIMAL, driver: undefined }, 'sources[0].driver: found nothing; write a driver'],
    [{ ...MINIMAL, heartbeat: 5 }, 'sources[0].heartbeat: no such key; write one of name, driver'],
    [{ ...MINIMAL, heartbeatMs: 5 }, 'sources[0].heartbeatMs: found 5; write a whole number'],
    [{ ...MINIMAL, heartbeatMs: '60s' }, 'sources[0].heartbeatMs: found 60s'],
    [{ ...MINIMAL, frames: 'all' }, 'sources[0].frames: found all; write keep or hash'],
    [
      { ...MINIMAL, transport: undefined },
      'sources[0].transport: found neither serial nor tcp; write { serial:',
    ],
    [
      { ...MINIMAL, transport: { ...MINIMAL.transport, tcp: 'meter:1' } },
      'sources[0].transport: found both serial and tcp; write { serial:',
    ],
    [{ ...MINIMAL, transport: 'tcp' }, 'sources[0].transport: found tcp; write { serial:'],
    [
      { ...MINIMAL, transport: { serial: 'ttyUSB0' } },
      'sources[0].transport.serial: found ttyUSB0; write a device file',
    ],
    [{ ...MINIMAL, transport: { tcp: 'meter' } }, 'sources[0].transport.tcp: found meter'],
    [{ ...MINIMAL, transport: { tcp: 'meter:70000' } }, 'a port from 1 to 65535'],
    [{ ...MINIMAL, options: { zone: [] } }, 'sources[0].options.zone: found []; write a text'],
    [[], 'gateway.yaml: sources[0]: found []; write keys out of name'],
  ])(
    'that is wrong is refused with its key, what stands there and what to write: %j',
    (written, message) => {
      expect(() => read(written)).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          message: expect.stringContaining(message),
        }),
      );
    },
  );

  it('has a name that no other has', () => {
    expect(() => read(MINIMAL, { ...MINIMAL, driver: 'other' })).toThrow(
      'gateway.yaml: sources[1].name: found house-17; write a name no other source has',
    );
  });
});
