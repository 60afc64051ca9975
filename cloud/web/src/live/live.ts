/**
 * Keeps the live state true: listens, asks again after every reconnection, and loads the newest of each stream, or of the
 * chosen one back to its last final reading.
 */
import type { Api } from '../api/client.ts';
import type { EventHandlers } from '../api/events.ts';
import { type Reading, type Stream, type StreamKey, sameStream } from '../api/model.ts';
import { PageError } from '../errors.ts';
import {
  chosenStream,
  INITIAL_STATE,
  type LiveEvent,
  type LiveState,
  readingsOf,
  reduce,
} from './live-state.ts';
import { keyOf } from './recent.ts';
import { silenceOf } from './silence.ts';
import { groupTiles, type TileGroup, type View, viewOf } from './views.ts';

const PAGE = 150;
// At one reading a second, 40 minutes: more than two ten-minute anchors and their finality.
const MAX_PAGES_TO_FINAL = 16;
// A pallet with its cases is told two hundred times while it passes: so that more than one is seen.
const MIN_TAG_PAGES = 4;
const RETRY_MS = 2000;
// Streams whose newest readings are asked for at the start. Further ones fill as they speak, or when they are opened.
const MAX_ASKED_STREAMS = 12;
// What is listed or drawn needs a past; of a number the newest is enough, its curve is the server's.
const RECENT_LIMITS: Readonly<Record<View, number>> = {
  ...{ tags: 200, position: 200, level: 20, curve: 20, numbers: 20, statements: 5, agent: 0 },
};
// In a flood of events one stream is asked again no more often than this.
const CATCH_UP_MS = 5000;

export interface LiveParts {
  readonly api: Api;
  readonly listen: (handlers: EventHandlers) => () => void;
  readonly now: () => number;
  readonly later: (run: () => void, delayMs: number) => () => void;
}

export interface Live {
  state(): LiveState;
  subscribe(listener: () => void): () => void;
  /** Null: the only meter there is, or all streams side by side. */
  choose(stream: StreamKey | null): void;
  loadOlder(): Promise<void>;
  stop(): void;
}

export function createLive({ api, listen, now, later }: LiveParts): Live {
  let state = INITIAL_STATE;
  const listeners = new Set<() => void>();
  let cancelRetry = () => {};

  const apply = (event: LiveEvent) => {
    const next = reduce(state, event);
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  };

  // One at a time; what is asked for meanwhile is asked once more afterwards.
  let asking = false;
  let askAgain = false;
  const refresh = async () => {
    askAgain = true;
    if (asking) return;
    asking = true;
    while (askAgain) {
      askAgain = false;
      await askEverything();
    }
    asking = false;
  };

  const askEverything = async () => {
    cancelRetry();
    try {
      apply({ type: 'status', status: await api.status() });
      apply({ type: 'streams', streams: await api.streams() });
      if (chosenStream(state) === null) await loadOverview();
      else await loadChosen();
      apply({ type: 'connection', connection: 'live', now: now() });
    } catch (error) {
      apply({ type: 'problem', problem: asPageError(error) });
      cancelRetry = later(refresh, RETRY_MS);
    }
  };

  /** The newest page, and on until a final reading is among them: else nobody could say how far "final" is behind. */
  const loadChosen = async () => {
    const stream = chosenStream(state);
    if (stream === null) return;
    await loadPage(stream);
    const least = viewOf(stream) === 'tags' ? MIN_TAG_PAGES : 1;
    const isEnough = (pages: number) => state.complete || (pages >= least && reachesFinal(state));
    for (let pages = 1; pages < MAX_PAGES_TO_FINAL && !isEnough(pages); pages++) {
      const before = state.readings?.length;
      await loadPage(stream, state.readings?.at(-1));
      if (state.readings?.length === before) return;
    }
  };

  /** Up to and with the time of `oldest`: two readings may share a millisecond. */
  const loadPage = async (stream: Stream, oldest?: Reading) => {
    const query = { stream, limit: PAGE, ...(oldest && { to: oldest.time + 1 }) };
    apply({ type: 'page', stream, readings: await api.readings(query) });
  };

  const loadOverview = async () => {
    let left = MAX_ASKED_STREAMS;
    const load = async (streams: readonly Stream[]) => {
      const asked = streams.slice(0, left);
      left -= asked.length;
      for (const stream of asked) await loadRecent(stream);
    };
    const tiles = groupTiles(state.streams ?? []);
    for (const tile of tiles) await load(tile.streams);
    // Signs of life only matter where things pass now and then, and nothing is heard of them.
    for (const tile of tiles) if (isSilent(tile)) await load(tile.signs);
  };

  const isSilent = ({ streams, view }: TileGroup) => {
    const readings = streams.flatMap((stream) => readingsOf(state, stream));
    const newestFirst = readings.toSorted((a, b) => b.time - a.time);
    return view === 'tags' && silenceOf(newestFirst, view, now()) !== null;
  };

  const loadRecent = async (stream: Stream) => {
    const limit = RECENT_LIMITS[viewOf(stream)];
    apply({ type: 'page', stream, readings: await api.readings({ stream, limit }) });
  };

  // Of a stream that is not chosen, what a burst left out is fetched a moment later, once for the whole burst.
  const catchingUp = new Map<string, () => void>();
  const catchUp = (stream: Stream) => {
    const key = keyOf(stream);
    if (catchingUp.has(key) || catchingUp.size >= MAX_ASKED_STREAMS) return;
    const cancel = later(() => {
      catchingUp.delete(key);
      loadRecent(stream).catch(() => void refresh());
    }, CATCH_UP_MS);
    catchingUp.set(key, cancel);
  };

  const stopListening = listen({
    opened: () => void refresh(),
    missed: () => void refresh(),
    lost: () => apply({ type: 'connection', connection: 'lost', now: now() }),
    reading(reading) {
      const known = state.streams?.find((stream) => sameStream(stream, reading));
      const chosen = chosenStream(state);
      const skipped = leavesHole(state, reading);
      apply({ type: 'reading', reading, now: now() });
      if (known === undefined || (skipped && chosen !== null && sameStream(chosen, reading)))
        void refresh();
      else if (skipped) catchUp(known);
    },
    watermarks: (marks) => apply({ type: 'watermarks', marks, now: now() }),
    problem: (problem) => apply({ type: 'problem', problem }),
  });

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    choose(stream) {
      const { wanted } = state;
      if (stream === wanted || (stream && wanted && sameStream(stream, wanted))) return;
      apply({ type: 'wanted', stream });
      if (state.streams !== null) void refresh();
    },
    async loadOlder() {
      const stream = chosenStream(state);
      const oldest = state.readings?.at(-1);
      if (stream !== null && oldest !== undefined) await loadPage(stream, oldest);
    },
    stop() {
      cancelRetry();
      for (const cancel of catchingUp.values()) cancel();
      stopListening();
    },
  };
}

function reachesFinal(state: LiveState): boolean {
  const oldest = state.readings?.at(-1);
  const final = state.marks.get(oldest?.origin ?? '')?.final ?? 0;
  return oldest === undefined || final === 0 || oldest.entry < final || state.complete;
}

/** In a burst the server only tells the newest; readings of a stream are numbered without a hole. */
function leavesHole(state: LiveState, next: Reading): boolean {
  const newest =
    readingsOf(state, next)[0] ?? state.readings?.find((reading) => sameStream(reading, next));
  return newest !== undefined && next.n > newest.n + 1;
}

const asPageError = (error: unknown): PageError =>
  error instanceof PageError
    ? error
    : new PageError('SERVER_ANSWER', String(error), { cause: error });
