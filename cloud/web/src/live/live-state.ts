/** Everything the page knows: the newest of every stream, more of the chosen one; and how each message changes it. Pure. */
import {
  type Marks,
  type Reading,
  type Status,
  type Stream,
  type StreamKey,
  sameStream,
  type Watermarks,
} from '../api/model.ts';
import type { PageError } from '../errors.ts';
import { addRecent, keyOf, mergeReadings, type Recent } from './recent.ts';
import { sortStreams } from './streams.ts';
import { isTown } from './views.ts';

/** Readings kept in memory: fifty minutes of one each second. Older ones are fetched again when asked for. */
export const MAX_KEPT = 3000;

export type Connection = 'connecting' | 'live' | 'lost';

export interface LiveState {
  readonly connection: Connection;
  /** When the server was last heard; by this page's clock. */
  readonly lastHeard: number | null;
  readonly problem: PageError | null;
  readonly status: Status | null;
  readonly marks: Marks;
  /** Null until the server has answered. */
  readonly streams: readonly Stream[] | null;
  readonly wanted: StreamKey | null;
  /** The newest few of every stream. */
  readonly recent: Recent;
  /** Of the chosen stream, newest first, each once. Null until the server has answered. */
  readonly readings: readonly Reading[] | null;
  /** The first reading of the stream is among those loaded. */
  readonly complete: boolean;
}

export const INITIAL_STATE: LiveState = {
  connection: 'connecting',
  lastHeard: null,
  problem: null,
  status: null,
  marks: new Map(),
  streams: null,
  wanted: null,
  recent: new Map(),
  readings: null,
  complete: false,
};

export type LiveEvent =
  | { readonly type: 'connection'; readonly connection: Connection; readonly now: number }
  | { readonly type: 'problem'; readonly problem: PageError }
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'streams'; readonly streams: readonly Stream[] }
  | { readonly type: 'wanted'; readonly stream: StreamKey | null }
  | { readonly type: 'page'; readonly stream: StreamKey; readonly readings: readonly Reading[] }
  | { readonly type: 'reading'; readonly reading: Reading; readonly now: number }
  | { readonly type: 'watermarks'; readonly marks: Watermarks; readonly now: number };

export function reduce(state: LiveState, event: LiveEvent): LiveState {
  switch (event.type) {
    case 'connection':
      return event.connection === 'live'
        ? { ...state, connection: 'live', lastHeard: event.now }
        : { ...state, connection: event.connection };
    case 'problem':
      return { ...state, problem: event.problem };
    case 'status': {
      const marks = new Map(event.status.origins.map((origin) => [origin.origin, origin]));
      return { ...state, status: event.status, marks, problem: null };
    }
    case 'streams':
      return { ...state, streams: sortStreams(event.streams) };
    case 'wanted':
      return { ...state, wanted: event.stream, readings: null, complete: false };
    case 'page':
      return addPage(state, event.stream, event.readings);
    case 'reading':
      return addReading({ ...state, lastHeard: event.now }, event.reading);
    case 'watermarks': {
      const marks = new Map(state.marks).set(event.marks.origin, event.marks);
      return { ...state, marks, lastHeard: event.now };
    }
  }
}

/** The stream asked for in the address, else the only meter there is. Null: all of them, side by side. */
export function chosenStream(state: LiveState): Stream | null {
  const { streams, wanted } = state;
  if (streams === null) return null;
  const asked = wanted && streams.find((stream) => sameStream(stream, wanted));
  return asked ?? (isTown(streams) ? null : (streams[0] ?? null));
}

/** Newest first. */
export function readingsOf(state: LiveState, stream: StreamKey): readonly Reading[] {
  return state.recent.get(keyOf(stream)) ?? [];
}

/** A reading that the page holds, wherever. */
export function findReading(state: LiveState, agent: string, seq: number): Reading | null {
  const isIt = (one: Reading) => one.agent === agent && one.seq === seq;
  for (const list of [state.readings ?? [], ...state.recent.values()]) {
    const found = list.find(isIt);
    if (found !== undefined) return found;
  }
  return null;
}

function addPage(before: LiveState, stream: StreamKey, page: readonly Reading[]): LiveState {
  const state = { ...before, recent: addRecent(before.recent, page) };
  const chosen = chosenStream(state);
  if (chosen === null || !sameStream(chosen, stream)) return state; // an answer to a question of before
  const readings = mergeReadings(state.readings ?? [], page);
  return { ...state, readings, complete: readings.at(-1)?.n === 0 };
}

function addReading(before: LiveState, reading: Reading): LiveState {
  const state = { ...before, recent: addRecent(before.recent, [reading]) };
  const chosen = chosenStream(state);
  if (chosen === null || state.readings === null || !sameStream(chosen, reading)) return state;
  const readings = mergeReadings(state.readings, [reading]).slice(0, MAX_KEPT);
  return { ...state, readings, complete: readings.at(-1)?.n === 0 };
}
