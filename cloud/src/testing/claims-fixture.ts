/** For tests: an evidence file of the cloud's, put before the judge. */
import { isProven, judge, parseEvidence, parsePolicy, verifyLedgerState } from '@sigill/evidence';
import type { CoreFixture } from './core-fixture.ts';

/** What holds of a reading and what does not; `{ all: 'yes' }` when every claim does. */
export async function claimsOf(
  { core, ledger }: CoreFixture,
  agent: Uint8Array,
  seq: number,
): Promise<Record<string, string>> {
  const file = parseEvidence(await core.evidence(agent, seq));
  const policy = parsePolicy(ledger.policy);
  const state =
    file.ledger && policy.ledger && verifyLedgerState(file.ledger, policy.ledger.contract);
  const blocks =
    state === null ? [] : [{ number: state.blockNumber, hash: state.blockHash, source: 'test' }];
  const verdict = judge(file, policy, {
    blocks,
    decodeAgain: () => ({ agrees: true, detail: '' }),
  });
  if (isProven(verdict, ['decoded'])) return { all: 'yes' };
  return Object.fromEntries(
    verdict.claims.map(({ claim, holds, reason }) => [claim, reason ?? holds]),
  );
}
