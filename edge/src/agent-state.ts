import {
  type BatchHeader,
  type Beacon,
  equalBytes,
  headerHash,
  NO_PREVIOUS,
  type Reading,
} from '@sigill/evidence';
import { bootIdOf, isRollbackGap, planOf } from './agent-kinds.ts';
import { applyToTwins, createTwinState, type TwinState } from './cell-twin-state.ts';
import { EdgeError } from './errors.ts';
import { AGENT_SOURCE, type SourcePlan } from './sources/source-plan.ts';

export interface StreamState {
  readonly source: string;
  readonly device: string;
  nextN: number;
  /** Time of the last reading, by the agent's clock. */
  lastTime: number;
}

/** What a stream has still to tell of a rollback. */
export interface UntoldGap {
  readonly source: string;
  readonly device: string;
  readonly from: number | null;
  readonly count: number | null;
}

/**
 * All that an agent must know to go on: a fold over its readings, headers and marks. Each segment of the journal begins
 * with a snapshot of it, so that the segments before can go.
 */
export interface AgentState {
  readonly agent: Uint8Array;
  nextSeq: number;
  nextBatch: number;
  /** First seq of the batch that is open; equal to nextSeq when nothing is in it. */
  openSeq: number;
  /** Hash of the last header. */
  headHash: Uint8Array;
  /** The kernel boot under which the open batch was stamped; null before the first. */
  boot: Uint8Array | null;
  beacon: Beacon | null;
  /** SHA-256 of the origin of the log that the last batch was sealed for; null: not known. */
  log: Uint8Array | null;
  /** The first batch sealed for it. */
  logSince: number;
  /** Batches below have their receipt. */
  receiptedBefore: number;
  /** Batches below may be gone. */
  releasedBefore: number;
  /** The last plan of each source that is not retired. */
  readonly plans: Map<string, SourcePlan>;
  readonly streams: Map<string, StreamState>;
  /** By stream; told at the next start if not at this one. */
  readonly untold: Map<string, UntoldGap>;
  readonly twins: TwinState;
}

export function createState(agent: Uint8Array): AgentState {
  return {
    agent,
    nextSeq: 0,
    nextBatch: 0,
    openSeq: 0,
    headHash: NO_PREVIOUS,
    boot: null,
    beacon: null,
    log: null,
    logSince: 0,
    receiptedBefore: 0,
    releasedBefore: 0,
    plans: new Map(),
    streams: new Map(),
    untold: new Map(),
    twins: createTwinState(),
  };
}

// No source holds a line feed, so no two streams share a key.
export function streamKey(source: string, device: string): string {
  return `${source}\n${device}`;
}

export function nextNOf(state: AgentState, source: string, device: string): number {
  return state.streams.get(streamKey(source, device))?.nextN ?? 0;
}

/**
 * The reading's stream after it.
 * @param bytes the reading, as in its batch
 * @throws EdgeError JOURNAL_CORRUPT when it does not continue what went before
 */
export function applyReading(state: AgentState, reading: Reading, bytes: Uint8Array): StreamState {
  const { source, device } = reading;
  const key = streamKey(source, device);
  let stream = state.streams.get(key);
  if (reading.seq !== state.nextSeq || reading.n !== (stream?.nextN ?? 0)) {
    throw new EdgeError(
      'JOURNAL_CORRUPT',
      `seq ${state.nextSeq} and n ${stream?.nextN ?? 0} expected in ${source}/${device}, found ${reading.seq} and ${reading.n}`,
    );
  }
  state.nextSeq++;
  if (stream === undefined) {
    stream = { source, device, nextN: 1, lastTime: reading.time };
    state.streams.set(key, stream);
  } else {
    stream.nextN++;
    stream.lastTime = reading.time;
  }
  if (state.untold.size > 0 && isRollbackGap(reading.kind, reading.fields))
    state.untold.delete(key);
  if (source === AGENT_SOURCE) applyAgentReading(state, reading);
  else applyToTwins(state.twins, state.plans, reading, bytes);
  return stream;
}

function applyAgentReading(state: AgentState, { kind, fields }: Reading): void {
  if (kind === 'boot') state.boot = bootIdOf(fields);
  if (kind === 'plan') {
    const { plan, state: planState } = planOf(fields);
    if (planState === 'active') state.plans.set(plan.name, plan);
    else state.plans.delete(plan.name);
  }
}

/** @throws EdgeError JOURNAL_CORRUPT when the header does not close exactly what is open */
export function applyHeader(state: AgentState, header: BatchHeader, headerBytes: Uint8Array): void {
  if (
    header.batch !== state.nextBatch ||
    header.firstSeq !== state.openSeq ||
    header.firstSeq + header.count !== state.nextSeq ||
    !equalBytes(header.previous, state.headHash)
  ) {
    throw new EdgeError(
      'JOURNAL_CORRUPT',
      `batch ${state.nextBatch} of seq ${state.openSeq} to ${state.nextSeq} expected, found the header of batch ${header.batch}`,
    );
  }
  if (state.log === null || !equalBytes(state.log, header.log)) {
    state.log = header.log;
    state.logSince = header.batch;
  }
  state.nextBatch++;
  state.openSeq = state.nextSeq;
  state.headHash = headerHash(headerBytes);
  state.beacon = header.beacon ?? state.beacon;
}
