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
import { scale } from './scale.ts';
import vectors from './scale.vectors.json' with { type: 'json' };

const frames = (vectors as unknown as Vector[]).map(({ frame = [], hex }) =>
  hex ? Buffer.from(hex, 'hex') : Buffer.from(frame.join('\r\n'), 'latin1'),
);
const TELLING = '\x02\x03\r\n +-.,0123456789STUOLGNRDIkg"';
const OPTIONS = { report: 'all', checksum: 'required' };

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS });

describe(`scale under wounds (seed ${FUZZ_SEED}, ${FUZZ_RUNS} runs)`, () => {
  it('never throws, and tells no weight whose digits are not in its frame under a good checksum', () => {
    for (const { run, bytes } of mutations(frames, TELLING)) {
      for (const observation of runSession(scale, OPTIONS, [bytes]).observations) {
        const { frame, offset, fields } = observation;
        if (Buffer.compare(bytes.subarray(offset, offset + frame.length), frame) !== 0)
          expect.fail(`run ${run}: the frame is not in the stream`);
        for (const [name, { value }] of Object.entries(fields))
          if (isDecimal(value) && !isHeld(frame, formatDecimal(value)))
            expect.fail(`run ${run}: ${name} is not in ${Buffer.from(frame).toString('hex')}`);
        const again = runSession(scale, OPTIONS, [frame]).observations.map(plain);
        if (JSON.stringify(again) !== JSON.stringify([plain(observation)]))
          expect(again, `run ${run}`).toEqual([plain(observation)]);
      }
    }
  });

  it.each(['auto', 'none'])(
    'tells the same however the stream is cut (checksum=%s)',
    (checksum) => {
      const options = { report: 'all', checksum };
      for (const { run, bytes } of mutations(frames, TELLING, FUZZ_RUNS / 10)) {
        const cut = run % (bytes.length + 1);
        const chunks = [
          bytes.subarray(0, cut),
          bytes.subarray(cut, cut + 7),
          bytes.subarray(cut + 7),
        ];
        expect(runSession(scale, options, chunks), `run ${run}`).toEqual(
          runSession(scale, options, [bytes]),
        );
      }
    },
  );
});

/** Found in another way than the driver's: the digits, without point and sign, stand in the frame. */
function isHeld(frame: Uint8Array, value: string): boolean {
  const digits = value.replace(/[-.]/g, '').replace(/^0+(?=\d)/, '');
  const text = Buffer.from(frame).toString('latin1');
  if (frame[0] === 0x02 && frame[16] === 0x0d && !text.includes(',')) {
    const sum = frame.reduce((total, byte) => total + byte, 0);
    const fields = [text.slice(4, 10), text.slice(10, 16)];
    return (
      frame.length === 18 && sum % 128 === 0 && fields.some((f) => Number(f) === Number(digits))
    );
  }
  return text.replaceAll('.', '').includes(digits);
}
