/** For tests and for other implementers: the files of vectors, as `npm run vectors` writes them. */
import { toHex } from '../bytes/bytes.ts';
import type { EvidenceFile } from '../judge/evidence-file.ts';
import { formatEvidence } from '../judge/evidence-file.ts';
import { formatPolicy } from '../judge/policy.ts';
import { formatRange } from '../judge/range-file.ts';
import { evidenceOf, honestWorld, optionsOf, policyOf } from './evidence-fixture.ts';
import { testBytes } from './key-fixture.ts';
import { rangeOf, rangeWorld } from './range-fixture.ts';
import { enrolment, ledger, policies, register } from './vector-chain-fixture.ts';
import { forms } from './vector-forms-fixture.ts';
import { logs, trees } from './vector-logs-fixture.ts';
import { answerTo, QUESTIONS } from './vector-questions-fixture.ts';
import type { Asked } from './vector-world-fixture.ts';

/** File names in `evidence/vectors` and their texts. */
export function vectorFiles(): ReadonlyMap<string, string> {
  const inputs: Readonly<Record<string, readonly Asked[]>> = {
    ...{ ...forms(), ...trees(), ...logs(), ...register(), ...ledger(), ...policies() },
    ...enrolment(),
    evidence: [...readingFiles(), ...rangeFiles()],
  };
  const names = Object.keys(QUESTIONS);
  const unasked = names.filter((name) => inputs[name] === undefined);
  if (unasked.length > 0) throw new Error(`nothing is asked of ${unasked}`);
  return new Map(
    names.map((name) => {
      const { section, about } = QUESTIONS[name]!;
      const vectors = inputs[name]!.map((asked) => ({
        ...asked,
        expected: answerTo(name, asked.input),
      }));
      const whole = { format: 'sigill-vectors@v1', section, about, vectors };
      return [`${name}.vectors.json`, `${JSON.stringify(whole, null, 1)}\n`];
    }),
  );
}

function readingFiles(): Asked[] {
  const { world, house, first, meter, file, policy, options } = honestWorld();
  const blocks = options.blocks.map(({ number, hash }) => ({ number, hash: toHex(hash) }));
  const asked = (
    name: string,
    given: EvidenceFile | string,
    changes: Asked['input'] = {},
  ): Asked => {
    const text = typeof given === 'string' ? given : formatEvidence(given);
    return { name, input: { policy: formatPolicy(policy), blocks, file: text, ...changes } };
  };
  const text = formatEvidence(file);
  const [reading] = file.readings;
  const fresh = evidenceOf(world, house, meter.seal(['20.50']), 0);
  const withLog = (checkpoint: string) => ({ ...file, log: { ...file.log, checkpoint } });
  return [
    asked('a reading', file),
    asked('a reading of the first batch', evidenceOf(world, house, first, 0)),
    asked('a reading not anchored yet', fresh),
    asked('without a policy', file, { policy: null }),
    asked('no block header', file, { blocks: [] }),
    asked('another block', file, {
      blocks: blocks.map((block) => ({ ...block, hash: toHex(testBytes('fork')) })),
    }),
    asked('another operator', file, {
      policy: formatPolicy({ ...policy, operator: testBytes('another') }),
    }),
    asked('no witness saw it', withLog(house.checkpoint(6))),
    asked('another reading', { ...file, readings: [{ ...reading!, index: 0 }] }),
    asked('another frame', { ...file, readings: [{ ...reading!, frame: testBytes('frame') }] }),
    asked('no frame', { ...file, readings: [{ ...reading!, frame: null }] }),
    asked('the newest record withheld', {
      ...file,
      records: { ...file.records, slot: file.records.slot.slice(0, 1) },
    }),
    asked('no consistency', { ...file, log: { ...file.log, consistency: [] } }),
    asked('a path too short', { ...file, seal: { ...file.seal, path: file.seal.path.slice(1) } }),
    asked('white space', text.replace(',', ', ')),
    asked('a key twice', text.replace('"batch":2', '"batch":2,"batch":2')),
    asked('base64 without padding', text.replace(/=+"/, '"')),
    asked('a newline at the end', `${text}\n`),
  ];
}

function rangeFiles(): Asked[] {
  const { world, house, meter, times } = rangeWorld();
  const period = { from: times[3]!, to: times[7]! };
  const policy = formatPolicy(policyOf(world));
  const blocks = optionsOf(world).blocks.map(({ number, hash }) => ({ number, hash: toHex(hash) }));
  const make = (changes: Partial<Parameters<typeof rangeOf>[3]>) =>
    rangeOf(world, house, meter, { device: 'probe-1', first: 3, count: 4, period, ...changes });
  const asked = (name: string, file: string): Asked => ({ name, input: { policy, blocks, file } });
  const range = (name: string, changes: Parameters<typeof make>[0]) =>
    asked(name, formatRange(make(changes)));
  const number = { value: '3.0', unit: 'Cel', projection: 'spread@v1', assumptions: '{}' };
  const twoErased = make({ erased: [4, 5] });
  return [
    range('a range', {}),
    range('a range by numbers', { first: 0, count: 10, period: null }),
    range('a period without a reading', {
      first: 4,
      count: 0,
      period: { from: times[3]! + 1, to: times[4]! },
    }),
    range('an open end', { first: 6, period: { from: times[6]!, to: times[9]! + 1_000_000 } }),
    range('a reading left out', { missing: [4] }),
    range('a period sold as empty', { first: 8, count: 0 }),
    range('erased readings', { erased: [4, 5] }),
    asked(
      'erasures out of order',
      formatRange({ ...twoErased, erasures: twoErased.erasures.toReversed() }),
    ),
    range('a number', { number }),
    asked(
      'a number with white space in its assumptions',
      formatRange(make({ number })).replace('"{}"', '"{ }"'),
    ),
    asked('a range that says it is a number', formatRange(make({})).replace('"range"', '"number"')),
  ];
}
