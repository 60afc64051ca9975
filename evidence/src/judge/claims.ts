/**
 * Collects claims: each is established, refuted or left unchecked by itself, so that one broken
 * part shows as the claims it breaks and no others.
 * @module
 */
import { EvidenceError } from '../errors.ts';
import type { Claim, ClaimId, Reason, Trust } from './verdict.ts';

type Facts = Claim['facts'];

export interface Established<T> {
  readonly value: T;
  readonly provenBy: string;
  readonly trust: readonly Trust[];
  readonly facts?: Facts;
}

/** Ends a claim with `no`. */
export class Refuted extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Ends a claim with `not checked`. */
export class Unchecked extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export class Claims {
  readonly list: Claim[] = [];

  /** What `check` establishes, or null; either way the claim is noted. */
  judge<T>(claim: ClaimId, check: () => Established<T>): T | null {
    try {
      const { value, provenBy, trust, facts = {} } = check();
      this.list.push({ claim, holds: 'yes', reason: null, detail: '', provenBy, trust, facts });
      return value;
    } catch (error) {
      this.list.push({ claim, ...failure(error), provenBy: '', trust: [], facts: {} });
      return null;
    }
  }
}

/** A value another claim needs. @throws Unchecked */
export function need<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined)
    throw new Unchecked('DEPENDS', `${what} is not established`);
  return value;
}

function failure(error: unknown): Pick<Claim, 'holds' | 'reason' | 'detail'> {
  if (error instanceof Unchecked)
    return { holds: 'not checked', reason: error.reason, detail: error.message };
  if (error instanceof Refuted) return { holds: 'no', reason: error.reason, detail: error.message };
  if (error instanceof EvidenceError)
    return { holds: 'no', reason: error.code, detail: error.message };
  throw error;
}

/** What a part gives, or null: the claim that rests on it tells why it does not. */
export function tryTo<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** What `read` gives, read when it is first asked for and not again; so with its error. */
export function once<T>(read: () => T): () => T {
  let kept: { readonly value: T } | { readonly error: unknown } | null = null;
  return () => {
    if (kept === null) {
      try {
        kept = { value: read() };
      } catch (error) {
        kept = { error };
      }
    }
    if ('error' in kept) throw kept.error;
    return kept.value;
  };
}
