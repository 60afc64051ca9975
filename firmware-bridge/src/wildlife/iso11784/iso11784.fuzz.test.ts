/**
 * Whatever comes down the line, a session tells the truth or nothing.
 * SIGILL_FUZZ_SEED and SIGILL_FUZZ_RUNS choose another walk; a failure names its run.
 */
import { describe, expect, it, vi } from 'vitest';
import { plain, runSession, type Vector } from '../../testing/driver-contract.ts';
import {
  FUZZ_RUNS,
  FUZZ_SEED,
  FUZZ_TIMEOUT_MS,
  mutations,
} from '../../testing/mutations-fixture.ts';
import { iso11784 } from './iso11784.ts';
import vectors from './iso11784.vectors.json' with { type: 'json' };

const frames = (vectors as unknown as Vector[])
  .filter(({ name }) => name !== 'no end of line')
  .map(({ frame = [], hex }) =>
    hex ? Buffer.from(hex, 'hex') : Buffer.from(frame.join('\r\n'), 'latin1'),
  );
const TELLING = '\x02\x03\r\n :.,;#LXGARTAGFDXB-0123456789ABCDEF';
const OPTIONS = { zone: 'America/Los_Angeles' };

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS });

describe(`iso11784 under wounds (seed ${FUZZ_SEED}, ${FUZZ_RUNS} runs)`, () => {
  it('never throws, and tells no tag whose digits are not in its frame under a good checksum', () => {
    for (const { run, bytes } of mutations(frames, TELLING)) {
      for (const observation of runSession(iso11784, {}, [bytes]).observations) {
        const { frame, offset, fields } = observation;
        if (Buffer.compare(bytes.subarray(offset, offset + frame.length), frame) !== 0)
          expect.fail(`run ${run}: the frame is not in the stream`);
        const [id, pit] = [fields['tag.id'], fields['tag.pit']].map((field) =>
          String(field?.value),
        );
        if (fields['tag.id'] && !isHeld(frame, id ?? '', pit ?? ''))
          expect.fail(`run ${run}: ${id} is not in ${Buffer.from(frame).toString('latin1')}`);
        const again = runSession(iso11784, {}, [frame]).observations.map(plain);
        if (JSON.stringify(again) !== JSON.stringify([plain(observation)]))
          expect(again, `run ${run}`).toEqual([plain(observation)]);
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
      expect(runSession(iso11784, OPTIONS, chunks), `run ${run}`).toEqual(
        runSession(iso11784, OPTIONS, [bytes]),
      );
    }
  });
});

/** Found in another way than the driver's: no parsing, only the digits of the identifier in any of the forms sent. */
function isHeld(frame: Uint8Array, id: string, pit: string): boolean {
  if (frame[0] === 0x02) {
    const digits = frame.slice(1, 27);
    let sum = 0;
    for (const digit of digits) sum ^= digit;
    const text = Buffer.from(digits.slice(0, 14).reverse()).toString('latin1');
    return sum === frame[27] && 255 - sum === frame[28] && text === `0${pit.replace('.', '')}`;
  }
  const sent = Buffer.from(frame)
    .toString('latin1')
    .replace(/[^0-9A-Fa-f]/g, '')
    .toUpperCase();
  // A code of 23 digits has flags before the country, and nothing in between.
  return [id.replace(' ', ''), pit.replace('.', '')].some((digits) => sent.includes(digits));
}
