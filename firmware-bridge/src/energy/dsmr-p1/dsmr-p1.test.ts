import { describe, expect, it } from 'vitest';
import { MAX_REJECTED_BYTES } from '../../driver.ts';
import { runSession, testDriver, type Vector } from '../../testing/driver-contract.ts';
import { crc16Arc } from './crc16-arc.ts';
import { dsmrP1 } from './dsmr-p1.ts';
import vectors from './dsmr-p1.vectors.json' with { type: 'json' };

testDriver(dsmrP1, vectors as unknown as Vector[]);

describe('dsmr-p1', () => {
  it('asks for nothing, and for no tick', () => {
    const session = dsmrP1.createSession({});
    expect(session.tick(0)).toEqual({ observations: [], rejected: [], send: [], nextTickMs: null });
  });

  it('tells a refused telegram by its first bytes only', () => {
    const torn = new TextEncoder().encode(`/ABC5\r\n${'x'.repeat(5000)}`);
    const [rejection] = runSession(dsmrP1, {}, [torn]).rejected;
    expect(rejection?.length).toBe(torn.length);
    expect(rejection?.bytes).toEqual(torn.slice(0, MAX_REJECTED_BYTES));
  });

  it('refuses a telegram cut behind its end mark: where the line does not end, the checksum was lost', () => {
    const cut = new TextEncoder().encode('/ABC5\r\n\r\n1-3:0.2.8(42)\r\n1-0:1.7.0(00.100*kW)\r\n!');
    const { rejected } = runSession(dsmrP1, {}, [cut]);
    expect(rejected.map(({ code }) => code)).toEqual(['CHECKSUM_MISSING']);
  });

  it('takes no telegram without a checksum from a meter that has sent one', () => {
    const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
    const without = latin1('/ABC5\r\n\r\n1-3:0.2.8(42)\r\n1-0:1.7.0(00.100*kW)\r\n!\r\n');
    const body = '/ABC5\r\n\r\n1-3:0.2.8(42)\r\n1-0:1.7.0(00.200*kW)\r\n!';
    const checksum = crc16Arc(latin1(body), body.length).toString(16).toUpperCase();
    const checked = latin1(`${body}${checksum.padStart(4, '0')}\r\n`);
    const codes = (...telegrams: Uint8Array[]) =>
      runSession(dsmrP1, {}, telegrams).rejected.map(({ code }) => code);
    expect(codes(without, without)).toEqual([]);
    expect(codes(without, checked, without)).toEqual(['CHECKSUM_MISSING']);
  });

  it.each([
    [{ zone: 'Europe/Atlantis' }, /zone Europe\/Atlantis/],
    [{ checksum: 'sometimes' }, /checksum is auto, required or optional/],
    [{ speed: '9600' }, /it has: zone, checksum/],
  ])('refuses the options %o', (options, message) => {
    expect(() => dsmrP1.createSession(options as Record<string, string>)).toThrow(message);
  });
});
