/**
 * Whatever comes down the line, a session tells the truth or nothing.
 * SIGILL_FUZZ_SEED and SIGILL_FUZZ_RUNS choose another walk; a failure names its run.
 */
import { formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it, vi } from 'vitest';
import { plain, runSession, type Vector } from '../../testing/driver-contract.ts';
import {
  FUZZ_RUNS,
  FUZZ_SEED,
  FUZZ_TIMEOUT_MS,
  mutations,
} from '../../testing/mutations-fixture.ts';
import { nmea0183 } from './nmea0183.ts';
import vectors from './nmea0183.vectors.json' with { type: 'json' };

const frames = (vectors as unknown as Vector[]).map(({ frame = [] }) =>
  Buffer.from(frame.join('\r\n'), 'latin1'),
);
const TELLING = '$!*,\r\n.0123456789ABCDEFNSEWVGPR';

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS });

describe(`nmea0183 under wounds (seed ${FUZZ_SEED}, ${FUZZ_RUNS} runs)`, () => {
  it('never throws, and tells no number without a sentence that holds it under a good checksum', () => {
    for (const { run, bytes } of mutations(frames, TELLING)) {
      const where = `run ${run}`;
      const { observations } = runSession(nmea0183, {}, [bytes]);
      for (const observation of observations) {
        const { frame, offset, fields } = observation;
        if (Buffer.compare(bytes.subarray(offset, offset + frame.length), frame) !== 0)
          expect.fail(`${where}: the frame is not in the stream`);
        const good = sentencesOf(Buffer.from(frame).toString('latin1'));
        for (const [name, { value, code }] of Object.entries(fields))
          if (code !== null && !isHeld(name, value, code, good))
            expect.fail(`${where}: no sentence says ${name} of ${code}`);
        const again = runSession(nmea0183, {}, [frame]).observations;
        if (JSON.stringify(again.map(plain)) !== JSON.stringify([plain(observation)]))
          expect(again.map(plain), where).toEqual([plain(observation)]);
      }
    }
  });

  it('tells the same however the stream is cut', () => {
    for (const { run, bytes } of mutations(frames, TELLING, FUZZ_RUNS / 10)) {
      const cut = run % (bytes.length + 1);
      const chunks = [
        bytes.subarray(0, cut),
        bytes.subarray(cut, cut + 7),
        bytes.subarray(cut + 7),
      ];
      expect(runSession(nmea0183, {}, chunks), `run ${run}`).toEqual(
        runSession(nmea0183, {}, [bytes]),
      );
    }
  });
});

/** The words of every sentence with a good checksum, found in another way than the driver's. */
function sentencesOf(text: string): string[][] {
  return [...text.matchAll(/[$!]([^$!*\r\n]*)\*([0-9A-Fa-f]{2})/g)]
    .filter(([, body = '', sum = '']) => {
      const bits = Array.from(body, (c) => c.charCodeAt(0)).reduce((x, c) => x ^ c, 0);
      return bits === Number.parseInt(sum, 16);
    })
    .map(([, body = '']) => body.split(','));
}

function isHeld(name: string, value: unknown, code: string, sentences: string[][]): boolean {
  const [address, index] = code.split('.');
  return sentences.some((words) => {
    if (words[0] !== address) return false;
    const word = words[Number(index)] ?? '';
    if (!isDecimal(value))
      return name === 'position.fix' || word.trim() === value || /doubt/.test(name);
    const number = Number(formatDecimal(value));
    if (!/latitude|longitude/.test(name) || name.includes('error'))
      return Math.abs(number) === Math.abs(Number(word));
    const degrees = Math.trunc(Number(word) / 100);
    return Math.abs(Math.abs(number) - degrees - (Number(word) - 100 * degrees) / 60) < 0.01;
  });
}
