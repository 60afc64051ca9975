/** A verdict in one word and two numbers, for the head of the dialog. Never a bare boolean. */
import type { Claim, Examination } from './examination.ts';

export interface Summary {
  readonly outcome: 'proven' | 'waits' | 'unchecked' | 'broken' | 'refused';
  readonly holds: number;
  readonly total: number;
  /** Claims that do not hold, wait, or were not checked: those the outcome is about. */
  readonly open: number;
}

/** Waits: nothing is wrong, the anchor is only not final yet. */
export const waits = (claim: Claim): boolean =>
  claim.holds === 'not checked' && claim.reason === 'NOT_ANCHORED';

export function summarise(examination: Examination): Summary {
  if (examination.outcome === 'refused') return { outcome: 'refused', holds: 0, total: 0, open: 0 };
  const { claims } = examination;
  const count = (test: (claim: Claim) => boolean) => claims.filter(test).length;
  const holds = count(({ holds }) => holds === 'yes');
  const counted = (outcome: Summary['outcome'], open: number): Summary => ({
    outcome,
    holds,
    total: claims.length,
    open,
  });
  const broken = count((claim) => claim.holds === 'no');
  if (broken > 0) return counted('broken', broken);
  const waiting = count(waits);
  if (waiting > 0) return counted('waits', claims.length - holds);
  return holds === claims.length
    ? counted('proven', 0)
    : counted('unchecked', claims.length - holds);
}

/** Claims that held before and do not now: what caught a change. */
export function caughtBy(before: Examination, after: Examination): Claim[] {
  if (before.outcome === 'refused' || after.outcome === 'refused') return [];
  const held = new Set(
    before.claims.filter(({ holds }) => holds === 'yes').map(({ claim }) => claim),
  );
  return after.claims.filter(({ claim, holds }) => held.has(claim) && holds !== 'yes');
}
