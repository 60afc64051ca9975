/**
 * What a verifier trusts before it opens a file. Nothing in an evidence file is a root of trust;
 * this is. Canonical JSON:
 *
 *     { "format": "sigill-policy@v1",
 *       "operator": base64 SHA-256 of the operator's first key (SPKI),
 *       "ledger": null | { "profile", "chainId", "operator", "guardian", "contract", "endpoints": [* url] },
 *       "witnesses": [* tlog-policy line],
 *       "clockErrorMs": uint }
 *
 * The contract's address is recomputed from the profile's factory, our code and the two accounts.
 * @module
 */
import { anchorLogAddress, formatAddress, parseAddress } from '../anchor/anchor-log.ts';
import { type ChainProfile, findChainProfile } from '../anchor/chain-profiles.ts';
import { clip, fromBase64, toBase64 } from '../bytes/bytes.ts';
import {
  array,
  literal,
  nullable,
  object,
  parseCanonicalJson,
  string,
  uint,
} from '../bytes/canonical-json.ts';
import { EvidenceError } from '../errors.ts';
import { parseWitnessQuorum, type WitnessQuorum } from './witness-quorum.ts';

export interface LedgerPolicy {
  readonly profile: ChainProfile;
  readonly chainId: number;
  /** The EVM account that may anchor, and the one that may only rotate or freeze. */
  readonly operator: Uint8Array;
  readonly guardian: Uint8Array;
  readonly contract: Uint8Array;
  /** JSON-RPC endpoints whose block headers are compared. */
  readonly endpoints: readonly string[];
}

export interface Policy {
  /** SHA-256 of the operator's first key. */
  readonly operator: Uint8Array;
  readonly ledger: LedgerPolicy | null;
  /** tlog-policy lines, and what they say. */
  readonly witnessLines: readonly string[];
  readonly witnesses: WitnessQuorum;
  /** The error granted to a clock that does not state its own. */
  readonly clockErrorMs: number;
}

const FORMAT = 'sigill-policy@v1';

const shape = object({
  format: literal(FORMAT),
  operator: string,
  ledger: nullable(
    object({
      profile: string,
      chainId: uint,
      operator: string,
      guardian: string,
      contract: string,
      endpoints: array(string),
    }),
  ),
  witnesses: array(string),
  clockErrorMs: uint,
});

/** @throws EvidenceError JSON_*, POLICY_FORM, ADDRESS_FORM, NOTE_SYNTAX */
export function parsePolicy(text: string): Policy {
  // A trailing newline is what editors and shells add to a file; it is not part of the policy.
  const { operator, ledger, witnesses, clockErrorMs } = parseCanonicalJson(
    text.replace(/\n$/, ''),
    shape,
  );
  const operatorHash = fromBase64(operator);
  if (operatorHash.length !== 32) throw formError('operator: SHA-256 of 32 bytes expected');
  return {
    operator: operatorHash,
    ledger:
      ledger === null
        ? null
        : checkLedger({
            ...ledger,
            operator: parseAddress(ledger.operator),
            guardian: parseAddress(ledger.guardian),
            contract: parseAddress(ledger.contract),
          }),
    witnessLines: witnesses,
    witnesses: parseWitnessQuorum(witnesses),
    clockErrorMs,
  };
}

export function formatPolicy(policy: Omit<Policy, 'witnesses'>): string {
  const { ledger } = policy;
  return JSON.stringify({
    format: FORMAT,
    operator: toBase64(policy.operator),
    ledger:
      ledger === null
        ? null
        : {
            profile: ledger.profile.id,
            chainId: ledger.chainId,
            operator: formatAddress(ledger.operator),
            guardian: formatAddress(ledger.guardian),
            contract: formatAddress(ledger.contract),
            endpoints: ledger.endpoints,
          },
    witnesses: policy.witnessLines,
    clockErrorMs: policy.clockErrorMs,
  });
}

function checkLedger(ledger: Omit<LedgerPolicy, 'profile'> & { profile: string }): LedgerPolicy {
  const profile = findChainProfile(ledger.profile);
  if (profile === undefined)
    throw formError(`chain profile ${clip(ledger.profile)} is not described`);
  if (profile.chainId !== null && profile.chainId !== ledger.chainId)
    throw formError(
      `chain ${profile.chainId} of profile ${profile.id} expected, got ${ledger.chainId}`,
    );
  const address = formatAddress(anchorLogAddress(parseAddress(profile.factory), ledger));
  if (address !== formatAddress(ledger.contract))
    throw formError(
      `contract ${address} follows from factory, code and accounts; got ${formatAddress(ledger.contract)}`,
    );
  return { ...ledger, profile };
}

function formError(message: string): EvidenceError {
  return new EvidenceError('POLICY_FORM', message);
}
