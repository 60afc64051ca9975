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
import { continuationOf } from '../register/register-rules.ts';

export interface Outcomes {
  outcomeOf(row: BoxRow): EnrolmentOutcome;
}

export type Standing =
  | { readonly state: 'approved'; readonly slot: Opened<SlotRecord> }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'waiting' };

type Slots = readonly Opened<SlotRecord>[];

/** @param policy canonical JSON, handed to every box that is let in */
export function createOutcomes(register: Register, policy: string): Outcomes {
  function outcomeOf(row: BoxRow): EnrolmentOutcome {
    const standing = standingOf(row, register.slots());
    if (standing.state !== 'approved') return standing;
    return { state: 'approved', approval: approvalOf(standing.slot) };
  }

  function approvalOf({ record, hash }: Opened<SlotRecord>) {
    const newest = register.find(hash);
    if (newest === undefined) throw new Error(`slot ${record.slot} has no signed record`);
    const records = [...register.operatorChain().map(({ cose }) => cose), newest.cose];
    return { origin: record.origin, records, policy, broker: null };
  }

  return { outcomeOf };
}

/** @param slots the newest record of each */
export function standingOf(row: BoxRow, slots: Slots): Standing {
  const slot = slotOf(row, slots);
  if (slot !== undefined) return { state: 'approved', slot };
  const out = row.kind === 'generation' ? generationOut(row, slots) : boxOut(row, slots);
  if (out !== null) return { state: 'refused', reason: out.reason };
  if (row.refusedAt !== null) return { state: 'refused', reason: row.reason };
  return { state: 'waiting' };
}

/** The open slot that the box asked for; a next log is in the one that goes on from the last. */
function slotOf(row: BoxRow, slots: Slots): Opened<SlotRecord> | undefined {
  if (row.kind !== 'generation') return slotWith(row, slots);
  const from = slots.find(({ record }) => record.origin === row.gateway);
  const next = continuationOf(from, slots);
  return next && slotWith(row, [next]);
}

interface Out {
  readonly code: 'BOX_REVOKED' | 'ORIGIN_CLOSED';
  readonly reason: string;
}

const REVOKED: Out = { code: 'BOX_REVOKED', reason: 'the operator has revoked this box' };

function boxOut(row: BoxRow, slots: Slots): Out | null {
  const records = slots.map(({ record }) => record);
  return findBox(row, records) === 'none' ? null : REVOKED;
}

/** Why a log cannot go on as this request would have it; null when it can, and its box is in the slot that it goes on from. */
export function generationOut(
  { gateway, logKey, agentKey }: Pick<BoxRow, 'gateway' | 'logKey' | 'agentKey'>,
  slots: Slots,
): Out | null {
  const from = slots.find(({ record }) => record.origin === gateway);
  const isActive = from?.record.agents.some(
    ({ key, state }) => state === 'active' && equalBytes(key, agentKey),
  );
  if (from === undefined || !isActive) return REVOKED;
  const next = from.record.closed === null ? undefined : continuationOf(from, slots);
  if (next === undefined) return null;
  if (logKey !== null && equalBytes(next.record.logKey, logKey)) return REVOKED;
  const reason = `${from.record.origin} goes on as ${next.record.origin} already, with another key`;
  return { code: 'ORIGIN_CLOSED', reason };
}

/** The open slot in which this box is active. */
export function slotWith(
  { logKey, agentKey }: Pick<BoxRow, 'logKey' | 'agentKey'>,
  slots: Slots,
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
