/**
 * The records this gateway stands on: the operator's chain, and its own slot's. Checked against each other and against
 * the key files before anything is signed; a later revision is taken up while the gateway runs.
 * @module
 */
import {
  agentId,
  equalBytes,
  findAgent,
  type Opened,
  type RegisteredAgent,
  type SlotRecord,
} from '@sigill/evidence';
import { GatewayError } from './errors.ts';
import {
  assertSucceeds,
  joinRecords,
  type ReadSlot,
  type Register,
  readIfSlot,
} from './records.ts';
import { BEGIN_ANEW } from './restore/begin-anew.ts';

export type { Register } from './records.ts';

export interface RegisterExpectations {
  /** SHA-256 of the operator's first key, from the policy. */
  readonly operatorKeyHash: Uint8Array;
  readonly origin: string;
  readonly logKey: Uint8Array;
  readonly agentKey: Uint8Array;
}

export interface RegisterHolder {
  current(): Register;
  /**
   * Takes a record in: the operator's next, or a later revision of this slot's. Durable on return; one known already
   * changes nothing. @returns whether it is in force now and was not before
   * @throws GatewayError RECORD_MISMATCH, EvidenceError
   */
  admit(cose: Uint8Array): Promise<boolean>;
  /** Called after each change, until the returned function is called. */
  watch(listener: (now: Register, before: Register) => void): () => void;
}

/**
 * @param cose the operator's records in their order, and any revisions of this slot's: the latest counts
 * @throws GatewayError RECORD_MISMATCH, EvidenceError
 */
export function openRegister(
  cose: readonly Uint8Array[],
  { operatorKeyHash, origin, logKey, agentKey }: RegisterExpectations,
): Register {
  const slots = cose.flatMap((bytes) => readIfSlot(bytes) ?? []);
  const chain = cose.filter((bytes) => readIfSlot(bytes) === null);
  const newest = slots.toSorted((one, other) => other.record.rev - one.record.rev)[0];
  if (newest === undefined) throw mismatch('there is none among the files of records');
  const register = joinRecords(chain, newest.cose, operatorKeyHash);
  const { record } = register.slot;
  if (record.origin !== origin) {
    throw mismatch(`the record is for origin ${record.origin}, gateway.yaml says ${origin}`);
  }
  if (record.state !== 'open') throw closed(record);
  if (!equalBytes(record.logKey, logKey)) throw mismatch('the log key file is not its log key');
  const agent = findAgent(record, agentId(agentKey));
  if (agent === undefined) throw mismatch('the agent key file is none of its agents');
  if (agent.state !== 'active') throw mismatch('its agent is revoked');
  return register;
}

/** @param keep makes a record durable, beside those the register was opened with */
export function createRegisterHolder(
  opened: Register,
  operatorKeyHash: Uint8Array,
  keep: (name: string, cose: Uint8Array) => Promise<void>,
): RegisterHolder {
  const listeners = new Set<(now: Register, before: Register) => void>();
  let current = opened;
  let turn: Promise<unknown> = Promise.resolve();

  async function admit(cose: Uint8Array): Promise<boolean> {
    const slot = readIfSlot(cose);
    const next = slot === null ? withOperator(cose) : withSlot(slot);
    if (next === null) return false;
    const { record } = slot ?? next.operator;
    const number = slot === null ? 0 : slot.record.slot;
    await keep(`slot-${number}-rev-${record.rev}.record`, cose);
    const before = current;
    current = next;
    for (const listener of listeners) listener(next, before);
    return true;
  }

  function withOperator(cose: Uint8Array): Register | null {
    const { chain } = current;
    if (chain.some((known) => equalBytes(known, cose))) return null;
    return joinRecords([...chain, cose], current.cose[1], operatorKeyHash);
  }

  function withSlot({ record, cose }: ReadSlot): Register | null {
    const { slot } = current;
    if (record.slot !== slot.record.slot) {
      throw mismatch(`the record is for slot ${record.slot}, this gateway has ${slot.record.slot}`);
    }
    if (record.rev < slot.record.rev || equalBytes(cose, current.cose[1])) return null;
    const next = joinRecords(current.chain, cose, operatorKeyHash);
    assertSucceeds(slot, next.slot.record);
    return next;
  }

  return {
    current: () => current,
    admit(cose) {
      const done = turn.then(
        () => admit(cose),
        () => admit(cose),
      );
      turn = done;
      return done;
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @throws GatewayError AGENT_UNKNOWN, AGENT_REVOKED */
export function activeAgent({ record }: Opened<SlotRecord>, agent: Uint8Array): RegisteredAgent {
  const found = findAgent(record, agent);
  const name = Buffer.from(agent).toString('hex');
  if (found === undefined) {
    throw new GatewayError(
      'AGENT_UNKNOWN',
      `agent ${name} is not in the record of slot ${record.slot}; the operator adds it with a new record`,
    );
  }
  if (found.state === 'active') return found;
  throw new GatewayError('AGENT_REVOKED', `agent ${name} was revoked by the operator, for ever`);
}

function closed({ slot, origin }: SlotRecord): GatewayError {
  return new GatewayError(
    'RECORD_MISMATCH',
    `the operator closed slot ${slot}, ${origin}, for ever; to go on, ${BEGIN_ANEW}`,
  );
}

function mismatch(message: string): GatewayError {
  return new GatewayError(
    'RECORD_MISMATCH',
    `slot record: ${message}; take records, keys and gateway.yaml from one and the same gateway init`,
  );
}
