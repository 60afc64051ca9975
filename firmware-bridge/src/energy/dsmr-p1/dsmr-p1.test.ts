import { describe, expect, it } from 'vitest';
import { MAX_REJECTED_BYTES } from '../../driver.ts';
import { runSession, testDriver, type Vector } from '../../testing/driver-contract.ts';
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

  it.each([
    [{ zone: 'Europe/Atlantis' }, /zone Europe\/Atlantis/],
    [{ checksum: 'sometimes' }, /checksum is required or optional/],
    [{ speed: '9600' }, /it has: zone, checksum/],
  ])('refuses the options %o', (options, message) => {
    expect(() => dsmrP1.createSession(options as Record<string, string>)).toThrow(message);
  });
});
