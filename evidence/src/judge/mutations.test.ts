/** Two thousand changes of good files; `npm run campaign -- mutate` makes a hundred thousand. */
import { describe, expect, it } from 'vitest';
import { mutateEvidence, survivesFlip } from '../testing/mutation-fixture.ts';
import { mutationSubjects } from '../testing/mutation-subjects-fixture.ts';
import { testSeed } from '../testing/random-fixture.ts';

const subjects = mutationSubjects();

describe('evidence of readings, ranges and numbers', () => {
  it('is refused, or a claim stops holding, whatever is changed in it', () => {
    const seed = testSeed();
    const { tried, believed, crashed } = mutateEvidence(subjects, { count: 2000, seed });
    expect(Object.keys(tried)).toHaveLength(9);
    expect({ seed, believed, crashed }).toEqual({ seed, believed: [], crashed: [] });
  });

  it.each(subjects)('$name: every bit counts', (subject) => {
    const seed = testSeed();
    const bits = 8 * new TextEncoder().encode(subject.text).length;
    // `npm run campaign -- bits` flips them all.
    const survivors: number[] = [];
    for (let bit = seed % 401; bit < bits; bit += 401)
      if (survivesFlip(subject, bit)) survivors.push(bit);
    expect(survivors).toEqual([]);
  });
});
