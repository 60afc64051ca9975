/**
 * Campaigns on evidence: files changed at random, and with each of their bits flipped in turn, none of which may pass;
 * and every parser of the package fed with what is nearly good.
 * @module
 */
import { fuzz, mutateBytes, mutateText } from '../../evidence/src/testing/fuzz-fixture.ts';
import { binarySubjects, textSubjects } from '../../evidence/src/testing/fuzz-subjects-fixture.ts';
import {
  type MutationReport,
  mutateEvidence,
  survivesFlip,
} from '../../evidence/src/testing/mutation-fixture.ts';
import { mutationSubjects } from '../../evidence/src/testing/mutation-subjects-fixture.ts';

interface Options {
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export function mutate(options: Options): MutationReport {
  return mutateEvidence(mutationSubjects(), options);
}

/** Each bit of `count` kinds of files. */
export function flipBits({ count, say }: Omit<Options, 'seed'>) {
  const survivors: string[] = [];
  let flipped = 0;
  for (const subject of mutationSubjects().slice(0, count)) {
    const bits = 8 * Buffer.byteLength(subject.text);
    for (let bit = 0; bit < bits; bit += 1)
      if (survivesFlip(subject, bit)) survivors.push(`${subject.name}, bit ${bit}`);
    flipped += bits;
    say(`${subject.name}: ${bits} bits, ${survivors.length} survivors`);
  }
  return { flipped, survivors };
}

/** `count` inputs for each parser. */
export function fuzzParsers({ count, seed, say }: Options) {
  const wrong: string[] = [];
  let parsed = 0;
  const told = (name: string, faults: readonly string[]) => {
    wrong.push(...faults);
    parsed += count;
    say(`${name}: ${count} inputs, ${faults.length} wrong`);
  };
  for (const subject of binarySubjects())
    told(subject.name, fuzz(subject, mutateBytes, { count, seed }));
  for (const subject of textSubjects())
    told(subject.name, fuzz(subject, mutateText, { count, seed }));
  return { parsed, wrong };
}
