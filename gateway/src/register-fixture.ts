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
  type SlotRecord,
  sha256,
  signOperatorRecord,
  signSlotRecord,
} from '@sigill/evidence';
import { newSigner } from './agent-fixture.ts';
import {
  createRegisterHolder,
  openRegister,
  type Register,
  type RegisterHolder,
} from './register.ts';

export interface FixtureRegisterParts {
  readonly origin: string;
  readonly log: Signer;
  /** The first is this gateway's own. */
  readonly agents: readonly (Partial<RegisteredAgent> & { readonly key: Uint8Array })[];
  readonly operator?: Signer;
  readonly witnesses?: readonly NoteKey[];
  readonly slot?: number;
}

/** With the means to sign its next revisions. */
export interface FixtureRegister extends RegisterHolder {
  readonly operator: Signer;
  /** The slot's record with these changes, signed as its next revision. */
  revise(change: Partial<SlotRecord>): Uint8Array;
}

export function createFixtureHolder(parts: FixtureRegisterParts): FixtureRegister {
  const operator = parts.operator ?? newSigner();
  const opened = createFixtureRegister({ ...parts, operator });
  const holder = createRegisterHolder(opened, sha256(operator.publicKey), async () => {});
  return {
    ...holder,
    operator,
    revise(change) {
      const { record, hash } = holder.current().slot;
      return signSlotRecord(
        { ...record, rev: record.rev + 1, previous: hash, ...change },
        operator,
      );
    },
  };
}

export function createFixtureRegister(parts: FixtureRegisterParts): Register {
  const { origin, log, agents, operator = newSigner(), witnesses = [], slot = 1 } = parts;
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
      slot,
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
