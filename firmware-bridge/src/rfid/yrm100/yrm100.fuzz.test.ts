/**
 * Whatever comes down the line, a session tells what a whole frame says or nothing.
 * SIGILL_FUZZ_SEED and SIGILL_FUZZ_RUNS choose another walk; a failure prints its seed and run.
 */
import { expect, it } from 'vitest';
import { runSession, type Vector } from '../../testing/driver-contract.ts';
import { createRandom, mutated } from '../../testing/mutations.ts';
import { yrm100 } from './yrm100.ts';
import vectors from './yrm100.vectors.json' with { type: 'json' };

const seed = Number(process.env.SIGILL_FUZZ_SEED ?? 20_261_122);
const runs = Number(process.env.SIGILL_FUZZ_RUNS ?? 20_000);
const frames = (vectors as unknown as Vector[]).map(({ hex }) => Buffer.from(hex ?? '', 'hex'));
const whole = frames[0] as Buffer;
// Longer than any claim of a damaged head before it: what follows is a frame again.
const quiet = Buffer.alloc(300);

it(`yrm100 under ${runs} mutations (seed ${seed}) tells no frame whose checksum is broken`, () => {
  const random = createRandom(seed);
  for (let run = 0; run < runs; run++) {
    const input = mutated(frames, random, [0xbb, 0xaa, 0x7e, 0xdd, 0x22, 0x00, 0x02, 0x11]);
    const { observations, rejected } = runSession(yrm100, {}, [input]);
    for (const { frame, offset, fields } of observations) {
      const at = `seed ${seed}, run ${run}, offset ${offset}`;
      expect(Buffer.compare(input.subarray(offset, offset + frame.length), frame), at).toBe(0);
      expect(frame[frame.length - 2], at).toBe(slowSum(frame));
      const epc = fields['tag.id']?.value;
      if (epc !== undefined) {
        expect(Buffer.from(frame).toString('hex').toUpperCase(), at).toContain(epc);
        expect(slowResidue(frame.subarray(6, -2)), at).toBe(0x1d0f);
      }
    }
    for (const { offset, length } of rejected)
      expect(offset + length).toBeLessThanOrEqual(input.length);
  }
});

it(`yrm100 tells the same however ${runs / 10} streams are cut, and reads a frame after each (seed ${seed})`, () => {
  const random = createRandom(seed + 1);
  const due = runSession(yrm100, {}, [whole]).observations[0]!.fields;
  for (let run = 0; run < runs / 10; run++) {
    const input = Buffer.concat([mutated(frames, random, [0xbb, 0x00, 0x02]), quiet, whole]);
    const told = runSession(yrm100, {}, [input]);
    expect(told.observations.at(-1)?.fields, `seed ${seed}, run ${run}`).toEqual(due);
    const cut = random(input.length);
    const parts = [input.subarray(0, cut), input.subarray(cut)];
    expect(runSession(yrm100, {}, parts), `seed ${seed}, run ${run}, cut ${cut}`).toEqual(told);
  }
});

function slowSum(frame: Uint8Array): number {
  return frame.slice(1, -2).reduce((sum, byte) => sum + byte, 0) % 256;
}

/** The CRC of PC, EPC and their own CRC is the same whatever they are. EPC Gen2 2.1, annex F. */
function slowResidue(data: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of data)
    for (let bit = 7; bit >= 0; bit--) {
      const isOdd = (crc >> 15) ^ ((byte >> bit) & 1);
      crc = ((crc << 1) & 0xffff) ^ (isOdd ? 0x1021 : 0);
    }
  return crc;
}
