import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom, mutated } from '../testing/mutations.ts';
import vectors from './epc.vectors.json' with { type: 'json' };
import { IdentifierError, readIdentifier } from './index.ts';

const seed = Number(process.env.SIGILL_FUZZ_SEED ?? 20_261_122);
const runs = Number(process.env.SIGILL_FUZZ_RUNS ?? 20_000);

/** Null where it is refused, which must be with a reason. */
function read(text: string) {
  try {
    return readIdentifier(text, { prefixLength: 7 });
  } catch (error) {
    expect(error).toBeInstanceOf(IdentifierError);
    expect((error as Error).message.length).toBeLessThan(300);
    return null;
  }
}

it(`reads or refuses ${runs} damaged identifiers, and what it reads it writes so that it reads it again (seed ${seed})`, () => {
  const texts = (
    vectors as { tag: string; hex: string; pure: string; element?: string; link?: string }[]
  )
    .flatMap(({ tag, hex, pure, element, link }) => [tag, hex, pure, element ?? '', link ?? ''])
    .filter((text) => text !== '')
    .concat('982000123456789', '3D6.00075BCD15', '8000F580075BCD15', 'A2050010276000123456789');
  const frames = texts.map((text) => Buffer.from(text, 'latin1'));
  const random = createRandom(seed);
  let told = 0;
  for (let run = 0; run < runs; run++) {
    const text = mutated([frames[random(frames.length)]!], random, [
      ...Buffer.from('.%/()&0129AFaf:\u001d'),
    ]).toString('latin1');
    const at = `seed ${seed}, run ${run}: ${JSON.stringify(text)}`;
    for (const reading of read(text) ?? []) {
      told++;
      if (reading.kind === 'epc') {
        const [again] = read(reading.pureIdentity) ?? [];
        expect(again, at).toMatchObject({ pureIdentity: reading.pureIdentity });
        for (const { hex, tagUri } of reading.encodings) {
          expect(read(hex)?.[0], at).toMatchObject({ pureIdentity: reading.pureIdentity });
          expect(read(tagUri)?.[0], at).toMatchObject({ pureIdentity: reading.pureIdentity });
        }
      } else if (reading.kind === 'transponder')
        expect(
          read(reading.hex)?.map((one) => one.kind === 'transponder' && one.decimal),
          at,
        ).toContain(reading.decimal);
    }
  }
  expect(told).toBeGreaterThan(runs / 20);
});

it('reads or refuses any text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
      read(text);
      read(`urn:epc:id:sgtin:${text}`);
      read(`https://${text}`);
      read(`(01)${text}`);
    }),
    { seed, numRuns: 500 },
  );
});
