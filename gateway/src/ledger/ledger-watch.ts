/**
 * What a ledger tells its people: what went wrong, once; that it is well again; and when somebody must come.
 * @module
 */
import type { Tell } from '../events.ts';
import type { LedgerStatus } from './ledger.ts';
import { LedgerError } from './ledger-error.ts';

export interface LedgerWatch {
  /** What went wrong last is an alarm's reason; it is told once, not at every try. */
  note(error: unknown): LedgerError;
  heal(): void;
  mined(): void;
  /** After each try. */
  look(): void;
  status(): Pick<LedgerStatus, 'reachable' | 'alarm'>;
}

export interface WatchParts {
  readonly now: () => number;
  readonly tell: Tell;
  /** How often anchors are promised. */
  readonly intervalMs: number;
}

export function createLedgerWatch({ now, tell, intervalMs }: WatchParts): LedgerWatch {
  let minedAt = now();
  let fault: LedgerError | null = null;
  let faultSince = 0;
  let overdue = false;
  let lasting = false;

  const isLate = (since: number) => now() - since >= 2 * intervalMs;

  function overdueText(): string {
    const seconds = Math.round((now() - minedAt) / 1000);
    const reason = fault === null ? '' : `: ${fault.message}`;
    return `No anchor for ${seconds} s, promised every ${intervalMs / 1000} s${reason}.`;
  }

  return {
    note(error) {
      const next = asLedgerError(error);
      if (fault === null) faultSince = now();
      if (fault?.code !== next.code)
        tell({
          level: next.retryable ? 'warning' : 'alarm',
          what: next.code,
          text: next.message,
        });
      fault = next;
      return next;
    },
    heal() {
      if (fault !== null)
        tell({ level: 'info', what: 'ledger-well', text: 'The ledger is well again.' });
      fault = null;
    },
    mined() {
      minedAt = now();
    },
    look() {
      const late = isLate(minedAt);
      if (late && !overdue) tell({ level: 'alarm', what: 'ANCHOR_OVERDUE', text: overdueText() });
      if (!late && overdue)
        tell({ level: 'info', what: 'anchored-again', text: 'Anchors are mined again.' });
      overdue = late;
      // What mends itself has had the time to: also when anchors go on and only evidence waits.
      const lasts = fault?.retryable === true && isLate(faultSince) && !late;
      if (fault !== null && lasts && !lasting)
        tell({ level: 'alarm', what: fault.code, text: fault.message });
      lasting = lasts;
    },
    status() {
      const reachable = fault?.code !== 'LEDGER_UNREACHABLE';
      if (overdue) return { reachable, alarm: { code: 'ANCHOR_OVERDUE', text: overdueText() } };
      if (fault === null || (fault.retryable && !lasting)) return { reachable, alarm: null };
      return { reachable, alarm: { code: fault.code, text: fault.message } };
    },
  };
}

function asLedgerError(error: unknown): LedgerError {
  if (error instanceof LedgerError) return error;
  return new LedgerError(
    'LEDGER_DISAGREES',
    `what the node proves does not verify: ${(error as Error).message}`,
    { cause: error, retryable: true },
  );
}
