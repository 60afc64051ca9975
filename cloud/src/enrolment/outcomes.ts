/**
 * What became of a box that asked: the records say who is in, and the operator who is sent away.
 * @module
 */
import {
  type EnrolmentOutcome,
  equalBytes,
  findBox,
  type Opened,
  type SlotRecord,
} from '@sigill/evidence';
import type { BoxRow } from '../database/boxes.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';

export interface Outcomes {
  outcomeOf(row: BoxRow): EnrolmentOutcome;
}

/** @param policy canonical JSON, handed to every box that is let in */
export function createOutcomes(register: Register, policy: string): Outcomes {
  const slots = () => register.slots().map(({ record }) => record);

  function outcomeOf(row: BoxRow): EnrolmentOutcome {
    const slot = slotWith(row, register.slots());
    if (slot !== undefined) return { state: 'approved', approval: approvalOf(slot) };
    if (findBox(row, slots()) !== 'none')
      return { state: 'refused', reason: 'the operator has revoked this box' };
    if (row.refusedAt !== null) return { state: 'refused', reason: row.reason };
    return { state: 'waiting' };
  }

  function approvalOf({ record, hash }: Opened<SlotRecord>) {
    const newest = register.find(hash);
    if (newest === undefined) throw new Error(`slot ${record.slot} has no signed record`);
    const records = [...register.operatorChain().map(({ cose }) => cose), newest.cose];
    return { origin: record.origin, records, policy, broker: null };
  }

  return { outcomeOf };
}

/** The open slot in which this box is active. */
export function slotWith(
  { logKey, agentKey }: Pick<BoxRow, 'logKey' | 'agentKey'>,
  slots: readonly Opened<SlotRecord>[],
): Opened<SlotRecord> | undefined {
  return slots.find(
    ({ record }) =>
      record.closed === null &&
      (logKey === null || equalBytes(record.logKey, logKey)) &&
      record.agents.some(({ key, state }) => state === 'active' && equalBytes(key, agentKey)),
  );
}

// The furthest a Date can tell: a box or a gateway may say any number.
const MAX_TIME_MS = 8_640_000_000_000_000;

export function asTime(ms: number): number {
  return Math.max(-MAX_TIME_MS, Math.min(MAX_TIME_MS, ms));
}

export function unknownBox(): CloudError {
  return new CloudError('BOX_UNKNOWN', 'no box of these keys has asked here; enrol it again');
}
