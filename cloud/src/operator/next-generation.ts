/**
 * What the operator signs so that a site goes on whose log cannot: first how that log ended, then the first record of
 * its next generation. Checked alike in the cloud and on the operator's own machine, before anything is signed.
 * @module
 */
import {
  type BoxKeys,
  type Closing,
  closeSlot,
  continueSlot,
  equalBytes,
  NO_RECORD,
  nextSlot,
  type Opened,
  openSlotRecord,
  type SlotRecord,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import { continuationOf } from '../register/register-rules.ts';
import { type HeadOf, slotOf } from './records.ts';
import type { OperatorPen } from './sign-record.ts';

export interface BoxToGoOn extends BoxKeys {
  /** The log that it would go on from. */
  readonly gateway: string | null;
}

export interface SignedGeneration {
  /** As signed, the closing one first; it alone is missing where the log is closed already. */
  readonly records: readonly Uint8Array[];
  readonly closed: SlotRecord & { readonly closed: Closing };
  readonly next: SlotRecord;
}

export const USUAL_CAUSE = 'its log could not go on';
const MAX_CAUSE = 200;

/** @throws CloudError USAGE, ORIGIN_UNKNOWN, BOX_REVOKED, RECORD_TAKEN, RECORD_SIGNED; EvidenceError RECORD_CHAIN */
export async function signGeneration(
  box: BoxToGoOn,
  slots: readonly Opened<SlotRecord>[],
  ending: { readonly headOf: HeadOf; readonly cause: string },
  pen: OperatorPen,
): Promise<SignedGeneration> {
  const { logKey, gateway, agentKey } = box;
  if (logKey === null || gateway === null)
    throw new CloudError(
      'USAGE',
      'a next log has a key, and is asked for by the gateway of the last',
    );
  const from = slotOf(gateway, slots);
  assertMayGoOn(from, logKey, agentKey, slots);
  const end = from.record.closed ?? endOf(from.record, ending);
  const slot = nextSlot(slots.map(({ record }) => record));
  // The whole is looked at before its first half is signed: a log that is closed and cannot go on helps nobody.
  assertFree(continueSlot(asClosed(from, end), slot, logKey), slots);

  const records: Uint8Array[] = [];
  let closed = from;
  if (from.record.closed === null) {
    const cose = await pen.sign(closeSlot(from, end));
    records.push(cose);
    closed = openSlotRecord(cose, pen.publicKey); // its end may be one that was signed before
  }
  const next = continueSlot(closed, slot, logKey);
  records.push(await pen.sign(next));
  return { records, closed: { ...closed.record, closed: closed.record.closed ?? end }, next };
}

function assertMayGoOn(
  from: Opened<SlotRecord>,
  logKey: Uint8Array,
  agentKey: Uint8Array,
  slots: readonly Opened<SlotRecord>[],
): void {
  const { origin, agents, closed } = from.record;
  const agent = agents.find(({ key }) => equalBytes(key, agentKey));
  if (agent?.state !== 'active') {
    throw new CloudError(
      'BOX_REVOKED',
      `the box that asks for the next log of ${origin} is not active in its record; nothing was signed`,
    );
  }
  const other = closed === null ? undefined : continuationOf(from, slots);
  if (other !== undefined) {
    throw new CloudError(
      'RECORD_TAKEN',
      `${origin} goes on as ${other.record.origin} already; a log goes on once`,
    );
  }
  const isKnown = slots.some(({ record }) =>
    [record.logKey, ...record.agents.map(({ key }) => key)].some((key) => equalBytes(key, logKey)),
  );
  if (isKnown)
    throw new CloudError('RECORD_TAKEN', 'the key of the next log is registered already');
}

function endOf(
  { origin }: SlotRecord,
  { headOf, cause }: { readonly headOf: HeadOf; readonly cause: string },
): Closing {
  const said = cause.trim();
  if (said !== '' && said.length <= MAX_CAUSE) return { ...headOf(origin), cause: said };
  throw new CloudError('USAGE', `a cause of 1 to ${MAX_CAUSE} characters is expected`);
}

function asClosed({ record }: Opened<SlotRecord>, closed: Closing): Opened<SlotRecord> {
  return { record: { ...record, closed }, hash: NO_RECORD };
}

function assertFree({ origin }: SlotRecord, slots: readonly Opened<SlotRecord>[]): void {
  const taken = slots.find(({ record }) => record.origin === origin);
  if (taken === undefined) return;
  throw new CloudError(
    'RECORD_TAKEN',
    `${origin} is what the next log would be called, and slot ${taken.record.slot} has that name already; nothing was signed`,
  );
}
