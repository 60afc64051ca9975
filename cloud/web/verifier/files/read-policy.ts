/** A policy as a file or typed in, in its one form, with what a person should know of it. */
import { EvidenceError, formatAddress, parsePolicy, sha256, toHex, utf8 } from '@sigill/evidence';

export interface GivenPolicy {
  /** As it is judged by. */
  readonly text: string;
  readonly name: string | null;
  /** Of the bytes given, or of the one form if they were written otherwise. */
  readonly hash: string;
  readonly operator: string;
  readonly ledger: {
    readonly profile: string;
    readonly chainId: number;
    readonly contract: string;
    readonly endpoints: readonly string[];
  } | null;
  /** Empty where none is asked for. */
  readonly witnesses: readonly string[];
  readonly clockErrorMs: number;
}

/** @throws EvidenceError for what is no policy */
export function readPolicy(bytes: Uint8Array, name: string | null): GivenPolicy {
  const given = new TextDecoder().decode(bytes);
  const text = isPolicy(given) ? given : withoutSpaces(given);
  const { operator, ledger, witnesses, clockErrorMs } = parsePolicy(text);
  return {
    ...{ text, name, clockErrorMs },
    hash: toHex(sha256(text === given ? bytes : utf8(text))),
    operator: toHex(operator),
    ledger: ledger && {
      profile: ledger.profile.id,
      chainId: ledger.chainId,
      contract: formatAddress(ledger.contract),
      endpoints: ledger.endpoints,
    },
    witnesses:
      witnesses.quorum === null ? [] : [...witnesses.witnesses.values()].map((key) => key.name),
  };
}

function isPolicy(text: string): boolean {
  try {
    parsePolicy(text);
    return true;
  } catch (error) {
    if (error instanceof EvidenceError) return false;
    throw error;
  }
}

/** As somebody types it from paper, or pastes it out of a letter. All else must be as it was. */
function withoutSpaces(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, quoted?: string) => quoted ?? '');
}
