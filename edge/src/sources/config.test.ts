import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSources } from './config.ts';
import { createConfigSection } from './config-section.ts';

const MINIMAL = {
  name: 'house-17',
  driver: 'dsmr-p1',
  transport: { serial: '/dev/serial/by-id/usb-p1' },
};

const read = (...sources: unknown[]) =>
  readSources(createConfigSection('/etc/sigill/gateway.yaml', '', { sources }, ['sources']));

describe('a source', () => {
  it('needs a name, a driver and a transport; the rest has defaults', () => {
    expect(read(MINIMAL)).toEqual([
      {
        name: 'house-17',
        driver: 'dsmr-p1',
        transport: {
          ...{ kind: 'serial', path: '/dev/serial/by-id/usb-p1' },
          ...{ baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1 },
        },
        cadenceMs: null,
        heartbeatMs: 300_000,
        heartbeats: 'device',
        frames: 'keep',
        options: {},
        commitWindowMs: 200,
        maxPerSecond: null,
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
      options: { zone: 'Europe/Brussels' },
      commitWindowMs: 50,
      maxPerSecond: 5000,
    };
    expect(read(written)).toMatchObject([
      {
        transport: { kind: 'tcp', host: 'fd00::7', port: 2404 },
        cadenceMs: 1000,
        heartbeatMs: 60_000,
        heartbeats: 'source',
        frames: 'hash',
        options: { zone: 'Europe/Brussels' },
        commitWindowMs: 50,
        maxPerSecond: 5000,
      },
    ]);
  });

  it.each([
    [{ ...MINIMAL, name: 'House 17' }, 'sources[0].name: found House 17; write 1 to 59 of a-z'],
    [{ ...MINIMAL, name: '~agent' }, 'sources[0].name: found ~agent'],
    [{ ...MINIMAL, driver: undefined }, 'sources[0].driver: found nothing; write a driver, one of'],
    [{ ...MINIMAL, driver: 'p1' }, 'sources[0].driver: found p1; write a driver, one of dsmr-p1'],
    [{ ...MINIMAL, heartbeat: 5 }, 'sources[0].heartbeat: no such key; write one of name, driver'],
    [{ ...MINIMAL, heartbeatMs: 5 }, 'sources[0].heartbeatMs: found 5; write a whole number'],
    [{ ...MINIMAL, heartbeatMs: '60s' }, 'sources[0].heartbeatMs: found 60s'],
    [{ ...MINIMAL, frames: 'all' }, 'sources[0].frames: found all; write keep or hash'],
    [{ ...MINIMAL, commitWindowMs: 0 }, 'commitWindowMs: found 0; write a whole number of at'],
    [{ ...MINIMAL, commitWindowMs: 60_000 }, 'commitWindowMs: found 60000; write at most 10000'],
    [{ ...MINIMAL, options: { zone: [] } }, 'sources[0].options.zone: found []; write a text'],
    [{ ...MINIMAL, options: { zoen: 'x' } }, 'write options it takes: dsmr-p1 has no option zoen'],
    [[], 'gateway.yaml: sources[0]: found []; write keys out of name'],
  ])('that is wrong is refused with its key, what stands there, what to write: %j', refused);

  it('is read as the README writes it', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const [, example = ''] = /```yaml\n(sources:[^`]+)```/.exec(readme) ?? [];
    const { sources } = parse(example) as { sources: unknown[] };
    expect(read(...sources).map(({ transport }) => transport.kind)).toEqual([
      ...['serial', 'tcp', 'broker', 'mqtt'],
    ]);
  });

  it('has a name that no other has', () => {
    expect(() => read(MINIMAL, { ...MINIMAL, transport: { tcp: 'meter:1' } })).toThrow(
      'gateway.yaml: sources[1].name: found house-17; write a name no other source has',
    );
  });

  it('has a port that no other has', () => {
    expect(() => read(MINIMAL, { ...MINIMAL, name: 'other' })).toThrow(
      'sources[1].transport.serial: found the port of house-17, /dev/serial/by-id/usb-p1; write another port',
    );
  });
});

const over = (transport: unknown) => ({ ...MINIMAL, transport });
const overMqtt = (change: object) =>
  over({ mqtt: 'mqtts://broker.example:8883', topics: ['meters/+/p1'], ...change });

describe('the way to a device', () => {
  it('may be a port with other settings', () => {
    const [source] = read(
      over({ serial: '/dev/ttyUSB0', baudRate: 9600, dataBits: 7, parity: 'even', stopBits: 2 }),
    );
    expect(source?.transport).toEqual({
      ...{ kind: 'serial', path: '/dev/ttyUSB0' },
      ...{ baudRate: 9600, dataBits: 7, parity: 'even', stopBits: 2 },
    });
  });

  it('is a port set as its driver knows it, where nothing is written', () => {
    const [source] = read({ ...over({ serial: '/dev/ttyUSB0' }), driver: 'nmea0183' });
    expect(source?.transport).toMatchObject({ baudRate: 4800, dataBits: 8 });
    const [other] = read({ ...over({ serial: '/dev/a', baudRate: 9600 }), driver: 'nmea0183' });
    expect(other?.transport).toMatchObject({ baudRate: 9600 });
  });

  it.each([
    [over(undefined), 'sources[0].transport: found no way to a device; write one of { serial:'],
    [
      over({ serial: '/dev/ttyUSB0', tcp: 'meter:1' }),
      'sources[0].transport: found serial and tcp together; write one of { serial:',
    ],
    [over('tcp'), 'sources[0].transport: found tcp; write one of { serial:'],
    [over({ serial: 'ttyUSB0' }), 'sources[0].transport.serial: found ttyUSB0; write a device'],
    [over({ serial: '/dev/a', baudRate: 9 }), 'baudRate: found 9; write a whole number of at'],
    [over({ serial: '/dev/a', baudRate: 1e9 }), 'baudRate: found 1000000000; write at most'],
    [over({ serial: '/dev/a', dataBits: 9 }), 'dataBits: found 9; write 5 or 6 or 7 or 8'],
    [over({ serial: '/dev/a', parity: 'E' }), 'parity: found E; write none or even or odd'],
    [over({ serial: '/dev/a', stopBits: 0 }), 'stopBits: found 0; write 1 or 2'],
    [over({ tcp: 'meter:1', baudRate: 9600 }), 'transport.baudRate: no such key; write one of tcp'],
    [over({ tcp: 'meter' }), 'sources[0].transport.tcp: found meter'],
    [over({ tcp: 'meter:70000' }), 'a port from 1 to 65535'],
    [
      over({ broker: 'meters/#' }),
      'sources[0].transport: found broker; write what the driver dsmr-p1 reads: { serial:',
    ],
  ])('that is wrong is refused: %j', refused);
});

describe('a way by messages', () => {
  const driver = 'mqtt-json';

  it('may be topics of the own broker, one or more', () => {
    const found = [{ broker: 'a/+/up' }, { broker: ['a', 'b/#'] }].map(
      (transport) => read({ ...over(transport), driver })[0],
    );
    expect(found).toMatchObject([
      { transport: { kind: 'broker', topics: ['a/+/up'] }, commitWindowMs: 10 },
      { transport: { kind: 'broker', topics: ['a', 'b/#'] }, commitWindowMs: 10 },
    ]);
  });

  it('may be a broker elsewhere, with a password in a file beside the configuration', () => {
    const certificate = `sha256/${'A'.repeat(43)}=`;
    const given = { clientId: 'b7', username: 'box-7', passwordFile: 'keys/broker', certificate };
    expect(read({ ...overMqtt(given), driver })[0]?.transport).toEqual({
      ...{ kind: 'mqtt', url: 'mqtts://broker.example:8883', topics: ['meters/+/p1'] },
      ...{ clientId: 'b7', username: 'box-7' },
      ...{ passwordFile: '/etc/sigill/keys/broker', certificate },
    });
    expect(read({ ...overMqtt({}), driver })[0]?.transport).toMatchObject({
      ...{ clientId: null, username: null, passwordFile: null, certificate: null },
    });
  });

  it.each([
    [over({ broker: 'a/#/b' }), 'broker: found a/#/b; write an MQTT topic filter'],
    [over({ broker: [] }), 'broker: found []; write an MQTT topic filter'],
    [over({ broker: [7] }), 'broker: found 7; write an MQTT topic filter'],
    [overMqtt({ topics: undefined }), 'topics: found nothing; write an MQTT topic filter'],
    [overMqtt({ mqtt: 'http://a' }), 'mqtt: found http://a; write a broker, such as mqtts://'],
    [
      overMqtt({ mqtt: 'mqtt://me:secret@a:1883' }),
      'mqtt: found a name or password in it; write mqtt://a:1883, username: and passwordFile:',
    ],
    [overMqtt({ clientId: 'a b' }), 'clientId: found a b; write 1 to 64 letters'],
    [overMqtt({ passwordFile: 'p' }), 'username: found nothing; write the name that belongs to'],
    [overMqtt({ certificate: 'AB:CD' }), 'certificate: found AB:CD; write sha256/ and the 44'],
  ])('that is wrong is refused: %j', (written, message) => {
    refused({ ...written, driver }, message);
  });
});

function refused(written: unknown, message: string): void {
  expect(() => read(written)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }),
  );
}
