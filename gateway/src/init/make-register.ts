/**
 * The first records and the policy of a gateway that is alone: one operator, one slot, one agent.
 * @module
 */
import {
  type DevelopmentAccounts,
  formatNoteKey,
  NO_RECORD,
  type NoteKey,
  newPolicy,
  openSlot,
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

export interface MadeRegister {
  readonly operatorRecord: Uint8Array;
  readonly slotRecord: Uint8Array;
  readonly policy: string;
}

export function makeRegister(material: RegisterMaterial): MadeRegister {
  const { operator, witnesses, origin, logKey, agentKey } = material;
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
    slotRecord: signSlotRecord(openSlot({ slot: 1, origin, logKey, agentKey }), operator),
    policy: `${newPolicy({
      operatorKey: operator.publicKey,
      witnesses,
      development: material.ledger,
    })}\n`,
  };
}
