/**
 * Frames of real modules, from a folder that is not part of this repository: SIGILL_CORPUS names it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plain, runSession, testVector } from '../../testing/driver-contract.ts';
import { yrm100 } from './yrm100.ts';

interface Capture {
  readonly name: string;
  readonly hex: string;
  readonly expected: Readonly<Record<string, string | number>>;
}

const file = process.env.SIGILL_CORPUS
  ? `${process.env.SIGILL_CORPUS}/rfid-serial/yrm100_r200.json`
  : '';
const captures: Capture[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
const title = file ? 'yrm100 corpus' : 'yrm100 corpus (skipped: no SIGILL_CORPUS)';

// Their names, what is said of them here.
const FIELDS: Readonly<Record<string, string>> = {
  text: 'device.model',
  power_dBm: 'reader.power',
  rssi_dBm_signed: 'signal.strength',
  pc: 'tag.pc',
  epc: 'tag.id',
  crc: 'tag.crc',
};
const REFUSALS: Readonly<Record<string, string>> = {
  checksum: 'CHECKSUM_MISMATCH',
  'end byte': 'FRAME_SYNTAX',
};

describe.skipIf(file === '')(title, () => {
  let values = 0;

  describe.each(captures.map((capture) => [capture.name, capture] as const))('%s', (_, capture) => {
    const bytes = Buffer.from(capture.hex, 'hex');
    const told = runSession(yrm100, {}, [bytes]);
    const observations = told.observations.map(plain);
    const codes = told.rejected.map(({ code }) => code);

    it('says what its source says', () => {
      const { reject, error, region, ...due } = capture.expected;
      expect(codes).toEqual(reject === undefined ? [] : [REFUSALS[reject]]);
      const fields = observations[0]?.fields ?? {};
      for (const [name, value] of Object.entries(due)) {
        const field = FIELDS[name];
        if (field === undefined) continue; // type, command and the raw byte of what is asserted by its meaning
        const actual = fields[field]?.[0];
        expect(typeof value === 'number' ? Number(actual) : actual, name).toBe(value);
        values++;
      }
      if (region !== undefined) expect(fields['reader.region']?.[0]).toBe('china-900');
      if (error === '0x15') expect(observations).toEqual([]);
      else if (error !== undefined) expect(fields['device.status']?.[0]).toContain(`(${error})`);
      values += [reject, error, region].filter((one) => one !== undefined).length;
    });

    testVector(yrm100, {
      name: capture.name,
      source: 'SIGILL_CORPUS',
      hex: capture.hex,
      observations,
      rejected: codes,
    });
  });

  it('is there, and told as a row', () => {
    expect(captures.length).toBeGreaterThan(0);
    console.log(
      `| yrm100 | ${captures.length} captures | ${values} values asserted | 0 deviations |`,
    );
  });
});
