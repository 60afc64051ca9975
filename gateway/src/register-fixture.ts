/**
 * A register of one operator and one slot, signed as gateway init signs it.
 * @module
 */
import {
  compareBytes,
  formatNoteKey,
  NO_RECORD,
  type NoteKey,
  type RegisteredAgent,
  type Signer,
  sha256,
  signOperatorRecord,
  signSlotRecord,
} from '@sigill/evidence';
import { newSigner } from './agent-fixture.ts';
import { openRegister, type Register } from './register.ts';

export interface FixtureRegisterParts {
  readonly origin: string;
  readonly log: Signer;
  /** The first is this gateway's own. */
  readonly agents: readonly (Partial<RegisteredAgent> & { readonly key: Uint8Array })[];
  readonly operator?: Signer;
  readonly witnesses?: readonly NoteKey[];
}

export function createFixtureRegister(parts: FixtureRegisterParts): Register {
  const { origin, log, agents, operator = newSigner(), witnesses = [] } = parts;
  const operatorRecord = signOperatorRecord(
    {
      rev: 0,
      previous: NO_RECORD,
      key: operator.publicKey,
      nextKeyHash: sha256(newSigner().publicKey),
      witnesses: witnesses.map(formatNoteKey),
      successor: null,
    },
    operator,
  );
  const slotRecord = signSlotRecord(
    {
      slot: 1,
      rev: 0,
      previous: NO_RECORD,
      origin,
      logKey: log.publicKey,
      state: 'open',
      agents: agents
        .map((agent) => ({ state: 'active' as const, succeeds: null, ...agent }))
        .sort((left, right) => compareBytes(left.key, right.key)),
    },
    operator,
  );
  return openRegister([operatorRecord, slotRecord], {
    operatorKeyHash: sha256(operator.publicKey),
    origin,
    logKey: log.publicKey,
    agentKey: agents[0]!.key,
  });
}
