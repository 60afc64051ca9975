import { decodeReading, parseDecimal, parseEvidence } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { recordedFile } from '../../testing/recorded-fixture.ts';
import { decodeAgain } from './decode-again.ts';

const [evidence] = parseEvidence(new TextDecoder().decode(recordedFile)).readings;
const reading = decodeReading(evidence!.bytes);
const frame = evidence!.frame as Uint8Array;

describe('decoding the device’s own bytes again', () => {
  it('agrees with the recorded reading', () => {
    expect(decodeAgain(reading, frame)).toEqual({ agrees: true, detail: '' });
  });

  it('names the field that the device told otherwise', () => {
    const fields = reading.fields.map((field) =>
      field.name === 'power.import' ? { ...field, value: parseDecimal('9.999') } : field,
    );
    expect(decodeAgain({ ...reading, fields }, frame)?.detail).toMatch(
      /^power\.import: the device said .* the reading says 9\.999/,
    );
  });

  it('notices a field left out and one put in', () => {
    const fewer = { ...reading, fields: reading.fields.slice(1) };
    expect(decodeAgain(fewer, frame)?.agrees).toBe(false);
    const more = { name: 'zz', value: 'x', unit: null, code: null };
    expect(decodeAgain({ ...reading, fields: [...reading.fields, more] }, frame)?.agrees).toBe(
      false,
    );
  });

  it('does not take one device’s frame for another’s', () => {
    expect(decodeAgain({ ...reading, device: 'other' }, frame)?.detail).toContain(
      'says nothing of device other',
    );
  });

  it('tells why a frame cannot be decoded, and that there is no driver', () => {
    expect(decodeAgain(reading, frame.slice(0, 50))?.agrees).toBe(false);
    expect(
      decodeAgain({ ...reading, origin: { ...reading.origin, driver: 'abacus' } }, frame),
    ).toBeNull();
  });
});
