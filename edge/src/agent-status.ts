import type { JournalUsage } from './journal/journal.ts';
import type { RejectedFrame } from './quarantine.ts';
import type { Rollback } from './rollback.ts';

export interface AgentStatus {
  readonly state: 'running' | 'recovering' | 'closed';
  /** Why it recovers; null while it runs. */
  readonly reason: string | null;
  /** Null for the moments in which the journal is opened anew, and after closing. */
  readonly position: AgentPosition | null;
  readonly journal: AgentJournalUsage | null;
  /** Why nothing is sealed, as a sentence for whoever stands before the box; null while sealing goes on. */
  readonly held: string | null;
  /** That this start went on after the gateway's head, not from the journal. */
  readonly rollback: Rollback | null;
  /** Where a journal that could not be opened was put at this start. */
  readonly damagedJournal: string | null;
  /** Observations are refused until something is released. */
  readonly full: boolean;
  readonly recoveries: number;
  /** Readings known lost since the start; each is told by a `gap` as well. */
  readonly lost: number;
  /** Rejected frames since the start, by source and code. */
  readonly rejected: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly lastRejected: readonly RejectedFrame[];
}

export interface AgentJournalUsage extends JournalUsage {
  /** Of what is held: batches that have their receipt and stay as long as there is room. */
  readonly retainedBytes: number;
}

export interface AgentPosition {
  readonly nextSeq: number;
  readonly openReadings: number;
  /** Batches below are sealed, have their receipt, may be gone. */
  readonly sealedBefore: number;
  readonly receiptedBefore: number;
  readonly releasedBefore: number;
  readonly streams: number;
  readonly beacon: number | null;
}
