/**
 * Telegrams of real meters, from a folder that is not part of this repository: SIGILL_CORPUS names it.
 * Beside each `x.telegram` stands `x.expected.json` with what two other decoders say of it.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type ExpectedObservation,
  plain,
  runSession,
  testVector,
} from '../../testing/driver-contract.ts';
import { assertedBy, type Expected } from './corpus-fixture.ts';
import { dsmrP1 } from './dsmr-p1.ts';

const folder = process.env.SIGILL_CORPUS ? `${process.env.SIGILL_CORPUS}/dsmr-p1` : '';
const files = existsSync(folder) ? globSync('**/*.telegram', { cwd: folder }).sort() : [];

const title = folder ? 'dsmr-p1 corpus' : 'dsmr-p1 corpus (skipped: no SIGILL_CORPUS)';

describe.skipIf(folder === '')(title, () => {
  it('is there', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  describe.each(files)('%s', (file) => {
    const bytes = readFileSync(`${folder}/${file}`);
    const expected: Expected = JSON.parse(
      readFileSync(`${folder}/${file.replace('.telegram', '.expected.json')}`, 'utf8'),
    );
    const told = runSession(dsmrP1, {}, [bytes]);
    const observations = told.observations.map(plain);

    it('gives the values two other decoders give', () => {
      expect(told.rejected).toEqual([]);
      for (const { claim, actual, due } of assertedBy(expected, observations))
        expect(actual, claim).toBe(due);
    });

    it('tells every object of the telegram', () => {
      const codes = new Set(
        observations.flatMap(({ fields }) => Object.values(fields).map(([, , code]) => code)),
      );
      for (const [, code] of bytes.toString('latin1').matchAll(/^([\d:.*-]+)\(/gm))
        expect(codes, code).toContain(code);
    });

    // Some sources trimmed the last line end; without it, noise would touch the end mark.
    const text = bytes.toString('latin1').replace(/(?<!\n)$/, '\r\n');
    testVector(dsmrP1, {
      name: file,
      source: file,
      options: {},
      frame: [text],
      observations: observations as ExpectedObservation[],
    });
  });
});
