/**
 * The records that an operator signs when a box comes or goes. Pure: whoever holds the key signs the same.
 * @module
 */
import { compareBytes, equalBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { type BoxKeys, boxFingerprint } from './enrolment.ts';
import { nextOrigin } from './generations.ts';
import { assertContinues } from './record-order.ts';
import {
  type Closing,
  NO_RECORD,
  type Opened,
  type RegisteredAgent,
  type SlotRecord,
} from './register.ts';

export interface NewSlot {
  readonly slot: number;
  readonly origin: string;
  readonly logKey: Uint8Array;
  readonly agentKey: Uint8Array;
}

/** The first record of a gateway. */
export function openSlot({ slot, origin, logKey, agentKey }: NewSlot): SlotRecord {
  const agents = [{ key: agentKey, state: 'active' as const, succeeds: null }];
  const first = { rev: 0, previous: NO_RECORD, closed: null, continues: null };
  return { ...first, slot, origin, logKey, agents };
}

/** The last record of a slot: its log ended there, and its agents may go on in the next generation. @throws EvidenceError RECORD_CHAIN */
export function closeSlot(last: Opened<SlotRecord>, closed: Closing): SlotRecord {
  if (last.record.closed !== null) throw chainError(`slot ${last.record.slot} is closed`);
  return revise(last, { closed });
}

/** The first record of the next generation, with a log key of its own. @throws EvidenceError RECORD_CHAIN */
export function continueSlot(
  { record, hash }: Opened<SlotRecord>,
  slot: number,
  logKey: Uint8Array,
): SlotRecord {
  const agents = record.agents
    .filter(({ state }) => state === 'active')
    .map(({ key }) => ({ key, state: 'active' as const, succeeds: null }));
  const next = {
    ...{ slot, rev: 0, previous: NO_RECORD, origin: nextOrigin(record), logKey, agents },
    ...{ closed: null, continues: hash },
  };
  assertContinues({ record, hash }, next);
  return next;
}

/** Slots are never reused, not even closed ones. */
export function nextSlot(slots: readonly SlotRecord[]): number {
  return slots.reduce((highest, { slot }) => Math.max(highest, slot), 0) + 1;
}

/** One more agent at this gateway. @throws EvidenceError RECORD_CHAIN */
export function addAgent(last: Opened<SlotRecord>, agentKey: Uint8Array): SlotRecord {
  const { agents } = last.record;
  if (agents.some(({ key }) => equalBytes(key, agentKey)))
    throw chainError(`slot ${last.record.slot} has this agent already`);
  const agent: RegisteredAgent = { key: agentKey, state: 'active', succeeds: null };
  return revise(last, { agents: [...agents, agent].sort((a, b) => compareBytes(a.key, b.key)) });
}

/** A box of this register, by what people call it by. */
export interface RegisteredBox extends BoxKeys {
  readonly fingerprint: string;
  /** The newest record of the slot it is in. */
  readonly slot: Opened<SlotRecord>;
  readonly agent: RegisteredAgent;
}

/**
 * Every box that a slot may hold: each of its agents as one that stands alone, and with the log as a gateway.
 * Which of the agents lives in the gateway's own box no record says, so the fingerprint decides.
 */
export function boxesOf(slot: Opened<SlotRecord>): RegisteredBox[] {
  return slot.record.agents.flatMap((agent) =>
    [slot.record.logKey, null].map((logKey) => {
      const keys = { logKey, agentKey: agent.key };
      return { ...keys, fingerprint: boxFingerprint(keys), slot, agent };
    }),
  );
}

/**
 * Revokes the box's agent, for ever; a gateway's slot is closed with it.
 * @param ended how far the gateway's log is known
 * @throws EvidenceError RECORD_CHAIN
 */
export function revokeBox(
  { slot, logKey, agentKey, agent }: RegisteredBox,
  ended: Closing,
): SlotRecord {
  const closes = logKey !== null && slot.record.closed === null;
  if (agent.state === 'revoked' && !closes)
    throw chainError(`slot ${slot.record.slot}: this box is revoked already`);
  if (slot.record.closed !== null) throw chainError(`slot ${slot.record.slot} is closed`);
  const agents = slot.record.agents.map((one) =>
    equalBytes(one.key, agentKey) ? { ...one, state: 'revoked' as const } : one,
  );
  return revise(slot, { agents, closed: logKey === null ? null : ended });
}

/**
 * The slot's record once more, as it is: the operator's word that a box stays in, for one whose key its gateway put out
 * because it signed two histories. @throws EvidenceError RECORD_CHAIN
 */
export function confirmBox({ slot, agent }: RegisteredBox): SlotRecord {
  if (agent.state === 'revoked')
    throw chainError(`slot ${slot.record.slot}: this box is revoked, for ever`);
  if (slot.record.closed !== null) throw chainError(`slot ${slot.record.slot} is closed`);
  return revise(slot, {});
}

function revise({ record, hash }: Opened<SlotRecord>, change: Partial<SlotRecord>): SlotRecord {
  return { ...record, rev: record.rev + 1, previous: hash, ...change };
}

function chainError(message: string): EvidenceError {
  return new EvidenceError('RECORD_CHAIN', message);
}
