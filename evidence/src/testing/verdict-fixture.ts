/** For tests: what of a verdict does not hold, and why. */
import type { ClaimId, Verdict } from '../judge/verdict.ts';

/** Each claim that does not hold, as `no CODE` or `not checked CODE`. */
export function failuresOf({ claims }: Pick<Verdict, 'claims'>): Record<string, string> {
  return Object.fromEntries(
    claims
      .filter(({ holds }) => holds !== 'yes')
      .map(({ claim, holds, reason }) => [claim, `${holds} ${reason}`]),
  );
}

export function onEach(claims: readonly ClaimId[], failure: string): Record<string, string> {
  return Object.fromEntries(claims.map((claim) => [claim, failure]));
}

/** What claims say when another claim they rest on failed. */
export const DEPENDS = 'not checked DEPENDS';

export const LEDGER_CLAIMS: readonly ClaimId[] = [
  'unrevoked',
  'history',
  'called',
  'anchored',
  'block',
  'bracket',
  'clock',
];
