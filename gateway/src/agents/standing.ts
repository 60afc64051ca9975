/**
 * How an agent stands with this gateway: whether its key is in, and whether its receipts and this log agree.
 * @module
 */
import type { HelloMessage, LinkState } from '@sigill/edge';
import { equalBytes, findAgent, logsOf } from '@sigill/evidence';
import type { Conflicts } from '../admission/conflicts.ts';
import type { Register } from '../register.ts';
import type { SiteLog } from '../site-log/site-log.ts';

export interface StandingParts {
  readonly register: () => Register;
  readonly conflicts: Conflicts;
}

export interface Standing {
  readonly state: LinkState;
  /** For whoever stands at the box; empty when it is open. */
  readonly detail: string;
}

/** What the record and the quarantine say of its key. */
export function stateOf({ register, conflicts }: StandingParts, id: Uint8Array): Standing {
  const found = findAgent(register().slot.record, id);
  if (found === undefined) {
    const detail =
      'this gateway does not know the key of this box; enrol it here with sigill agent enroll, or point it to the gateway it belongs to';
    return { state: 'unknown', detail };
  }
  if (found.state === 'revoked') {
    const detail =
      'the operator took the key of this box out, for ever; enrol it anew with a key of its own (sigill agent init, sigill agent enroll)';
    return { state: 'revoked', detail };
  }
  const conflict = conflicts.of(id);
  if (conflict !== null) return { state: 'quarantined', detail: conflict.technician };
  return { state: 'open', detail: '' };
}

/** Whether an agent has not heard of this log yet: it speaks of one before it. */
export function isBehind({ slot }: Register, { log }: HelloMessage): boolean {
  const [, ...earlier] = logsOf(slot.record);
  return log === undefined ? earlier.length > 0 : earlier.some((id) => equalBytes(id, log));
}

/** Each agent is a small witness: what it was once given a receipt for must be in this log. */
export function contradictionIn(
  log: SiteLog,
  agent: string,
  { receiptSize, receiptRoot, log: named }: HelloMessage,
): string | null {
  const { size } = log.head();
  if (named !== undefined && !equalBytes(named, log.id)) {
    return `agent ${agent} has gone on in a log after ${log.origin}`;
  }
  if (receiptSize > size) {
    return `agent ${agent} holds a receipt for ${receiptSize} entries of the site log, this disk has ${size}`;
  }
  if (receiptSize === 0 || equalBytes(log.root(receiptSize), receiptRoot)) return null;
  return `agent ${agent} holds a receipt for another history of the site log, at ${receiptSize} entries`;
}
