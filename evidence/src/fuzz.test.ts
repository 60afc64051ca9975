/** Every parser, fed with what is nearly good: a value or an EvidenceError, whatever comes. SIGILL_SEED runs it again. */
import { describe, expect, it } from 'vitest';
import { fuzz, mutateBytes, mutateText } from './testing/fuzz-fixture.ts';
import { binarySubjects, textSubjects } from './testing/fuzz-subjects-fixture.ts';
import { testSeed } from './testing/random-fixture.ts';

const seed = testSeed();
const count = 200; // `npm run campaign -- fuzz` makes twenty thousand each

describe(`parsers of bytes, seed ${seed}`, () => {
  it.each(binarySubjects())('$name: takes it or refuses it', (subject) => {
    for (const good of subject.good.slice(0, 1)) expect(good.length).toBeGreaterThan(0);
    expect(fuzz(subject, mutateBytes, { count, seed })).toEqual([]);
  });
});

describe(`parsers of texts, seed ${seed}`, () => {
  it.each(textSubjects())('$name: takes it or refuses it', (subject) => {
    expect(fuzz(subject, mutateText, { count, seed })).toEqual([]);
  });
});
