import { isProven, judge, parseEvidence, parsePolicy } from '../index.ts';

export function verify(evidence: string, policy: string): boolean {
  const verdict = judge(parseEvidence(evidence), parsePolicy(policy));
  for (const { claim, holds, provenBy, detail } of verdict.claims)
    console.log(`${claim}: ${holds}; ${provenBy || detail}`);
  // No block header from elsewhere and no driver are at hand here: those two are waived by name.
  return isProven(verdict, ['block', 'decoded']);
}
