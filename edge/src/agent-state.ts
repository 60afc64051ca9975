import {
  type BatchHeader,
  type Beacon,
  type CborValue,
  decodeCbor,
  encodeCbor,
  equalBytes,
  headerHash,
  NO_PREVIOUS,
  type Reading,
  toHex,
} from '@sigill/evidence';
import { bootIdOf, isRollbackGap, planOf } from './agent-kinds.ts';
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
  };
}

// No source holds a line feed, so no two streams share a key.
export function streamKey(source: string, device: string): string {
  return `${source}\n${device}`;
}

export function nextNOf(state: AgentState, source: string, device: string): number {
  return state.streams.get(streamKey(source, device))?.nextN ?? 0;
}

/** The reading's stream after it. @throws EdgeError JOURNAL_CORRUPT when it does not continue what went before */
export function applyReading(state: AgentState, reading: Reading): StreamState {
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

const SNAPSHOT_TYPE = 'sigill.agent-state.1';

/** The parts a search through segments needs stand outside, so that it need not read every stream. */
export function encodeSnapshot(state: AgentState): Uint8Array {
  const { beacon } = state;
  const rest: CborValue = [
    state.headHash,
    state.boot,
    beacon === null ? null : [beacon.anchorIndex, beacon.anchorLeafHash],
    state.receiptedBefore,
    state.releasedBefore,
    [...state.plans.values()].map((plan) => [
      plan.name,
      plan.driver,
      plan.cadenceMs,
      plan.heartbeatMs,
      plan.heartbeats,
      plan.frames,
    ]),
    [...state.streams.values()].map((s) => [s.source, s.device, s.nextN, s.lastTime]),
    [...state.untold.values()].map((gap) => [gap.source, gap.device, gap.from, gap.count]),
    state.log === null ? null : [state.log, state.logSince],
  ];
  const { agent, nextSeq, nextBatch, openSeq } = state;
  return encodeCbor([SNAPSHOT_TYPE, agent, nextSeq, nextBatch, openSeq, encodeCbor(rest)]);
}

/** @throws EdgeError AGENT_MISMATCH when it was written by another agent */
export function decodeSnapshot(bytes: Uint8Array, agent: Uint8Array): AgentState {
  const head = decodeSnapshotHead(bytes);
  if (!equalBytes(head.agent, agent)) {
    throw new EdgeError(
      'AGENT_MISMATCH',
      `this journal is of agent ${toHex(head.agent)}, the key is of agent ${toHex(agent)}`,
    );
  }
  const [headHash, boot, beacon, receiptedBefore, releasedBefore, plans, streams, untold, log] =
    decodeCbor(head.rest) as [
      Uint8Array,
      Uint8Array | null,
      [number, Uint8Array] | null,
      number,
      number,
      [string, string, number | null, number, 'device' | 'source', 'keep' | 'hash'][],
      [string, string, number, number][],
      // Journals of earlier versions have none of these.
      [string, string, number | null, number | null][] | undefined,
      [Uint8Array, number] | null | undefined,
    ];
  const state = createState(agent);
  Object.assign(state, {
    nextSeq: head.nextSeq,
    nextBatch: head.nextBatch,
    openSeq: head.openSeq,
    headHash,
    boot,
    beacon: beacon && { anchorIndex: beacon[0], anchorLeafHash: beacon[1] },
    log: log?.[0] ?? null,
    logSince: log?.[1] ?? 0,
    receiptedBefore,
    releasedBefore,
  });
  for (const [name, driver, cadenceMs, heartbeatMs, heartbeats, frames] of plans) {
    state.plans.set(name, { name, driver, cadenceMs, heartbeatMs, heartbeats, frames });
  }
  for (const [source, device, nextN, lastTime] of streams) {
    state.streams.set(streamKey(source, device), { source, device, nextN, lastTime });
  }
  for (const [source, device, from, count] of untold ?? []) {
    state.untold.set(streamKey(source, device), { source, device, from, count });
  }
  return state;
}

export interface SnapshotHead {
  readonly agent: Uint8Array;
  readonly nextSeq: number;
  readonly nextBatch: number;
  readonly openSeq: number;
  readonly rest: Uint8Array;
}

export function decodeSnapshotHead(bytes: Uint8Array): SnapshotHead {
  const [type, agent, nextSeq, nextBatch, openSeq, rest] = decodeCbor(bytes) as [
    string,
    Uint8Array,
    number,
    number,
    number,
    Uint8Array,
  ];
  if (type !== SNAPSHOT_TYPE) {
    throw new EdgeError('JOURNAL_CORRUPT', `${SNAPSHOT_TYPE} expected, found ${String(type)}`);
  }
  return { agent, nextSeq, nextBatch, openSeq, rest };
}
