import { type ChainHead, decodeReading } from '@sigill/evidence';
import { encodeMarksRecord, encodeSnapshotRecord } from './agent-records.ts';
import { encodeSnapshot } from './agent-snapshot.ts';
import type { AgentState } from './agent-state.ts';
import { type Batcher, type BatchLimits, createBatcher } from './batcher.ts';
import type { GatewayHead } from './gateway-head.ts';
import { type HeadVerdict, judgeHead, type SealedFor } from './head-verdict.ts';
import { createHeldBatches, type HeldBatches } from './held-batches.ts';
import type { Journal } from './journal/journal.ts';
import { openSegmentJournal, type SegmentJournalOptions } from './journal/segment-journal.ts';
import { applyMarks, recoverOpenBatch, recoverState } from './recovery.ts';
import { type Rollback, stateAfter } from './rollback.ts';
import { setReadingsAside } from './set-aside.ts';
import { isCellSource } from './sources/source-plan.ts';

export interface OpeningParts {
  readonly journal: Omit<SegmentJournalOptions, 'segmentHead'>;
  readonly agent: Uint8Array;
  readonly sealedFor: SealedFor;
  readonly limits: BatchLimits;
  /** What this process knows of receipts and releases beyond what the journal has. */
  readonly marks: { readonly receiptedBefore: number; readonly releasedBefore: number };
  /** Where the gateway says that the agent stands; null where nobody was asked, or answered. */
  readonly head: GatewayHead | null;
  readonly isPromised: (source: string, device: string) => boolean;
  readonly nowMs: number;
}

/** A journal opened, with where the agent stands in it. */
export interface OpenedChain {
  readonly journal: Journal;
  readonly held: HeldBatches;
  readonly state: AgentState;
  /** With the readings that no header closes yet. */
  readonly batcher: Batcher;
  /** The open batch is one of twins, which takes in nothing else. */
  readonly holdsTwins: boolean;
  readonly rollback: Rollback | null;
  /** That the gateway lacks batches, and where; null when it does not, or was not asked. */
  readonly lacking: Lacking | null;
}

export type Lacking = Extract<HeadVerdict, { readonly kind: 'short' | 'lost' }>;

/** @throws EdgeError JOURNAL_LOCKED, JOURNAL_CORRUPT, JOURNAL_FAILED, AGENT_MISMATCH */
export async function openChain(parts: OpeningParts): Promise<OpenedChain> {
  let state: AgentState | null = null;
  let beginsAnew = false;
  const journal = await openSegmentJournal({
    ...parts.journal,
    segmentHead: () => encodeSnapshotRecord(encodeSnapshot(state!), beginsAnew),
  });
  try {
    const held = createHeldBatches(journal);
    const batcher = createBatcher(parts.limits);
    state = await recoverState(journal, parts.agent, held);
    applyMarks(state, parts.marks);
    const answer = parts.head?.state === 'open' ? parts.head : null;
    const verdict = answer && (await judgeHead(answer.head, state, held, parts.sealedFor));
    if (verdict?.kind === 'foreign') {
      const rollback = await goOnAfter({ ...answer!, head: answer!.head! }, held, state);
      const after = { held: createHeldBatches(journal), state, batcher, holdsTwins: false };
      return { journal, ...after, rollback, lacking: null };
    }
    const lacking = verdict?.kind === 'short' || verdict?.kind === 'lost' ? verdict : null;
    if (lacking?.kind === 'short') await goBackTo(lacking.fromBatch, state);
    const open = await recoverOpenBatch(journal, state, held);
    for (const [index, reading] of open.readings.entries())
      batcher.add(reading, open.frames[index]!);
    const holdsTwins = open.readings.some((bytes) => isCellSource(decodeReading(bytes).source));
    return { journal, held, state, batcher, holdsTwins, rollback: null, lacking };
  } catch (error) {
    await journal.close();
    throw error;
  }

  /** They are sent again. Cut off before this is durable, the agent asks its gateway again, and finds the same. */
  async function goBackTo(batch: number, state: AgentState): Promise<void> {
    state.receiptedBefore = batch;
    state.releasedBefore = Math.min(state.releasedBefore, batch);
    await journal.append(encodeMarksRecord(state.receiptedBefore, state.releasedBefore), 0);
  }

  /**
   * The journal begins anew, with a segment whose snapshot is the state after the gateway's head: once that is durable,
   * everything before it goes. A crash in between leaves either the old journal, and the gateway is asked again, or the
   * new one, and the next opening removes what is left of the old.
   */
  async function goOnAfter(
    gateway: GatewayHead & { readonly head: ChainHead },
    held: HeldBatches,
    before: AgentState,
  ): Promise<Rollback> {
    const { disk, directory } = parts.journal;
    const { nextSeq, batch } = gateway.head;
    const { nowMs, isPromised } = parts;
    const aside = await setReadingsAside({
      ...{ journal, held, state: before, nextSeq, disk, directory, nowMs },
    });
    const after = stateAfter(before, gateway, aside.counts, isPromised, nowMs);
    state = after;
    beginsAnew = true;
    journal.roll();
    await journal.append(encodeMarksRecord(after.receiptedBefore, after.releasedBefore), 0);
    beginsAnew = false;
    await journal.release(journal.heads().at(-1)!);
    return { afterBatch: batch, setAside: aside.total, file: aside.file };
  }
}
