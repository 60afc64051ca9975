import { describe, expect, it } from 'vitest';
import type { Step } from '../../driver.ts';
import { plain, runSession, testDriver, type Vector } from '../../testing/driver-contract.ts';
import { MAX_EPOCH_LENGTH } from './epochs.ts';
import { nmea0183 } from './nmea0183.ts';
import vectors from './nmea0183.vectors.json' with { type: 'json' };
import { checksumOf } from './sentence.ts';

testDriver(nmea0183, vectors as unknown as Vector[]);

const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const sentence = (body: string) =>
  latin1(`$${body}*${checksumOf(body).toString(16).toUpperCase().padStart(2, '0')}\r\n`);
const gga = (second: number, north = '6125.2000') =>
  sentence(`GPGGA,1015${String(second).padStart(2, '0')},${north},N,01452.8000,E,1,08,1.1,,M,,M,,`);
const rmc = (second: number) =>
  sentence(
    `GPRMC,1015${String(second).padStart(2, '0')},A,6125.2000,N,01452.8000,E,1.0,2.0,220326,,,A`,
  );
const codesOf = ({ observations }: Step) =>
  observations.map(({ fields }) => fields['position.latitude']?.code);

describe('nmea0183, an epoch', () => {
  it('is told when the next one begins, as one observation with one frame', () => {
    const session = nmea0183.createSession({});
    expect(session.receive({ bytes: rmc(1) }, 0).observations).toEqual([]);
    expect(session.receive({ bytes: gga(1) }, 10).observations).toEqual([]);
    const { observations } = session.receive({ bytes: rmc(2) }, 20);
    expect(observations.map(({ time }) => time)).toEqual([Date.UTC(2026, 2, 22, 10, 15, 1)]);
    const text = Buffer.from(observations[0]?.frame ?? []).toString('latin1');
    expect(text).toMatch(/^\$GPRMC,101501.*\r\n\$GPGGA,101501.*\*[0-9A-F]{2}$/s);
  });

  it('is told after a pause, without waiting a second for the next', () => {
    const session = nmea0183.createSession({});
    expect(session.receive({ bytes: rmc(1) }, 1000).nextTickMs).toBe(1300);
    expect(session.receive({ bytes: gga(1) }, 1100).nextTickMs).toBe(1400);
    expect(session.tick(1300).observations).toEqual([]);
    const told = session.tick(1400);
    expect(codesOf(told)).toEqual(['GPGGA.2']);
    expect(told.nextTickMs).toBeNull();
  });

  it('is over after a pause even where nobody ticked', () => {
    const session = nmea0183.createSession({});
    session.receive({ bytes: rmc(1) }, 1000);
    expect(codesOf(session.receive({ bytes: gga(1) }, 1300))).toEqual(['GPRMC.3']);
  });

  it('decodes again from its frame, though it stood between comments and broken sentences', () => {
    const broken = latin1('$GPGSV,1,1,01,02,41,1\x002,38*47\r\n# a comment\r\n');
    const told = runSession(nmea0183, {}, [rmc(1), broken, gga(1), broken, rmc(2)]);
    expect(told.rejected.map(({ code }) => code)).toEqual(['FRAME_SYNTAX', 'FRAME_SYNTAX']);
    for (const observation of told.observations) {
      const again = runSession(nmea0183, {}, [observation.frame]).observations;
      expect(again.map(plain)).toEqual([plain(observation)]);
    }
    expect(told.observations.length).toBe(2);
  });

  it('is no longer than its bound, whatever stands in it', () => {
    const noise = latin1('#'.repeat(MAX_EPOCH_LENGTH));
    const told = runSession(nmea0183, {}, [rmc(1), noise, gga(1), rmc(2)]);
    expect(codesOf({ ...told, send: [], nextTickMs: null })).toEqual([
      'GPRMC.3',
      'GPGGA.2',
      'GPRMC.3',
    ]);
    for (const { frame } of told.observations) expect(frame.length).toBeLessThan(200);
  });

  it('tells a doubt: one sentence vouches for a position, another warns', () => {
    const warning = sentence('GPRMC,101501,V,6125.2000,N,01452.8000,E,,,220326,,,N');
    const [one] = runSession(nmea0183, {}, [gga(1), warning]).observations.map(plain);
    expect(one?.fields).toMatchObject({
      'position.fix': ['single', null, 'GPGGA.6'],
      'position.latitude': ['61.420000', 'lat', 'GPGGA.2'],
      'other.nmea0183.doubt': ['none', null, 'GPRMC.2'],
    });
  });

  it('asks for no tick when nothing is open', () => {
    const session = nmea0183.createSession({});
    expect(session.tick(0)).toEqual({ observations: [], rejected: [], send: [], nextTickMs: null });
    expect(session.receive({ bytes: latin1('# nothing\r\n') }, 5).nextTickMs).toBeNull();
  });

  it('goes on after makers’ binary messages', () => {
    const binary = Uint8Array.from({ length: 100 }, (_, i) => (i * 37) % 256);
    const told = runSession(nmea0183, {}, [gga(1), binary, gga(2), binary, gga(3)]);
    expect(told.observations.length).toBe(3);
  });
});

describe('nmea0183, its options', () => {
  it.each([
    [{ checksum: 'sometimes' }, /checksum is required or optional, not sometimes/],
    [{ nofix: 'no' }, /nofix is tell or skip/],
    [{ since: 'yesterday' }, /since is a date such as 2026-01-31/],
    [{ since: '2026-13-31' }, /since is a date/],
    [{ speed: '4800' }, /it has: checksum, nofix, since/],
  ])('refuses %o', (options, message) => {
    expect(() => nmea0183.createSession(options as Record<string, string>)).toThrow(message);
  });
});
