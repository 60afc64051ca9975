/** For the benchmark: a file of one reading, and one of a whole stream. */
import { toHex } from '../bytes/bytes.ts';
import { formatEvidence } from '../judge/evidence-file.ts';
import type { JudgeOptions } from '../judge/judge.ts';
import { formatPolicy, type Policy } from '../judge/policy.ts';
import { formatRange } from '../judge/range-file.ts';
import type { FileToJudge } from './bench-fixture.ts';
import { honestWorld, optionsOf } from './evidence-fixture.ts';
import { rangeOf, rangeWorld, sealTurns } from './range-fixture.ts';

// A meter that is read each ten seconds, in batches of ten minutes, beside another one.
const BATCH = 60;
const BATCHES_TO_AN_ANCHOR = 20;

export function filesToJudge(readings: number): Readonly<Record<'reading' | 'range', FileToJudge>> {
  const one = honestWorld();
  const { world, house, meter, times, policy } = rangeWorld();
  for (let n = 10, batches = 0; n < readings; n += BATCH, batches += 1) {
    const count = Math.min(BATCH, readings - n);
    sealTurns(
      meter,
      Array.from({ length: count }, (_, at) => n + at),
      times,
    );
    if (batches % BATCHES_TO_AN_ANCHOR === 0) world.anchor();
  }
  world.anchor();
  const choice = { device: 'probe-1', first: 0, count: readings, period: null };
  const range = formatRange(rangeOf(world, house, meter, choice));
  return {
    reading: toJudge('reading', formatEvidence(one.file), one.policy, one.options),
    range: toJudge('range', range, policy, optionsOf(world)),
  };
}

function toJudge(
  kind: FileToJudge['kind'],
  text: string,
  policy: Policy,
  { blocks = [] }: JudgeOptions,
): FileToJudge {
  const seen = blocks.map(({ number, hash }) => ({ number, hash: toHex(hash) }));
  return { kind, text, policy: formatPolicy(policy), blocks: seen };
}
