import { type Beacon, type ChainHead, equalBytes } from '@sigill/evidence';
import { type Lacking, type OpenedChain, openChain } from './agent-opening.ts';
import { encodeHeaderRecord, encodeMarksRecord, encodeReadingRecord } from './agent-records.ts';
import { type AgentState, applyHeader, applyReading, type StreamState } from './agent-state.ts';
import type { AgentJournalUsage } from './agent-status.ts';
import type { BatchLimits } from './batcher.ts';
import type { AgentClock } from './clock.ts';
import { EdgeError } from './errors.ts';
import type { GatewayHead } from './gateway-head.ts';
import { type HeadVerdict, judgeHead, type SealedFor } from './head-verdict.ts';
import type { Enqueued } from './journal/journal.ts';
import type { SegmentJournalOptions } from './journal/segment-journal.ts';
import type { StreamHead } from './link/messages.ts';
import type { Rollback } from './rollback.ts';
import { createSealedBatches } from './sealed-batches.ts';
import type { SealedBatch, Sealer } from './sealer.ts';
import type { Stamp, Statement } from './stamp.ts';
import type { Timers } from './timers.ts';

export interface AgentRunParts {
  readonly journal: Omit<SegmentJournalOptions, 'segmentHead'>;
  readonly agent: Uint8Array;
  readonly sealedFor: SealedFor;
  readonly boot: Uint8Array;
  readonly clock: AgentClock;
  readonly timers: Timers;
  readonly stamp: Stamp;
  readonly sealer: Sealer;
  readonly limits: BatchLimits;
  /** What this process knows of receipts and releases beyond what the journal has. */
  readonly marks: { readonly receiptedBefore: number; readonly releasedBefore: number };
  /** Where the gateway says that the agent stands; null where nobody was asked, or answered. */
  readonly head: GatewayHead | null;
  readonly isPromised: (source: string, device: string) => boolean;
  readonly onSealed: (batch: SealedBatch) => void;
  /** Called once; nothing is written after it. */
  readonly onFailure: (error: unknown) => void;
}

export interface Written {
  readonly seq: number;
  readonly time: number;
  /** Of all that share a sync. */
  readonly durable: Promise<void>;
}

/**
 * An agent at work over one opening of its journal. The first failed write ends it: what was durable then is told by
 * the journal at the next opening, never by what stood in memory.
 */
export interface AgentRun {
  readonly state: AgentState;
  /** That this opening went on after the gateway's head; null when it went on from its journal. */
  readonly rollback: Rollback | null;
  /** What the gateway lacked when this opening was made; null when nothing, or when it was not asked. */
  readonly lacking: Lacking | null;
  /** Batches below are sealed. */
  readonly sealedBefore: number;
  readonly openReadings: number;
  /** Goes on with the batch found open, or closes it if it was stamped under another kernel boot, or is of twins. */
  begin(): void;
  /** @throws EvidenceError when the statement is no reading; nothing has changed then */
  write(statement: Statement, frame: Uint8Array | null, withinMs?: number): Written;
  closeBatch(): void;
  /** Nothing is sealed while held; what was closed meanwhile can be read, sealed, afterwards. */
  hold(isHeld: boolean): void;
  setBeacon(beacon: Beacon): void;
  receipted(beforeBatch: number): void;
  /** From here on they stay only as long as there is room. */
  release(beforeBatch: number): Promise<void>;
  batches(fromBatch: number): AsyncIterable<SealedBatch>;
  head(): ChainHead | null;
  judge(head: ChainHead | null): Promise<HeadVerdict>;
  usage(): AgentJournalUsage;
  close(): Promise<void>;
}

const NOWHERE = -1;

/** @throws EdgeError JOURNAL_LOCKED, JOURNAL_CORRUPT, JOURNAL_FAILED, AGENT_MISMATCH */
export async function openAgentRun(parts: AgentRunParts): Promise<AgentRun> {
  return startRun(parts, await openChain({ ...parts, nowMs: parts.clock.nowMs() }));
}

function startRun(parts: AgentRunParts, opened: OpenedChain): AgentRun {
  const { sealer, timers } = parts;
  const { journal, held, state, batcher, rollback, lacking } = opened;
  const sealed = createSealedBatches(opened, sealer);
  /** Streams that the open batch touches; null while readings are in it that were found in the journal. */
  let touched: Set<StreamState> | null = batcher.count === 0 ? new Set() : null;
  let beacon: Beacon | null = state.beacon;
  /** Whose failure is minded: of the group that was written to last. */
  let minded: Promise<void> | null = null;
  let writtenMarks = marksOf(state);
  let failed = false;
  let closed = false;
  let cancelAge: (() => void) | null = null;

  function begin(): void {
    if (batcher.count === 0) return;
    const isOtherBoot = state.boot === null || !equalBytes(state.boot, parts.boot);
    if (isOtherBoot || opened.holdsTwins) closeBatch();
    else cancelAge = timers.after(parts.limits.ageMs, closeBatch);
  }

  function write(statement: Statement, frame: Uint8Array | null, withinMs?: number): Written {
    assertWorking();
    const { reading, bytes } = parts.stamp(state, statement);
    if (batcher.isFullFor(bytes.length + (frame?.length ?? 0))) closeBatch();
    const record = encodeReadingRecord(bytes, batcher.toRecordFrame(frame));
    const { durable } = append(record, withinMs);
    const stream = applyReading(state, reading, bytes);
    touched?.add(stream);
    batcher.add(bytes, frame);
    if (batcher.isFullFor(0)) closeBatch();
    else cancelAge ??= timers.after(parts.limits.ageMs, closeBatch);
    return { seq: reading.seq, time: reading.time, durable };
  }

  function assertWorking(): void {
    if (failed) throw new EdgeError('AGENT_RECOVERING', 'the journal failed', { retryable: true });
    if (closed) throw new EdgeError('AGENT_CLOSED', 'the agent is closed');
  }

  function append(record: Uint8Array, withinMs?: number): Enqueued {
    const enqueued = enqueue(record, withinMs);
    if (enqueued.durable !== minded) {
      minded = enqueued.durable;
      minded.catch(fail);
    }
    return enqueued;
  }

  /** A journal that refuses a record has failed like one that could not write it. */
  function enqueue(record: Uint8Array, withinMs?: number): Enqueued {
    try {
      return journal.enqueue(record, withinMs);
    } catch (error) {
      return { position: NOWHERE, durable: Promise.reject(error) };
    }
  }

  function fail(error: unknown): void {
    if (failed) return;
    failed = true;
    cancelAge?.();
    sealed.failed(isForWantOfRoom(error));
    parts.onFailure(error);
  }

  function closeBatch(): void {
    cancelAge?.();
    cancelAge = null;
    if (failed || batcher.count === 0) return;
    writeMarks();
    const boot = state.boot ?? parts.boot;
    const closedAt = Math.trunc(parts.clock.nowMs());
    const streams = touched && [...touched].map(toStreamHead);
    touched = new Set();
    const batch = batcher.close({
      state,
      log: parts.sealedFor.log,
      boot,
      closedAt,
      beacon,
      streams,
    });
    const { position, durable } = append(encodeHeaderRecord(batch.headerBytes));
    applyHeader(state, batch.header, batch.headerBytes);
    durable.then(
      () => {
        const now = sealed.add(batch, position);
        if (now !== null) parts.onSealed(now);
      },
      () => undefined,
    );
  }

  /** Marks wait for the next header: forgetting one costs no more than offering a batch again. */
  function writeMarks(): void {
    const marks = marksOf(state);
    if (marks === writtenMarks) return;
    writtenMarks = marks;
    append(encodeMarksRecord(state.receiptedBefore, state.releasedBefore));
  }

  async function close(): Promise<void> {
    if (closed) return;
    closeBatch();
    if (!failed) writeMarks();
    closed = true;
    cancelAge?.();
    await sealed.close();
    await journal.close();
  }

  return {
    state,
    rollback,
    lacking,
    get sealedBefore() {
      return sealed.before;
    },
    get openReadings() {
      return batcher.count;
    },
    begin,
    write,
    closeBatch,
    hold: sealed.hold,
    setBeacon(next) {
      if (beacon === null || next.anchorIndex > beacon.anchorIndex) beacon = next;
    },
    receipted: sealed.receipted,
    release: sealed.release,
    batches: sealed.read,
    head() {
      const { nextBatch, headHash, openSeq } = state;
      return nextBatch === 0
        ? null
        : { batch: nextBatch - 1, headerHash: headHash, nextSeq: openSeq };
    },
    judge: (head) => judgeHead(head, state, held, parts.sealedFor),
    usage: () => ({ ...journal.usage(), retainedBytes: sealed.retainedBytes }),
    close,
  };
}

function isForWantOfRoom(error: unknown): boolean {
  if (!(error instanceof EdgeError)) return false;
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return error.code === 'JOURNAL_FULL' || code === 'ENOSPC' || code === 'EDQUOT';
}

/** Neither of them falls within one opening. */
function marksOf({ receiptedBefore, releasedBefore }: AgentState): number {
  return receiptedBefore + releasedBefore;
}

function toStreamHead({ source, device, nextN }: StreamState): StreamHead {
  return { source, device, nextN };
}
