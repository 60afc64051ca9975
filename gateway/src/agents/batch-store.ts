/**
 * Batches of remote agents, durable here before their seals enter the site log and held until the cloud has answered
 * for them; and beside each entry of the log, whoever sealed it, where its streams go on.
 *
 * A segment journal with one record a group of admission, and at the head of each segment all stream heads up to
 * there: so a start reads the last segment, however much is held, and what is released was always covered by a later
 * snapshot. A group that was written and did not enter the log (the power went between) counts for nothing; its place
 * in the log is taken by another, which stands behind it here.
 * @module
 */
import type { Journal, JournalOptions, JournalUsage, Position } from '@sigill/edge';
import { equalBytes, leafHash } from '@sigill/evidence';
import { createStreamHeads, type StreamHeads } from '../admission/stream-heads.ts';
import { GatewayError } from '../errors.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import {
  decodeGroup,
  encodeGroup,
  encodeSnapshot,
  type HeldEntry,
  type HeldGroup,
  snapshotSize,
} from './held-records.ts';
import { type AgentStreams, recoverStreams } from './recover-streams.ts';

export interface BatchStore {
  readonly streams: StreamHeads;
  /** Whether a remote agent's batch of this size is taken. */
  hasRoom(bytes: number): boolean;
  /** Durable on return. The entries go into the log next, at its present size. @throws GatewayError BATCH_STORE_* */
  keep(entries: readonly HeldEntry[]): Promise<void>;
  /** The entries kept last are in the log. */
  logged(): void;
  /** The batch behind an entry of the log; null if it is not held here. */
  read(index: number, seal: Uint8Array): Promise<Uint8Array | null>;
  /** Batches of entries below are needed no more. */
  release(beforeIndex: number): Promise<void>;
  usage(): JournalUsage;
  close(): Promise<void>;
}

export interface BatchStoreParts {
  readonly log: SiteLog;
  /** A journal of its own; opened again after a failure. */
  readonly openJournal: (options: JournalOptions) => Promise<Journal>;
  /** Where the generation before left the streams. */
  readonly inherited?: readonly AgentStreams[];
  /** For tests. */
  readonly maxBytes?: number;
  readonly segmentBytes?: number;
}

// A week of a hundred remote agents that seal 4 kB every ten minutes is 400 MB.
const MAX_BYTES = 1024 * 1024 * 1024;
// Read whole at a start: some 20 ms.
const SEGMENT_BYTES = 8 * 1024 * 1024;
// The largest group admission makes, and the largest batch there is, fit with room to spare.
const MAX_RECORD_BYTES = 24 * 1024 * 1024;
// The box's own agent keeps its batches itself and needs room for stream heads only: it goes on when others are refused.
const OWN_SHARE = 1 / 16;
// A mark to begin a search from in each quarter of a megabyte: a thousand marks for what is held at most.
const MARK_BYTES = 256 * 1024;
// A group that never entered the log may stand before the one that did; groups are no longer than this.
const LONGEST_GROUP = 1_024;

interface Mark {
  readonly index: number;
  readonly position: Position;
}

/** @throws GatewayError SITE_LOG_DAMAGED, EdgeError JOURNAL_* */
export async function openBatchStore(parts: BatchStoreParts): Promise<BatchStore> {
  const { log } = parts;
  const maxBytes = parts.maxBytes ?? MAX_BYTES;
  let streams = createStreamHeads();
  let marks: Mark[] = [];
  let kept: { readonly group: HeldGroup; readonly position: Position } | null = null;
  let lastRead: { readonly group: HeldGroup; readonly next: Position } | null = null;
  let failed = false;
  /** By the position of a segment's head. */
  const sizes = new Map<Position, number>();
  let journal = await open();

  async function open(): Promise<Journal> {
    const opened = await parts.openJournal({
      maxBytes,
      segmentBytes: parts.segmentBytes ?? SEGMENT_BYTES,
      maxRecordBytes: MAX_RECORD_BYTES,
      maxWaitingBytes: 2 * MAX_RECORD_BYTES,
      segmentHead: () => encodeSnapshot(log.head().size, log.head().root, streams),
    });
    try {
      streams = await recoverStreams(opened, log, parts.inherited ?? []);
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  /** What a disk says after a failed write is not believed: the journal is read anew. */
  async function reopen(): Promise<void> {
    await journal.close();
    journal = await open();
    marks = [];
    sizes.clear();
    lastRead = null;
    failed = false;
  }

  async function segmentFor(index: number): Promise<Position | null> {
    let found: Position | null = null;
    const heads = journal.heads();
    for (let low = 0, high = heads.length; low < high; ) {
      const middle = Math.floor((low + high) / 2);
      if ((await sizeAt(heads[middle]!)) > index) high = middle;
      else {
        found = heads[middle]!;
        low = middle + 1;
      }
    }
    return found;
  }

  async function sizeAt(head: Position): Promise<number> {
    const known = sizes.get(head);
    if (known !== undefined) return known;
    for await (const { payload } of journal.read(head, 1)) {
      const size = snapshotSize(payload);
      sizes.set(head, size);
      return size;
    }
    return Number.POSITIVE_INFINITY; // being written: what it is for is in no log yet
  }

  /** The last known position at or before the group that holds this entry; null if that was released. */
  async function searchFrom(index: number): Promise<Position | null> {
    const segment = await segmentFor(index);
    if (segment === null) return null;
    const mark = marks.findLast((candidate) => candidate.index <= index);
    const goingOn = lastRead !== null && lastRead.group.firstIndex <= index ? lastRead.next : 0;
    return Math.max(segment, mark?.position ?? 0, goingOn);
  }

  async function find(index: number, leaf: Uint8Array): Promise<HeldEntry | null> {
    const cached = lastRead && entryIn(lastRead.group, index, leaf);
    if (cached !== null) return cached;
    const from = await searchFrom(index);
    if (from === null) return null;
    const heads = new Set(journal.heads());
    for await (const { position, payload, next } of journal.read(from, Number.MAX_SAFE_INTEGER)) {
      if (heads.has(position)) continue;
      const group = decodeGroup(payload);
      if (group.firstIndex > index + LONGEST_GROUP) return null;
      const entry = entryIn(group, index, leaf);
      if (entry === null) continue;
      lastRead = { group, next };
      return entry;
    }
    return null;
  }

  return {
    get streams() {
      return streams;
    },

    hasRoom: (bytes) => journal.usage().heldBytes + bytes < maxBytes * (1 - OWN_SHARE),

    async keep(entries) {
      if (failed) await reopen();
      const group = { firstIndex: log.head().size, entries };
      try {
        kept = { group, position: await journal.append(encodeGroup(group)) };
      } catch (cause) {
        failed = (cause as { code?: string }).code !== 'JOURNAL_FULL';
        throw failed ? unwritable(cause) : full(maxBytes, cause);
      }
    },

    logged() {
      if (kept === null) return;
      const { group, position } = kept;
      kept = null;
      for (const { agent, streams: touched } of group.entries) streams.apply(agent, touched);
      const last = marks.at(-1);
      if (last === undefined || position - last.position >= MARK_BYTES) {
        marks.push({ index: group.firstIndex, position });
      }
    },

    read: async (index, seal) => (await find(index, leafHash(seal)))?.batch ?? null,

    async release(beforeIndex) {
      const position = await segmentFor(beforeIndex);
      if (position === null) return;
      marks = marks.filter((mark) => mark.position >= position);
      for (const head of sizes.keys()) if (head < position) sizes.delete(head);
      await journal.release(position);
    },

    usage: () => journal.usage(),
    close: () => journal.close(),
  };
}

function entryIn(group: HeldGroup, index: number, leaf: Uint8Array): HeldEntry | null {
  const entry = group.entries[index - group.firstIndex];
  return entry !== undefined && equalBytes(entry.leaf, leaf) ? entry : null;
}

function full(maxBytes: number, cause: unknown): GatewayError {
  return new GatewayError(
    'BATCH_STORE_FULL',
    `${Math.floor(maxBytes / 2 ** 20)} MiB of batches wait here for the cloud and no more fit: agents keep theirs until it is reached; see why it is not`,
    { cause, retryable: true },
  );
}

function unwritable(cause: unknown): GatewayError {
  return new GatewayError(
    'BATCH_STORE_FAILED',
    `batches could not be written (${(cause as Error).message}); they are asked for again`,
    { cause, retryable: true },
  );
}
