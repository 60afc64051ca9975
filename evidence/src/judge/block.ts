/**
 * Whether the block that the ledger's proof stands in is part of the chain: its validators' seals say so where it
 * carries them, else others are asked.
 * @module
 */
import { validatorsAt, verifyQbftSeals } from '../anchor/qbft.ts';
import { equalBytes, toHex } from '../bytes/bytes.ts';
import { checkLedger, ledgerOf } from './anchoring.ts';
import { type Established, Refuted, Unchecked } from './claims.ts';
import type { EvidenceParts } from './evidence-parts.ts';
import type { Policy } from './policy.ts';

/** A block's hash as somebody gave it. */
export interface SeenBlock {
  readonly number: number;
  readonly hash: Uint8Array;
  /** Who gave it: an endpoint, a person, a light client. */
  readonly source: string;
}

export function judgeBlock(
  file: EvidenceParts,
  policy: Policy | null,
  blocks: readonly SeenBlock[],
): Established<null> {
  const policyLedger = ledgerOf(policy);
  const held = checkLedger(file, policyLedger);
  const seen = blocks.filter(({ number }) => number === held.blockNumber);
  const other = seen.find(({ hash }) => !equalBytes(hash, held.blockHash));
  if (other !== undefined)
    throw new Refuted('OTHER_BLOCK', `${other.source} has another block ${held.blockNumber}`);
  const pinned = validatorsAt(policyLedger.validators ?? [], held.blockNumber);
  if (pinned !== null && file.ledger !== null) {
    const sealed = verifyQbftSeals(file.ledger.header, pinned).length;
    return {
      value: null,
      provenBy: `the seals of ${sealed} of the ${pinned.length} validators that the policy names for block ${held.blockNumber}`,
      trust: ['ledger'] as const,
      facts: {
        ...{ block: held.blockNumber, profile: policyLedger.profile.id },
        ...{ sealed, validators: pinned.length },
      },
    };
  }
  if (seen.length === 0)
    throw new Unchecked(
      'NO_BLOCK_HEADER',
      `compare the hash of block ${held.blockNumber}, 0x${toHex(held.blockHash)}, with a source of your own`,
    );
  const sources = seen.map(({ source }) => source).join(', ');
  return {
    value: null,
    provenBy: `block ${held.blockNumber} has the same hash at ${sources}; it rests on ${policyLedger.profile.finality}`,
    trust: ['header-source', 'ledger'] as const,
    facts: { block: held.blockNumber, sources, profile: policyLedger.profile.id },
  };
}
