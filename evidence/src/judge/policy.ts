/**
 * What a verifier trusts before it opens a file. Nothing in an evidence file is a root of trust;
 * this is. Canonical JSON:
 *
 *     { "format": "sigill-policy@v1",
 *       "operator": base64 SHA-256 of the operator's first key (SPKI),
 *       "ledger": null | { "profile", "chainId", "operator", "guardian", "contract", "endpoints": [* url],
 *                          "validators": [+ { "from", "addresses": [+ address] }]   only where headers carry seals },
 *       "witnesses": [* tlog-policy line],
 *       "clockErrorMs": uint }
 *
 * The contract's address is recomputed from the profile's factory, our code and the two accounts.
 * @module
 */
import { anchorLogAddress, formatAddress, parseAddress } from '../anchor/anchor-log.ts';
import { CHAIN_PROFILES, type ChainProfile, findChainProfile } from '../anchor/chain-profiles.ts';
import { MAX_VALIDATORS, type ValidatorSet } from '../anchor/qbft.ts';
import { clip, fromBase64, toBase64 } from '../bytes/bytes.ts';
import {
  array,
  type JsonShape,
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
  /** Who seals its blocks, from which block on: exactly where headers carry seals. */
  readonly validators?: readonly ValidatorSet[];
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

interface LedgerText {
  readonly profile: string;
  readonly chainId: number;
  readonly operator: string;
  readonly guardian: string;
  readonly contract: string;
  readonly endpoints: string[];
  readonly validators?: { readonly from: number; readonly addresses: string[] }[];
}

const ledgerKeys = {
  ...{ profile: string, chainId: uint, operator: string, guardian: string, contract: string },
  endpoints: array(string),
};
const unsealed: JsonShape<LedgerText> = object(ledgerKeys);
const sealed: JsonShape<LedgerText> = object({
  ...ledgerKeys,
  validators: array(object({ from: uint, addresses: array(string) })),
});
const shape = object({
  format: literal(FORMAT),
  operator: string,
  ledger: nullable<LedgerText>((value, path) => {
    const { profile } = (value ?? {}) as { profile?: unknown };
    const carriesSeals = typeof profile === 'string' && findChainProfile(profile)?.seals;
    return (carriesSeals ? sealed : unsealed)(value, path);
  }),
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
    ledger: ledger && parseLedger(ledger),
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
    ledger: ledger && {
      profile: ledger.profile.id,
      chainId: ledger.chainId,
      operator: formatAddress(ledger.operator),
      guardian: formatAddress(ledger.guardian),
      contract: formatAddress(ledger.contract),
      endpoints: ledger.endpoints,
      validators: ledger.validators?.map(({ from, validators }) => ({
        from,
        addresses: validators.map(formatAddress),
      })),
    },
    witnesses: policy.witnessLines,
    clockErrorMs: policy.clockErrorMs,
  });
}

function parseLedger({ validators, ...text }: LedgerText): LedgerPolicy {
  const profile = findChainProfile(text.profile);
  if (profile === undefined)
    throw formError(`chain profile ${clip(text.profile)} is not described`);
  // A network that numbers itself must not pass for one that is described with its number.
  const owner = CHAIN_PROFILES.find(({ chainId }) => chainId === text.chainId);
  if ((profile.chainId !== null || owner !== undefined) && owner !== profile)
    throw formError(
      `chain ${profile.chainId ?? 'of another number'} of profile ${profile.id} expected, got ${text.chainId}`,
    );
  const roles = { operator: parseAddress(text.operator), guardian: parseAddress(text.guardian) };
  const contract = anchorLogAddress(parseAddress(profile.factory), roles);
  if (text.contract !== formatAddress(contract))
    throw formError(
      `contract ${formatAddress(contract)} follows from factory, code and accounts; got ${formatAddress(parseAddress(text.contract))}`,
    );
  const { chainId, endpoints } = text;
  const ledger = { profile, chainId, ...roles, contract, endpoints };
  return validators === undefined ? ledger : { ...ledger, validators: parseSets(validators) };
}

/** Sets ascend by their first block; the addresses of each ascend. */
function parseSets(texts: NonNullable<LedgerText['validators']>): ValidatorSet[] {
  if (texts.length === 0) throw formError('validators: one set or more expected');
  return texts.map(({ from, addresses }, at) => {
    const before = texts[at - 1];
    if (before !== undefined && before.from >= from)
      throw formError(`validators: a set from block ${from} after one from ${before.from}`);
    if (addresses.length === 0 || addresses.length > MAX_VALIDATORS)
      throw formError(`validators: 1 to ${MAX_VALIDATORS} expected, got ${addresses.length}`);
    if (addresses.some((address, n) => n > 0 && address <= addresses[n - 1]!))
      throw formError('validators: addresses in ascending order, each once, expected');
    return { from, validators: addresses.map(parseAddress) };
  });
}

function formError(message: string): EvidenceError {
  return new EvidenceError('POLICY_FORM', message);
}
