/**
 * Campaigns on evidence files: changed at random, and with each of their bits flipped in turn. No change may pass.
 * @module
 */
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
