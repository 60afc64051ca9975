/**
 * The policy that verifiers are given of a new operator: its first key, its witnesses, its ledger.
 * @module
 */
import { anchorLogAddress, parseAddress } from '../anchor/anchor-log.ts';
import { findChainProfile } from '../anchor/chain-profiles.ts';
import { sha256 } from '../crypto/index.ts';
import { formatNoteKey, type NoteKey } from '../log/signed-note.ts';
import { formatPolicy, type LedgerPolicy } from './policy.ts';

export interface NewPolicy {
  /** SPKI. */
  readonly operatorKey: Uint8Array;
  readonly witnesses: readonly NoteKey[];
  /** The accounts of the anchor log on a development chain; null without a ledger. */
  readonly development: DevelopmentAccounts | null;
}

export interface DevelopmentAccounts {
  /** `0x` and 40 digits. */
  readonly operator: string;
  readonly guardian: string;
  /** Where its blocks can be compared. */
  readonly endpoint: string;
}

// What a household clock without a time server drifts in some weeks.
const CLOCK_ERROR_MS = 60_000;

/** Canonical JSON. */
export function newPolicy({ operatorKey, witnesses, development }: NewPolicy): string {
  return formatPolicy({
    operator: sha256(operatorKey),
    ledger: development && ledgerPolicy(development),
    witnessLines: witnessLines(witnesses),
    clockErrorMs: CLOCK_ERROR_MS,
  });
}

function witnessLines(witnesses: readonly NoteKey[]): string[] {
  if (witnesses.length === 0) return ['quorum none'];
  // By the name they sign with, as a reader of the verdict shall meet it; the group needs them distinct.
  const names = witnesses.map(({ name }, index) =>
    witnesses.findIndex((other) => other.name === name) === index ? name : `${name}~${index + 1}`,
  );
  return [
    ...witnesses.map((witness, index) => `witness ${names[index]} ${formatNoteKey(witness)}`),
    `group every all ${names.join(' ')}`,
    'quorum every',
  ];
}

function ledgerPolicy({ operator, guardian, endpoint }: DevelopmentAccounts): LedgerPolicy {
  const profile = findChainProfile('development');
  if (profile?.chainId == null) throw new Error('the development chain is not described');
  const roles = { operator: parseAddress(operator), guardian: parseAddress(guardian) };
  const contract = anchorLogAddress(parseAddress(profile.factory), roles);
  return { profile, chainId: profile.chainId, ...roles, contract, endpoints: [endpoint] };
}
