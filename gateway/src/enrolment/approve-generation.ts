/**
 * The next log of this site approved with the operator's key on this box: the record that closes the log in force, and
 * the first one of the slot that continues it. Killed between the two, or before the gateway has them, it goes on with
 * what it has signed.
 * @module
 */
import {
  type Closing,
  closeSlot,
  continueSlot,
  equalBytes,
  type Opened,
  readSlotRecord,
  type SlotRecord,
} from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { OperatorPen } from '../keys/operator-pen.ts';
import { type ReadSlot, type Register, readIfSlot } from '../records.ts';
import type { AskedGeneration } from './asked-generation.ts';
import type { EnrolmentFiles } from './enrolment-files.ts';

export interface ApproveParts {
  /** With what was signed here and is not taken up yet. */
  readonly register: Register;
  readonly asked: AskedGeneration;
  readonly cause: string;
  readonly pen: OperatorPen;
  readonly files: Pick<EnrolmentFiles, 'putRecord'>;
}

export interface ApprovedGeneration {
  readonly closed: ReadSlot;
  readonly first: SlotRecord;
}

/** @throws GatewayError LOG_END_UNKNOWN, RECORD_SIGNED, EvidenceError RECORD_CHAIN */
export function approveGeneration(parts: ApproveParts): ApprovedGeneration {
  const closed = closeLog(parts);
  const first = continueLog(closed, parts);
  return { closed, first };
}

function closeLog({ register, asked, cause, pen, files }: ApproveParts): ReadSlot {
  const { slot, cose } = register;
  if (slot.record.closed !== null) return { ...slot, cose: cose[1] };
  const { slot: number, rev } = slot.record;
  const before = pen.signed(number, rev + 1);
  const known = before === null ? null : readIfSlot(before);
  // Signed with the end as it was known then; two ends would be two histories.
  const signed =
    known?.record.closed && equalBytes(known.record.previous, slot.hash)
      ? known.cose
      : pen.sign(closeSlot(slot, endOf(asked, slot, cause)));
  files.putRecord(number, rev + 1, signed);
  return { ...readSlotRecord(signed), cose: signed };
}

function endOf({ end }: AskedGeneration, slot: Opened<SlotRecord>, cause: string): Closing {
  if (end !== null) return { ...end, cause };
  throw new GatewayError(
    'LOG_END_UNKNOWN',
    `where ${slot.record.origin} ends is not known here yet: the running gateway asks its cloud for it within a minute, so start it, let it reach its cloud, and approve again`,
  );
}

function continueLog(closed: ReadSlot, { asked, pen, files }: ApproveParts): SlotRecord {
  const slots = [closed.record.slot, ...pen.slots()];
  const before = slots.find((slot) => continues(pen.signed(slot, 0), closed, asked));
  const slot = before ?? Math.max(...slots) + 1;
  const record = continueSlot(closed, slot, asked.keys.logKey);
  files.putRecord(slot, 0, pen.sign(record));
  return record;
}

function continues(cose: Uint8Array | null, closed: ReadSlot, { keys }: AskedGeneration): boolean {
  const record = cose && readIfSlot(cose)?.record;
  return (
    record != null &&
    record.continues !== null &&
    equalBytes(record.continues, closed.hash) &&
    equalBytes(record.logKey, keys.logKey)
  );
}
