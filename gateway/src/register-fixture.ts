/**
 * A register of one operator and one slot, signed as gateway init signs it, and of the generations that continue it.
 * @module
 */
import {
  type Closing,
  closeSlot,
  compareBytes,
  continueSlot,
  formatNoteKey,
  NO_RECORD,
  type NoteKey,
  type Opened,
  type RegisteredAgent,
  readSlotRecord,
  type Signer,
  type SlotRecord,
  sha256,
  signOperatorRecord,
  signSlotRecord,
} from '@sigill/evidence';
import { newSigner } from './agent-fixture.ts';
import { openRegister, type Register, type RegisterHolder } from './register.ts';

export interface FixtureRegisterParts {
  readonly origin: string;
  readonly log: Signer;
  /** The first is this gateway's own. */
  readonly agents: readonly (Partial<RegisteredAgent> & { readonly key: Uint8Array })[];
  readonly operator?: Signer;
  readonly witnesses?: readonly NoteKey[];
  readonly slot?: number;
  readonly keep?: (name: string, cose: Uint8Array) => Promise<void>;
}

/** With the means to sign its next revisions and generations. */
export interface FixtureRegister extends RegisterHolder {
  readonly operator: Signer;
  /** Public keys of the logs that this box has; a test adds that of the next generation. */
  readonly logKeys: Uint8Array[];
  /** The slot's record with these changes, signed as its next revision. */
  revise(change: Partial<SlotRecord>): Uint8Array;
  /** The slot's record, signed as its last. */
  close(closing?: Partial<Closing>): Uint8Array;
  /** The first record of the generation after that closed one. */
  continueFrom(closed: Uint8Array, log: Signer, change?: Partial<SlotRecord>): Uint8Array;
}

export function createFixtureHolder(parts: FixtureRegisterParts): FixtureRegister {
  const { origin, log, agents, operator = newSigner() } = parts;
  const logKeys = [log.publicKey];
  const expectations = {
    ...{ operatorKeyHash: sha256(operator.publicKey), origin },
    ...{ logKeys: () => logKeys, agentKey: agents[0]!.key },
  };
  const keep = parts.keep ?? (async () => {});
  const holder = openRegister(firstRecords({ ...parts, operator }), expectations, keep);
  const sign = (record: SlotRecord) => signSlotRecord(record, operator);
  return {
    ...holder,
    ...{ operator, logKeys },
    revise(change) {
      const { record, hash } = holder.current().slot;
      return sign({ ...record, rev: record.rev + 1, previous: hash, ...change });
    },
    close: (closing = {}) => sign(closeSlot(holder.current().slot, { ...CLOSING, ...closing })),
    continueFrom(closed, nextLog, change = {}) {
      const last: Opened<SlotRecord> = readSlotRecord(closed);
      return sign({
        ...continueSlot(last, last.record.slot + 1, nextLog.publicKey),
        ...change,
      });
    },
  };
}

export function createFixtureRegister(parts: FixtureRegisterParts): Register {
  return createFixtureHolder(parts).current();
}

export const CLOSING: Closing = {
  size: 812,
  root: new Uint8Array(32).fill(8),
  cause: 'its log could not go on',
};

function firstRecords(parts: FixtureRegisterParts & { readonly operator: Signer }): Uint8Array[] {
  const { operator, origin, log, agents, witnesses = [], slot = 1 } = parts;
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
      closed: null,
      continues: null,
      agents: agents
        .map((agent) => ({ state: 'active' as const, succeeds: null, ...agent }))
        .sort((left, right) => compareBytes(left.key, right.key)),
    },
    operator,
  );
  return [operatorRecord, slotRecord];
}
