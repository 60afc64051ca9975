/** Puts what somebody dropped, chose or pasted where it belongs, and says what is wrong with the rest. Pure. */
import { EvidenceError } from '@sigill/evidence';
import { type GivenPolicy, readPolicy } from './read-policy.ts';
import { sortBytes, type Trouble } from './sort-bytes.ts';

export interface Given {
  /** Null for pasted text. */
  readonly name: string | null;
  /** Null for a file that is too large to be read at all. */
  readonly bytes: Uint8Array | null;
}

export interface Evidence {
  readonly name: string | null;
  readonly bytes: Uint8Array;
}

export interface Held {
  readonly evidence: Evidence | null;
  readonly policy: GivenPolicy | null;
  /** The last thing wrong with what was given last. */
  readonly trouble: { readonly what: Trouble; readonly detail: string } | null;
}

export const NOTHING: Held = { evidence: null, policy: null, trouble: null };

export function takeGiven(held: Held, given: readonly Given[]): Held {
  const start: Held = { ...held, trouble: null };
  const taken = given.reduce(takeOne, start);
  const evidences = given.filter(({ bytes }) => bytes !== null && sortBytes(bytes) === 'evidence');
  if (evidences.length < 2) return taken;
  return { ...taken, trouble: { what: 'several', detail: '' } };
}

function takeOne(held: Held, { name, bytes }: Given): Held {
  const sorted = bytes === null ? 'tooLarge' : sortBytes(bytes);
  if (bytes === null || (sorted !== 'evidence' && sorted !== 'policy'))
    return { ...held, trouble: { what: sorted as Trouble, detail: name ?? '' } };
  if (sorted === 'evidence') return { ...held, evidence: { name, bytes } };
  try {
    return { ...held, policy: readPolicy(bytes, name) };
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    const detail = `${error.code}: ${error.message}`;
    return { ...held, trouble: { what: 'policyForm', detail } };
  }
}
