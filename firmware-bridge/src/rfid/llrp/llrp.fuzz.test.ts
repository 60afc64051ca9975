/**
 * Whatever comes over the wire, a session tells what a whole message says or nothing, soon.
 * SIGILL_FUZZ_SEED and SIGILL_FUZZ_RUNS choose another walk; a failure prints its seed and run.
 */
import { expect, it } from 'vitest';
import { runSession, type Vector } from '../../testing/driver-contract.ts';
import { createRandom, mutated } from '../../testing/mutations.ts';
import { llrp } from './llrp.ts';
import vectors from './llrp.vectors.json' with { type: 'json' };

const seed = Number(process.env.SIGILL_FUZZ_SEED ?? 20_261_122);
const runs = Number(process.env.SIGILL_FUZZ_RUNS ?? 20_000);
const frames = (vectors as unknown as Vector[]).map(({ hex }) => Buffer.from(hex ?? '', 'hex'));
const whole = frames[0] as Buffer;
const telling = [0x00, 0x04, 0x08, 0x3d, 0x3f, 0xf0, 0xf1, 0x8d, 0xff, 0x80];

it(`llrp under ${runs} mutations (seed ${seed}) believes no length`, () => {
  const random = createRandom(seed);
  for (let run = 0; run < runs; run++) {
    const input = mutated(frames, random, telling);
    const { observations, rejected } = runSession(llrp, {}, [input]);
    for (const { frame, offset, fields } of observations) {
      const at = `seed ${seed}, run ${run}, offset ${offset}`;
      expect(Buffer.compare(input.subarray(offset, offset + frame.length), frame), at).toBe(0);
      expect(Buffer.from(frame).readUInt32BE(2), at).toBe(frame.length);
      const epc = fields['tag.id']?.value;
      if (epc !== undefined)
        expect(Buffer.from(frame).toString('hex').toUpperCase(), at).toContain(epc);
    }
    for (const { offset, length } of rejected)
      expect(offset + length).toBeLessThanOrEqual(input.length);
  }
});

it(`llrp tells the same however ${runs / 10} streams are cut (seed ${seed})`, () => {
  const random = createRandom(seed + 1);
  for (let run = 0; run < runs / 10; run++) {
    const input = Buffer.concat([mutated(frames, random, telling), whole]);
    const told = runSession(llrp, {}, [input]);
    const cut = random(input.length);
    const parts = [input.subarray(0, cut), input.subarray(cut)];
    expect(runSession(llrp, {}, parts), `seed ${seed}, run ${run}, cut ${cut}`).toEqual(told);
  }
});

it(`llrp lives through ${runs / 10} damaged conversations (seed ${seed})`, () => {
  const random = createRandom(seed + 2);
  for (let run = 0; run < runs / 10; run++) {
    const session = llrp.createSession({ power: '30', repeat: '500' });
    let nowMs = 0;
    session.tick(nowMs);
    for (let i = 0; i < 5; i++) {
      nowMs += random(20_000);
      const step =
        random(3) === 0
          ? session.tick(nowMs)
          : session.receive({ bytes: mutated(frames, random, telling) }, nowMs);
      expect(step.nextTickMs, `seed ${seed}, run ${run}`).toBeGreaterThanOrEqual(nowMs);
    }
    session.end(nowMs);
  }
});
