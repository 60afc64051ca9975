/** For tests: ranges as the cloud assembles them, put before the judge. */
import {
  judgeRange,
  parsePolicy,
  parseRange,
  type RangeFile,
  type RangeVerdict,
  type Recompute,
  verifyLedgerState,
} from '@sigill/evidence';
import type { ComputeNumber } from '../proofs/assemble-range.ts';
import type { CoreFixture } from './core-fixture.ts';
import { START } from './site-fixture.ts';

export interface JudgedRange {
  readonly file: RangeFile;
  readonly verdict: RangeVerdict;
  /** Of each claim that does not hold: why. */
  readonly open: Readonly<Record<string, string>>;
}

export interface FixtureQuestion {
  readonly device?: string;
  /** Seconds after START. */
  readonly from: number;
  readonly to: number;
  readonly compute?: ComputeNumber;
  readonly recompute?: Recompute;
}

/** Frames are none of these tests' business: whatever stands there decodes. */
export async function rangeOf(
  fixture: CoreFixture,
  { from, to, compute, recompute, ...name }: FixtureQuestion,
): Promise<JudgedRange> {
  const { core, ledger, site } = fixture;
  await core.idle();
  const question = { from: START + 1000 * from, to: START + 1000 * to };
  const text = await core.rangeEvidence(
    { agent: site.agent.name, source: 'house-17', ...name, ...question },
    compute,
  );
  return judgeText(text, ledger.policy, recompute);
}

export function judgeText(text: string, policyText: string, recompute?: Recompute): JudgedRange {
  const file = parseRange(text);
  const policy = parsePolicy(policyText);
  const state =
    file.ledger && policy.ledger && verifyLedgerState(file.ledger, policy.ledger.contract);
  const verdict = judgeRange(file, policy, {
    blocks: state ? [{ number: state.blockNumber, hash: state.blockHash, source: 'test' }] : [],
    decodeAgain: () => ({ agrees: true, detail: '' }),
    ...(recompute && { recompute }),
  });
  const open = verdict.claims
    .filter(({ claim, holds }) => holds !== 'yes' && claim !== 'decoded')
    .map(({ claim, reason }) => [claim, reason ?? '']);
  return { file, verdict, open: Object.fromEntries(open) };
}
