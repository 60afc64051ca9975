/**
 * The next roll-call of a gateway alone: slot 0 is the operator, slot 1 this site, and those after it the generations that
 * its log went on in. A closed one is called at its end for ever.
 * @module
 */
import {
  type Call,
  callRoll,
  decodeCall,
  EMPTY_ROOT,
  type EvidenceError,
  encodeCall,
  equalBytes,
  OPERATOR_ORIGIN_HASH,
  type Opened,
  openCheckpoint,
  originHash,
  type SlotRecord,
  type SlotState,
} from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import { holdsEnd } from '../generation/closed-log.ts';
import type { KnownSize } from '../generation/inherited.ts';
import type { Register } from '../register.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { KeptRollCall } from './roll-call-store.ts';

export interface NextCall {
  readonly rollCall: Omit<KeptRollCall, 'calledAt'>;
  /** Why the site log's new checkpoint was not called, if it was not. */
  readonly refused: EvidenceError | null;
}

/** Whether the operator's register holds this site's logs and nothing else: then its gateway can call the roll. */
export function isAlone({ slot, earlier }: Register): boolean {
  return [...earlier, slot].every(({ record }, index) => record.slot === index + 1);
}

/**
 * @param known how what was called of the log closed last led to its end; null: that is not known, or this is the first
 * @throws GatewayError NOTARY_DISAGREES
 */
export function callNext(
  log: SiteLog,
  register: Register,
  before: KeptRollCall | null,
  known: KnownSize | null,
): NextCall {
  const last = (before?.calls ?? []).map(decodeCall);
  const { operator, slot, earlier, cose } = register;
  const called = last[slot.record.slot] ?? { size: 0, root: EMPTY_ROOT };
  const head = slot.record.closed === null ? growing(log, called) : ended(log, slot, called);
  const { calls, refused } = callRoll(last, [
    { originHash: OPERATOR_ORIGIN_HASH, recordHash: operator.hash, head: null },
    ...earlier.map((closed) => ({
      originHash: originHash(closed.record.origin),
      recordHash: closed.hash,
      head: endOf(closed, last[closed.record.slot], known),
    })),
    { originHash: log.id, recordHash: slot.hash, head },
  ]);
  const records = [cose[0], ...earlier.map((closed) => closed.cose), cose[1]];
  const now = calls.at(-1)!;
  const checkpoint = [head?.note ?? null, before?.checkpoint ?? null].find((note) =>
    isOf(note, log, now),
  );
  return {
    rollCall: { calls: calls.map(encodeCall), records, checkpoint: checkpoint ?? null },
    refused: refused[0]?.error ?? null,
  };
}

type Head = NonNullable<SlotState['head']>;

function growing(log: SiteLog, called: Pick<Call, 'size'>): Head & { readonly note: string } {
  const note = newestNote(log, called.size);
  const { size, root } = openCheckpoint(note, log.origin, log.publicKey).checkpoint;
  if (size < called.size) {
    throw new GatewayError(
      'NOTARY_DISAGREES',
      `the ledger vouches for ${called.size} entries of the site log, the disk has ${size}: it was restored from an older copy; restore the newest`,
    );
  }
  return { size, root, path: log.consistencyProof(called.size, size), note };
}

/** The log is closed, and the next one has not begun: where it stands here whole, it is called at its end. */
function ended(
  log: SiteLog,
  slot: Opened<SlotRecord>,
  called: Pick<Call, 'size'>,
): (Head & { readonly note: null }) | null {
  const { size, root } = slot.record.closed!;
  if (!holdsEnd(log, slot) || called.size > size) return null;
  return { size, root, path: log.consistencyProof(called.size, size), note: null };
}

/** Null: what was called of it last is called on, and ages. */
function endOf(
  { record }: Opened<SlotRecord>,
  last: Call | undefined,
  known: KnownSize | null,
): Head | null {
  const { size, root } = record.closed!;
  const called = last ?? { size: 0, root: EMPTY_ROOT };
  const isThere = called.size === size && equalBytes(called.root, root);
  if (called.size === 0 || isThere) return { size, root, path: [] };
  if (known?.size !== called.size || !equalBytes(known.root, called.root)) return null;
  return { size, root, path: known.path };
}

/** Whether a note is the checkpoint that a call tells of. */
function isOf(note: string | null, { origin, publicKey }: SiteLog, { size, root }: Call): boolean {
  if (note === null || !note.startsWith(`${origin}\n`)) return false;
  const { checkpoint } = openCheckpoint(note, origin, publicKey);
  return checkpoint.size === size && equalBytes(checkpoint.root, root);
}

/** The cosigned one while it grows, else the newest: witnesses may be away for days. */
function newestNote(log: SiteLog, calledSize: number): string {
  const cosigned = log.cosigned();
  if (cosigned === null) return log.checkpoint();
  const { size } = openCheckpoint(cosigned, log.origin, log.publicKey).checkpoint;
  return size > calledSize || size === log.head().size ? cosigned : log.checkpoint();
}
