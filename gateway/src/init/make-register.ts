/**
 * The first records and the policy of a gateway that is alone: one operator, one slot, one agent.
 * @module
 */
import {
  anchorLogAddress,
  findChainProfile,
  formatNoteKey,
  formatPolicy,
  NO_RECORD,
  type NoteKey,
  parseAddress,
  type Signer,
  sha256,
  signOperatorRecord,
  signSlotRecord,
} from '@sigill/evidence';

export interface RegisterMaterial {
  readonly origin: string;
  readonly operator: Signer;
  /** Its hash is committed before it is needed. */
  readonly nextOperatorKey: Uint8Array;
  readonly logKey: Uint8Array;
  readonly agentKey: Uint8Array;
  readonly witnesses: readonly NoteKey[];
  /** The accounts of the anchor log; null without a ledger. */
  readonly ledger: DevelopmentAccounts | null;
}

export interface DevelopmentAccounts {
  readonly operator: string;
  readonly guardian: string;
  /** Where its blocks can be compared. */
  readonly endpoint: string;
}

export interface MadeRegister {
  readonly operatorRecord: Uint8Array;
  readonly slotRecord: Uint8Array;
  readonly policy: string;
}

// What a household clock without a time server drifts in some weeks.
const CLOCK_ERROR_MS = 60_000;

export function makeRegister(material: RegisterMaterial): MadeRegister {
  const { operator, witnesses } = material;
  return {
    operatorRecord: signOperatorRecord(
      {
        rev: 0,
        previous: NO_RECORD,
        key: operator.publicKey,
        nextKeyHash: sha256(material.nextOperatorKey),
        witnesses: witnesses.map(formatNoteKey),
        successor: null,
      },
      operator,
    ),
    slotRecord: signSlotRecord(
      {
        slot: 1,
        rev: 0,
        previous: NO_RECORD,
        origin: material.origin,
        logKey: material.logKey,
        state: 'open',
        agents: [{ key: material.agentKey, state: 'active', succeeds: null }],
      },
      operator,
    ),
    policy: `${formatPolicy({
      operator: sha256(operator.publicKey),
      ledger: material.ledger && ledgerPolicy(material.ledger),
      witnessLines: witnessLines(witnesses),
      clockErrorMs: CLOCK_ERROR_MS,
    })}\n`,
  };
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

function ledgerPolicy({ operator, guardian, endpoint }: DevelopmentAccounts) {
  const profile = findChainProfile('development');
  if (profile?.chainId == null) throw new Error('the development chain is not described');
  const roles = { operator: parseAddress(operator), guardian: parseAddress(guardian) };
  const contract = anchorLogAddress(parseAddress(profile.factory), roles);
  return { profile, chainId: profile.chainId, ...roles, contract, endpoints: [endpoint] };
}
