/** For tests and campaigns: good files of every kind, each under the policy and with the waivers that make it proven. */
import { sealHeader, testValidators } from '../anchor/qbft-fixture.ts';
import { decodeRlpList } from '../anchor/rlp.ts';
import { type EvidenceFile, formatEvidence, parseEvidence } from '../judge/evidence-file.ts';
import { type JudgeOptions, judge } from '../judge/judge.ts';
import { type JudgeRangeOptions, judgeRange, type Recompute } from '../judge/judge-range.ts';
import type { Policy } from '../judge/policy.ts';
import {
  type ComputedNumber,
  formatRange,
  parseRange,
  type RangeFile,
} from '../judge/range-file.ts';
import { type ClaimId, isProven, type Verdict } from '../judge/verdict.ts';
import { formatValue } from '../reading/reading.ts';
import { evidenceOf, honestWorld, optionsOf, policyOf } from './evidence-fixture.ts';
import type { MutationSubject } from './mutation-fixture.ts';
import { rangeOf, rangeWorld } from './range-fixture.ts';
import { failuresOf, LEDGER_CLAIMS } from './verdict-fixture.ts';
import { consortiumLedger } from './world-fixture.ts';

export function mutationSubjects(): MutationSubject[] {
  return [...readings(), ...ranges()];
}

function readings(): MutationSubject[] {
  const { world, house, barn, meter, first, file, policy, options } = honestWorld();
  const other = evidenceOf(world, barn, barn.agents[0]!.batches[1]!, 0);
  const later = honestWorld();
  const next = later.world.continue(later.house);
  const continued = later.meter.seal(['21.00'], { into: next });
  later.world.anchor();
  const fresh = meter.seal(['20.50']);
  const anchored = (name: string, one: EvidenceFile) => readingSubject(name, one, policy, options);
  return [
    anchored('a reading', file),
    anchored('a reading of the first batch', evidenceOf(world, house, first, 0)),
    anchored('a reading of another log', other),
    readingSubject(
      'a reading in the next generation of its log',
      evidenceOf(later.world, next, continued, 0),
      policyOf(later.world),
      optionsOf(later.world),
    ),
    readingSubject(
      'a reading not anchored yet',
      evidenceOf(world, house, fresh, 0),
      policy,
      options,
      LEDGER_CLAIMS,
    ),
    sealedByConsortium(),
  ];
}

/** As many seals as are needed, so that none can be done without. */
function sealedByConsortium(): MutationSubject {
  const validators = testValidators(4);
  const listed = validators.map(({ address }) => address);
  const honest = honestWorld(consortiumLedger(listed));
  const { file, policy } = honest;
  const fields = decodeRlpList(file.ledger!.header).map((item) =>
    item.kind === 'string' ? item.bytes : [],
  );
  const { header } = sealHeader({ fields, listed, round: 1 }, validators.slice(0, 3));
  const sealed = { ...file, ledger: { ...file.ledger!, header } };
  const { decodeAgain } = optionsOf(honest.world);
  return readingSubject('a reading in a block with seals', sealed, policy, { decodeAgain });
}

function ranges(): MutationSubject[] {
  const { world, house, meter, times, policy, options } = rangeWorld();
  const period = { from: times[3]!, to: times[7]! };
  const asked = { device: 'probe-1', first: 3, count: 4, period };
  const number: ComputedNumber = {
    ...{ value: '3.0', unit: 'Cel', projection: 'spread@v1' },
    assumptions: '{"device":"probe-1"}',
  };
  const make = (changes: Partial<Parameters<typeof rangeOf>[3]>) =>
    rangeOf(world, house, meter, { ...asked, ...changes });
  const subject = (name: string, file: RangeFile, waived: readonly ClaimId[] = []) =>
    rangeSubject(name, file, policy, { ...options, recompute: spread }, waived);
  return [
    subject('a range', make({})),
    subject('a range by numbers', make({ first: 0, count: 10, period: null })),
    subject('a range with erased readings', make({ erased: [4, 5] }), ['complete']),
    subject('a number', make({ number })),
  ];
}

/** The highest temperature less the lowest one. */
const spread: Recompute = ({ projection, assumptions }, streams, period) => {
  if (projection !== 'spread@v1') return null;
  if (assumptions !== '{"device":"probe-1"}') throw new Error('the device expected');
  const values = streams[0]!.readings
    .filter(({ time }) => period === null || (time >= period.from && time < period.to))
    .map(({ fields }) => Number(formatValue(fields[0]!.value)));
  return { value: (Math.max(...values) - Math.min(...values)).toFixed(1), unit: 'Cel' };
};

function readingSubject(
  name: string,
  file: EvidenceFile,
  policy: Policy,
  options: JudgeOptions,
  waived: readonly ClaimId[] = [],
): MutationSubject {
  const verdictOn = (text: string) => judge(parseEvidence(text), policy, options);
  return subjectOf(name, formatEvidence(file), verdictOn, waived);
}

function rangeSubject(
  name: string,
  file: RangeFile,
  policy: Policy,
  options: JudgeRangeOptions,
  waived: readonly ClaimId[],
): MutationSubject {
  const verdictOn = (text: string) => judgeRange(parseRange(text), policy, options);
  return subjectOf(name, formatRange(file), verdictOn, waived);
}

/** Believed as it is: proven, and what is not checked is so for the same reason. */
function subjectOf(
  name: string,
  text: string,
  verdictOn: (text: string) => Pick<Verdict, 'claims'>,
  waived: readonly ClaimId[],
): MutationSubject {
  const good = verdictOn(text);
  if (!isProven(good, waived)) throw new Error(`${name} is not proven itself`);
  const reasons = JSON.stringify(failuresOf(good));
  const isBelieved = (changed: string) => {
    const verdict = verdictOn(changed);
    return isProven(verdict, waived) && JSON.stringify(failuresOf(verdict)) === reasons;
  };
  return { name, text, isBelieved };
}
