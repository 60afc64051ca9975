/**
 * An agent's state as each segment of the journal begins with it, so that the segments before can go.
 * @module
 */
import { type CborValue, decodeCbor, encodeCbor, equalBytes, toHex } from '@sigill/evidence';
import { type AgentState, createState, streamKey } from './agent-state.ts';
import { decodeTwinState, type EncodedTwinState, encodeTwinState } from './cell-twin-state.ts';
import { EdgeError } from './errors.ts';

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
      plan.sensitive ? [plan.sensitive.cell, plan.sensitive.periodMs] : null,
    ]),
    [...state.streams.values()].map((s) => [s.source, s.device, s.nextN, s.lastTime]),
    [...state.untold.values()].map((gap) => [gap.source, gap.device, gap.from, gap.count]),
    state.log === null ? null : [state.log, state.logSince],
    encodeTwinState(state.twins),
  ];
  const { agent, nextSeq, nextBatch, openSeq } = state;
  return encodeCbor([SNAPSHOT_TYPE, agent, nextSeq, nextBatch, openSeq, encodeCbor(rest)]);
}

type SnapshotPlan = [
  name: string,
  driver: string,
  cadenceMs: number | null,
  heartbeatMs: number,
  heartbeats: 'device' | 'source',
  frames: 'keep' | 'hash',
  /** Left out by earlier versions. */
  twin?: [cell: string, periodMs: number] | null,
];

/** @throws EdgeError AGENT_MISMATCH when it was written by another agent */
export function decodeSnapshot(bytes: Uint8Array, agent: Uint8Array): AgentState {
  const head = decodeSnapshotHead(bytes);
  if (!equalBytes(head.agent, agent)) {
    throw new EdgeError(
      'AGENT_MISMATCH',
      `this journal is of agent ${toHex(head.agent)}, the key is of agent ${toHex(agent)}`,
    );
  }
  const [
    headHash,
    boot,
    beacon,
    receiptedBefore,
    releasedBefore,
    plans,
    streams,
    untold,
    log,
    twins,
  ] = decodeCbor(head.rest) as [
    Uint8Array,
    Uint8Array | null,
    [number, Uint8Array] | null,
    number,
    number,
    SnapshotPlan[],
    [string, string, number, number][],
    // Journals of earlier versions have none of these.
    [string, string, number | null, number | null][] | undefined,
    [Uint8Array, number] | null | undefined,
    EncodedTwinState | undefined,
  ];
  const state = { ...createState(agent), twins: decodeTwinState(twins) };
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
  for (const [name, driver, cadenceMs, heartbeatMs, heartbeats, frames, twin] of plans) {
    const sensitive = twin ? { cell: twin[0], periodMs: twin[1] } : null;
    state.plans.set(name, { name, driver, cadenceMs, heartbeatMs, heartbeats, frames, sensitive });
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
