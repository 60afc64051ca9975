/** Which record lets a box in or puts it out: decided alike in the cloud and on the operator's own machine. */
import {
  addAgent,
  agentId,
  type BoxKeys,
  boxesOf,
  confirmBox,
  earlierOrigins,
  equalBytes,
  nextSlot,
  type Opened,
  openSlot,
  revokeBox,
  type SlotRecord,
} from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import type { LogHead } from '../ingest/log-head.ts';
import { continuationOf } from '../register/register-rules.ts';

export interface BoxToApprove extends BoxKeys {
  /** As the box itself signed it. */
  readonly kind: 'gateway' | 'agent';
  /** Of the gateway an agent will send to; null for a gateway. */
  readonly gateway: string | null;
}

/** How far a log is held: where it ends when it is closed. */
export type HeadOf = (origin: string) => LogHead;

// As in gateway.yaml: a schema-less URL in lower case.
const ORIGIN = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(\/[a-z0-9._~-]+)*$/;
const MAX_ORIGIN = 128;

/** @throws CloudError USAGE, RECORD_TAKEN, ORIGIN_UNKNOWN; EvidenceError RECORD_CHAIN */
export function approvalOf(
  box: BoxToApprove,
  slots: readonly Opened<SlotRecord>[],
  origin: string,
): SlotRecord {
  if (box.kind === 'agent') {
    if (box.gateway === null) throw new CloudError('USAGE', 'an agent comes with its gateway');
    return addAgent(openSlotOf(box.gateway, slots), box.agentKey);
  }
  if (box.logKey === null || box.gateway !== null)
    throw new CloudError('USAGE', 'a gateway has a log key, and comes by itself');
  if (!ORIGIN.test(origin) || origin.length > MAX_ORIGIN) {
    throw new CloudError(
      'USAGE',
      `origin ${JSON.stringify(origin.slice(0, 140))}: write a lower-case name like a web address without its scheme, such as example.org/site-17`,
    );
  }
  const taken = slots.find(({ record }) => record.origin === origin);
  if (taken !== undefined) {
    throw new CloudError(
      'RECORD_TAKEN',
      `the origin ${origin} is that of slot ${taken.record.slot} for ever; give another, such as ${origin}-2`,
    );
  }
  const first = slots.find(({ record }) => isLaterOf(origin, record.origin));
  if (first !== undefined) {
    throw new CloudError(
      'RECORD_TAKEN',
      `${origin} is what a later log of ${first.record.origin} would be called; give another name`,
    );
  }
  const { logKey, agentKey } = box;
  return openSlot({ slot: nextSlot(slots.map(({ record }) => record)), origin, logKey, agentKey });
}

/** An agent's new box in the place of an old one: one record lets it in and puts that one out, for ever. */
export interface Succession {
  /** Of the box that was there. */
  readonly fingerprint: string;
  /** Of the last header that the cloud holds of it. */
  readonly lastHeaderHash: Uint8Array;
}

/** @throws CloudError USAGE, BOX_UNKNOWN, BOX_REVOKED, ORIGIN_*; EvidenceError RECORD_CHAIN */
export function successionOf(
  box: BoxToApprove,
  slots: readonly Opened<SlotRecord>[],
  { fingerprint, lastHeaderHash }: Succession,
): SlotRecord {
  if (box.kind !== 'agent')
    throw new CloudError(
      'USAGE',
      'an agent takes over from an agent; a gateway asks for its next log',
    );
  const added = approvalOf(box, slots, '');
  const old = registeredBox(fingerprint, slots);
  if (old.slot.record.slot !== added.slot || old.logKey !== null)
    throw new CloudError(
      'BOX_UNKNOWN',
      `${fingerprint} is no agent at ${added.origin}; an agent takes over from one of the same gateway`,
    );
  if (old.agent.state === 'revoked')
    throw new CloudError(
      'BOX_REVOKED',
      `${fingerprint} is revoked already; approve without --succeeds`,
    );
  const succeeds = { agent: agentId(old.agentKey), lastHeaderHash };
  return {
    ...added,
    agents: added.agents.map((one) => {
      if (equalBytes(one.key, old.agentKey)) return { ...one, state: 'revoked' as const };
      return equalBytes(one.key, box.agentKey) ? { ...one, succeeds } : one;
    }),
  };
}

/** @throws CloudError BOX_UNKNOWN, EvidenceError RECORD_CHAIN when it is out already */
export function revocationOf(
  fingerprint: string,
  slots: readonly Opened<SlotRecord>[],
  headOf: HeadOf,
): SlotRecord {
  const box = registeredBox(fingerprint, slots);
  return revokeBox(box, { ...headOf(box.slot.record.origin), cause: 'revoked' });
}

// The agents of a closed log stand in the next one too, and there they are in.
function registeredBox(fingerprint: string, slots: readonly Opened<SlotRecord>[]) {
  const wanted = parseFingerprint(fingerprint);
  const boxes = slots.flatMap(boxesOf).filter((one) => one.fingerprint === wanted);
  const box = boxes.find(({ slot }) => slot.record.closed === null) ?? boxes[0];
  if (box !== undefined) return box;
  throw new CloudError('BOX_UNKNOWN', `no registered box has the fingerprint ${wanted}`);
}

/** For a box that is in and whose gateway put its key out: it stays in. @throws CloudError BOX_UNKNOWN, EvidenceError */
export function confirmationOf(
  fingerprint: string,
  slots: readonly Opened<SlotRecord>[],
): SlotRecord {
  return confirmBox(registeredBox(fingerprint, slots));
}

/** With or without its spaces. @throws CloudError USAGE */
export function parseFingerprint(written: string): string {
  const digits = written.toLowerCase().replace(/[\s-]/g, '');
  if (/^[0-9a-f]{16}$/.test(digits)) return (digits.match(/.{4}/g) ?? []).join(' ');
  throw new CloudError(
    'USAGE',
    `fingerprint ${JSON.stringify(written.slice(0, 40))}: write all 16 digits, as the box shows them`,
  );
}

/** Where a gateway's agents are let in: its log may have been closed since one asked. @throws CloudError ORIGIN_* */
function openSlotOf(origin: string, slots: readonly Opened<SlotRecord>[]): Opened<SlotRecord> {
  const slot = slotOf(origin, slots);
  if (slot.record.closed === null) return slot;
  const next = continuationOf(slot, slots);
  if (next !== undefined) return openSlotOf(next.record.origin, slots);
  throw new CloudError('ORIGIN_CLOSED', `${origin} is closed; nobody is let in there any more`);
}

/** @throws CloudError ORIGIN_UNKNOWN */
export function slotOf(origin: string, slots: readonly Opened<SlotRecord>[]): Opened<SlotRecord> {
  const found = slots.find(({ record }) => record.origin === origin);
  if (found !== undefined) return found;
  throw new CloudError('ORIGIN_UNKNOWN', `no record names ${origin}`);
}

function isLaterOf(origin: string, first: string): boolean {
  return earlierOrigins(origin).includes(first);
}
