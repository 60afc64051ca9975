/**
 * The next roll-call of a gateway alone: slot 0 is the operator, slot 1 this site.
 * @module
 */
import {
  callRoll,
  decodeCall,
  EMPTY_ROOT,
  type EvidenceError,
  encodeCall,
  OPERATOR_ORIGIN_HASH,
  openCheckpoint,
} from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { Register } from '../register.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { KeptRollCall } from './roll-call-store.ts';

export interface NextCall {
  readonly rollCall: Omit<KeptRollCall, 'calledAt'>;
  /** Why the site log's new checkpoint was not called, if it was not. */
  readonly refused: EvidenceError | null;
}

/** @throws GatewayError NOTARY_DISAGREES */
export function callNext(log: SiteLog, register: Register, before: KeptRollCall | null): NextCall {
  const last = (before?.calls ?? []).map(decodeCall);
  const called = last[1] ?? { size: 0, root: EMPTY_ROOT };
  const note = newestNote(log, called.size);
  const { size, root } = openCheckpoint(note, log.origin, log.publicKey).checkpoint;
  if (size < called.size) {
    throw new GatewayError(
      'NOTARY_DISAGREES',
      `the ledger vouches for ${called.size} entries of the site log, the disk has ${size}: it was restored from an older copy; restore the newest`,
    );
  }
  const { operator, slot, cose } = register;
  const { calls, refused } = callRoll(last, [
    { originHash: OPERATOR_ORIGIN_HASH, recordHash: operator.hash, head: null },
    {
      originHash: log.id,
      recordHash: slot.hash,
      head: { size, root, path: log.consistencyProof(called.size, size) },
    },
  ]);
  const error = refused[0]?.error ?? null;
  const checkpoint = error === null ? note : (before?.checkpoint ?? null);
  return { rollCall: { calls: calls.map(encodeCall), records: cose, checkpoint }, refused: error };
}

/** The cosigned one while it grows, else the newest: witnesses may be away for days. */
function newestNote(log: SiteLog, calledSize: number): string {
  const cosigned = log.cosigned();
  if (cosigned === null) return log.checkpoint();
  const { size } = openCheckpoint(cosigned, log.origin, log.publicKey).checkpoint;
  return size > calledSize || size === log.head().size ? cosigned : log.checkpoint();
}
