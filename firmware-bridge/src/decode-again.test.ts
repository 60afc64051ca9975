import { decodeReading, encodeReading, type Reading, sha256 } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { findDriver } from './catalogue.ts';
import { decodeAgain } from './decode-again.ts';
import type { DecodedObservation } from './driver.ts';
import { formatDriverName } from './driver-name.ts';
import { createTagReader } from './simulators/iso11784.ts';
import { createReceiver } from './simulators/nmea0183.ts';
import { createScale } from './simulators/scale.ts';

const START = Date.UTC(2026, 8, 14, 5);
const MINUTES = 20;

/** The reading an agent makes of an observation, after it has travelled. */
function readingOf(
  { kind, device, time, fields, frame }: DecodedObservation,
  driver: string,
  atMs: number,
): Reading {
  return decodeReading(
    encodeReading({
      agent: new Uint8Array(16),
      seq: 0,
      source: 'here',
      device,
      n: 0,
      kind,
      time: atMs,
      clock: { quality: 0, maxErrorMs: null, deviceTime: time, uptimeMs: 0 },
      origin: { driver, frameHash: sha256(frame) },
      fields: Object.entries(fields)
        .map(([name, field]) => ({ name, ...field }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      salt: new Uint8Array(16),
    }),
  );
}

describe('decoding again', () => {
  it.each([
    ['nmea0183', createReceiver, {}],
    ['iso11784', createTagReader, { zone: 'Europe/Stockholm' }],
    ['scale', createScale, {}],
  ] as const)('agrees with every reading of %s, from its frame alone', (id, create, options) => {
    const driver = findDriver(id);
    const name = formatDriverName(driver, options);
    const session = driver.createSession(options);
    const device = create({ seed: 6 });
    let readings = 0;
    for (let ms = START; ms < START + MINUTES * 60_000; ms += 1000)
      for (const { bytes } of device.speak(ms))
        for (const observation of session.receive({ bytes }, ms).observations) {
          readings++;
          const reading = readingOf(observation, name, ms);
          expect(decodeAgain(reading, observation.frame)).toEqual({ agrees: true, detail: '' });
        }
    expect(readings).toBeGreaterThan(MINUTES);
  });

  it('says in what a reading differs from its frame', () => {
    const session = findDriver('scale').createSession({});
    const frame = new TextEncoder().encode('ST,GS,+0012345kg\r\n');
    const [observation] = session.receive({ bytes: frame }, START).observations;
    if (observation === undefined) throw new Error('no observation');
    const { 'weight.gross': gross, ...rest } = observation.fields;
    const heavier = { ...gross, value: { mantissa: 99n, exponent: 0 }, unit: 'kg', code: 'GS' };
    const changed = { ...observation, fields: { ...rest, 'weight.gross': heavier } };
    expect(decodeAgain(readingOf(changed, 'scale', START), frame)).toEqual({
      agrees: false,
      detail: 'weight.gross: the frame says 12345, the reading 99',
    });
  });
});
