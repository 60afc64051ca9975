import { describe, expect, it } from 'vitest';
import { parseSourceConfig } from './config.ts';

const PLACE = 'gateway.yaml: sources[0]';
const MINIMAL = {
  name: 'house-17',
  driver: 'dsmr-p1',
  transport: { serial: '/dev/serial/by-id/usb-p1' },
};

describe('a source', () => {
  it('needs a name, a driver and a transport; the rest has defaults', () => {
    expect(parseSourceConfig(MINIMAL, PLACE)).toEqual({
      name: 'house-17',
      driver: 'dsmr-p1',
      transport: { kind: 'serial', path: '/dev/serial/by-id/usb-p1', baudRate: 115_200 },
      cadenceMs: null,
      heartbeatMs: 300_000,
      heartbeats: 'device',
      frames: 'keep',
      options: {},
    });
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
    expect(parseSourceConfig(written, PLACE)).toMatchObject({
      transport: { kind: 'tcp', host: '[fd00::7]', port: 2404 },
      cadenceMs: 1000,
      heartbeatMs: 60_000,
      heartbeats: 'source',
      frames: 'hash',
      options: { zone: 'Europe/Brussels', address: '7' },
    });
  });

  it.each([
    [{ ...MINIMAL, name: 'House 17' }, 'sources[0].name: found "House 17"; write 1 to 59 of a-z'],
    [{ ...MINIMAL, name: '~agent' }, 'sources[0].name: found "~agent"'],
    [{ ...MINIMAL, driver: undefined }, 'sources[0].driver: found nothing; write a driver'],
    [{ ...MINIMAL, heartbeat: 5 }, 'sources[0].heartbeat: no such key; write one of name, driver'],
    [{ ...MINIMAL, heartbeatMs: 5 }, 'sources[0].heartbeatMs: found 5; write a whole number'],
    [{ ...MINIMAL, heartbeatMs: '60s' }, 'sources[0].heartbeatMs: found "60s"'],
    [{ ...MINIMAL, frames: 'all' }, 'sources[0].frames: found "all"; write keep or hash'],
    [{ ...MINIMAL, transport: {} }, 'sources[0].transport: found {}; write { serial:'],
    [{ ...MINIMAL, transport: 'tcp' }, 'sources[0].transport: found "tcp"; write { serial:'],
    [{ ...MINIMAL, transport: { tcp: 'meter' } }, 'sources[0].transport.tcp: found "meter"'],
    [{ ...MINIMAL, transport: { tcp: 'meter:70000' } }, 'a port from 1 to 65535'],
    [{ ...MINIMAL, options: { zone: [] } }, 'sources[0].options.zone: found []; write a text'],
    [[], 'gateway.yaml: sources[0]: found []; write keys out of name'],
  ])(
    'that is wrong is refused with its key, what stands there and what to write: %j',
    (written, message) => {
      expect(() => parseSourceConfig(written, PLACE)).toThrow(
        expect.objectContaining({
          code: 'CONFIGURATION',
          message: expect.stringContaining(message),
        }),
      );
    },
  );
});
