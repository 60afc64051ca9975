/**
 * Judges an evidence file of one reading under a policy. Pure: block headers seen elsewhere and the decoder of
 * device frames are handed in.
 * @module
 */
import { EvidenceError } from '../errors.ts';
import { decodeReading, isOwnReading } from '../reading/reading.ts';
import { decodeSeal } from '../seal/seal.ts';
import { assertLeavesReferred, indexesOf } from './anchoring.ts';
import type { SeenBlock } from './block.ts';
import { Claims, need, tryTo } from './claims.ts';
import { type DecodeAgain, judgeDecoding } from './decoding.ts';
import type { EvidenceFile } from './evidence-file.ts';
import type { Policy } from './policy.ts';
import { judgeSealing } from './sealing.ts';
import { judgeStanding } from './standing.ts';
import { judgeBracket, judgeClock } from './timing.ts';
import type { Verdict } from './verdict.ts';

export interface JudgeOptions {
  readonly blocks?: readonly SeenBlock[];
  readonly decodeAgain?: DecodeAgain;
}

/** @throws EvidenceError EVIDENCE_FORM for a part that nothing refers to */
export function judge(
  file: EvidenceFile,
  policy: Policy | null,
  options: JudgeOptions = {},
): Verdict {
  const claims = new Claims();
  const reading = tryTo(() => decodeReading(file.readings[0]!.bytes));
  const header = tryTo(() => decodeSeal(file.seal.bytes).header);
  const sealed = claims.judge('sealed', () => judgeSealing(file));
  const standing = judgeStanding(
    claims,
    file,
    policy,
    { agent: reading?.agent ?? null, logs: header && [header.log] },
    options.blocks ?? [],
  );
  const together = sealed && [
    { readings: [sealed.reading], header: sealed.header, before: sealed.before },
  ];
  const bracket = claims.judge('bracket', () => judgeBracket(standing.timed(together)));
  claims.judge('clock', () => judgeClock(standing.timed(together), policy?.clockErrorMs ?? 0));

  // What an agent says of itself comes from no device: there is nothing to decode.
  const { frame } = file.readings[0]!;
  if (reading !== null && isOwnReading(reading)) {
    if (frame !== null)
      throw new EvidenceError('EVIDENCE_FORM', 'a frame, though the reading came from no device');
  } else {
    claims.judge('decoded', () =>
      judgeDecoding(frame, need(reading, 'the reading'), options.decodeAgain),
    );
  }

  const { covering, state } = standing;
  if (sealed !== null && covering !== null) {
    const beacons = [sealed.header.beacon, sealed.before?.beacon ?? null];
    assertLeavesReferred(file, indexesOf(beacons));
  }
  return {
    kind: 'reading',
    reading,
    claims: claims.list,
    notBefore: bracket?.notBefore ?? null,
    notAfter: bracket?.notAfter ?? null,
    block: state && { number: state.blockNumber, hash: state.blockHash },
  };
}
