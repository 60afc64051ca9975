/**
 * Which record may come after which: revisions of one slot, and the next generation of a closed one.
 * @module
 */
import { equalBytes } from '../bytes/bytes.ts';
import { EvidenceError } from '../errors.ts';
import { nextOrigin } from './generations.ts';
import { NO_RECORD, type Opened, type RegisteredAgent, type SlotRecord } from './register.ts';

/**
 * Whether `next` may follow `last` in a slot: one more revision of the same log, agents kept,
 * revoked and closed final.
 * @throws EvidenceError RECORD_CHAIN
 */
export function assertRecordFollows(last: Opened<SlotRecord> | null, next: SlotRecord): void {
  if (last === null) {
    if (next.rev !== 0 || !equalBytes(next.previous, NO_RECORD))
      throw chainError(`slot ${next.slot}: the first record has rev 0 and no previous`);
    return;
  }
  const { record } = last;
  if (next.slot !== record.slot || next.rev !== record.rev + 1)
    throw chainError(`slot ${record.slot}: rev ${record.rev + 1} expected, got ${next.rev}`);
  if (!equalBytes(next.previous, last.hash))
    throw chainError(`slot ${next.slot}: rev ${next.rev} follows another record`);
  if (next.origin !== record.origin || !equalBytes(next.logKey, record.logKey))
    throw chainError(`slot ${next.slot}: origin and log key never change`);
  if (record.closed !== null) throw chainError(`slot ${next.slot}: closed is final`);
  if (!isSame(record.continues, next.continues))
    throw chainError(`slot ${next.slot}: what it continues never changes`);
  for (const agent of record.agents) {
    const kept = next.agents.find(({ key }) => equalBytes(key, agent.key));
    if (kept === undefined) throw chainError(`slot ${next.slot}: an agent is missing`);
    if (agent.state === 'revoked' && kept.state === 'active')
      throw chainError(`slot ${next.slot}: revoked is final`);
    if (!isSameSuccession(agent.succeeds, kept.succeeds))
      throw chainError(`slot ${next.slot}: whom an agent succeeds never changes`);
  }
}

/**
 * Whether `next`, the first record of its slot, may go on from a closed one: the next generation's origin, a new key, no
 * agents but its active ones.
 * @throws EvidenceError RECORD_CHAIN
 */
export function assertContinues(closed: Opened<SlotRecord>, next: SlotRecord): void {
  const { record } = closed;
  const fail = (message: string) =>
    new EvidenceError(
      'RECORD_CHAIN',
      `slot ${next.slot} does not continue slot ${record.slot}: ${message}`,
    );
  if (next.continues === null || !equalBytes(next.continues, closed.hash))
    throw fail('it names another record');
  if (record.closed === null) throw fail('that one is open');
  if (next.rev !== 0 || !equalBytes(next.previous, NO_RECORD)) throw fail('it is not new');
  if (next.slot <= record.slot) throw fail('slots are never reused');
  if (next.origin !== nextOrigin(record)) throw fail(`its origin is not ${nextOrigin(record)}`);
  if (equalBytes(next.logKey, record.logKey)) throw fail('it has the same log key');
  for (const { key, state, succeeds } of next.agents) {
    const before = record.agents.find((one) => equalBytes(one.key, key));
    if (before === undefined) throw fail('an agent was not there before');
    if (before.state === 'revoked' && state === 'active') throw fail('revoked is final');
    if (succeeds !== null) throw fail('an agent that goes on succeeds nobody');
  }
}

function isSame(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : equalBytes(one, other);
}

function isSameSuccession(
  one: RegisteredAgent['succeeds'],
  other: RegisteredAgent['succeeds'],
): boolean {
  if (one === null || other === null) return one === other;
  return equalBytes(one.agent, other.agent) && equalBytes(one.lastHeaderHash, other.lastHeaderHash);
}

function chainError(message: string): EvidenceError {
  return new EvidenceError('RECORD_CHAIN', message);
}
