import { decodeHeader, decodeReading } from '@sigill/evidence';
import { decodeRecord } from './agent-records.ts';
import { decodeSnapshot } from './agent-snapshot.ts';
import { type AgentState, applyHeader, applyReading, createState } from './agent-state.ts';
import { EdgeError } from './errors.ts';
import { type HeldBatches, type ScannedBatch, scanBatches } from './held-batches.ts';
import type { Journal } from './journal/journal.ts';

/**
 * The state as the journal has it: the last segment's snapshot and what follows it. However much is held, no more than
 * one segment is replayed.
 * @throws EdgeError JOURNAL_CORRUPT, AGENT_MISMATCH
 */
export async function recoverState(
  journal: Journal,
  agent: Uint8Array,
  held: HeldBatches,
): Promise<AgentState> {
  const head = journal.heads().at(-1);
  let state: AgentState | null = null;
  if (head === undefined) return createState(agent);
  for await (const { position, payload } of journal.read(head, Number.MAX_SAFE_INTEGER)) {
    const record = decodeRecord(payload);
    if (record.type === 'snapshot') {
      state = decodeSnapshot(record.snapshot, agent);
      // A crash came between the new beginning and the end of what was before it.
      if (record.beginsAnew) await journal.release(position);
      continue;
    }
    if (state === null) break;
    if (record.type === 'reading') {
      applyReading(state, decodeReading(record.reading), record.reading);
    } else if (record.type === 'header') {
      const header = decodeHeader(record.header);
      applyHeader(state, header, record.header);
      held.note(header.batch, position);
    } else {
      // The last ones count: an agent may have gone back to batches that a new log lacks.
      state.receiptedBefore = record.receiptedBefore;
      state.releasedBefore = record.releasedBefore;
    }
  }
  if (state === null) {
    throw new EdgeError('JOURNAL_CORRUPT', `the segment at ${head} does not begin with a snapshot`);
  }
  // What was released is gone at once; that it was may have been forgotten.
  const first = await held.first();
  applyMarks(state, { receiptedBefore: first, releasedBefore: first });
  return state;
}

/** The readings that no header closes yet. */
export async function recoverOpenBatch(
  journal: Journal,
  state: AgentState,
  held: HeldBatches,
): Promise<ScannedBatch> {
  const expected = state.nextSeq - state.openSeq;
  if (expected > 0) {
    for await (const batch of scanBatches(journal, await held.locate(state.nextBatch))) {
      if (batch.header === null && batch.readings.length === expected) return batch;
    }
    throw new EdgeError('JOURNAL_CORRUPT', `${expected} readings without a header expected`);
  }
  return { readings: [], frames: [], header: null };
}

export function applyMarks(
  state: AgentState,
  marks: { readonly receiptedBefore: number; readonly releasedBefore: number },
): void {
  state.receiptedBefore = Math.max(state.receiptedBefore, marks.receiptedBefore);
  state.releasedBefore = Math.max(state.releasedBefore, marks.releasedBefore);
}
