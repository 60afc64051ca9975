/**
 * What an agent must show before its seal enters the site log. Offers that come while the disk is
 * busy wait together: one round of fsync for their batches, one for the log, then their receipts leave.
 * @module
 */
import {
  checkBatch,
  decodeBatch,
  decodeSeal,
  EvidenceError,
  equalBytes,
  headerHash,
  leafHash,
  type OpenedSeal,
  openSeal,
  toHex,
} from '@sigill/evidence';
import type { BatchStore } from '../agents/batch-store.ts';
import type { HeldEntry } from '../agents/held-records.ts';
import { GatewayError } from '../errors.ts';
import { activeAgent, type Register } from '../register.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import { type ChainHeads, type LoggedHead, toLoggedHead } from './chain-heads.ts';
import type { Conflicts } from './conflicts.ts';
import { assertOpen, type Gate } from './gate.ts';
import { streamsAfter } from './stream-heads.ts';

export interface Admission {
  /**
   * Resolves when the seal is durable in the site log: now, or since an earlier offer of the same header.
   * @throws GatewayError BATCH_INVALID, BATCH_NOT_NEXT, BATCH_CONFLICT, AGENT_*, BATCH_STORE_*, SITE_LOG_*, GATEWAY_STARTING
   */
  admit(batch: Uint8Array): Promise<Admitted>;
  /** Appends exactly these entries, judged by whoever calls, while nothing else is appended. */
  restore(firstIndex: number, batches: readonly RestoredBatch[]): Promise<void>;
}

export interface Admitted {
  /** Of the seal in the site log. */
  readonly index: number;
}

export interface RestoredBatch {
  readonly agent: Uint8Array;
  readonly seal: Uint8Array;
  readonly streams: HeldEntry['streams'];
}

export interface AdmissionParts {
  readonly log: SiteLog;
  readonly heads: ChainHeads;
  readonly store: BatchStore;
  readonly conflicts: Conflicts;
  readonly gate: Gate;
  readonly register: () => Register;
  /** The agent of this box, which keeps its batches itself. */
  readonly own: Uint8Array;
}

interface Offer {
  readonly bytes: Uint8Array;
  readonly resolve: (admitted: Admitted) => void;
  readonly reject: (error: unknown) => void;
}

/** What is to be appended: a head per agent that moves on within the group. */
interface Group {
  readonly seals: Uint8Array[];
  readonly held: HeldEntry[];
  readonly heads: Map<string, LoggedHead>;
  readonly placed: { readonly offer: Offer; readonly index: number }[];
}

// Bound what one append holds in memory and how long the first of a group waits for its receipt.
const MAX_GROUP = 1_024;
const MAX_GROUP_BYTES = 4 * 1024 * 1024;

export function createAdmission(parts: AdmissionParts): Admission {
  const { log, heads, store, gate } = parts;
  const waiting: Offer[] = [];
  let working = false;
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work, work);
    turn = done;
    return done;
  }

  async function work(): Promise<void> {
    working = true;
    while (waiting.length > 0) await inTurn(() => admitGroup(takeGroup(waiting)));
    working = false;
  }

  async function admitGroup(offers: readonly Offer[]): Promise<void> {
    const size = log.head().size;
    const group: Group = { seals: [], held: [], heads: new Map(), placed: [] };
    for (const offer of offers) {
      try {
        assertOpen(gate);
        group.placed.push({ offer, index: await place(parts, offer.bytes, size, group) });
      } catch (error) {
        offer.reject(error);
      }
    }
    try {
      await append(size, group.seals, group.held);
      for (const { offer, index } of group.placed) offer.resolve({ index });
    } catch (error) {
      for (const { offer } of group.placed) offer.reject(error);
    }
  }

  async function append(size: number, seals: Uint8Array[], held: HeldEntry[]): Promise<void> {
    if (seals.length === 0) return;
    await store.keep(held);
    await log.append(seals, size);
    store.logged();
    await heads.follow();
  }

  return {
    admit(bytes) {
      return new Promise((resolve, reject) => {
        waiting.push({ bytes, resolve, reject });
        if (!working) void work();
      });
    },
    restore: (firstIndex, batches) =>
      inTurn(() =>
        append(
          firstIndex,
          batches.map(({ seal }) => seal),
          // The cloud has them: nothing but the stream heads is kept here.
          batches.map(({ agent, seal, streams }) => ({
            ...{ agent, streams, leaf: leafHash(seal), batch: null },
          })),
        ),
      ),
  };
}

function takeGroup(waiting: Offer[]): Offer[] {
  let bytes = 0;
  const full = waiting.findIndex((offer, index) => {
    bytes += offer.bytes.length;
    return index > 0 && bytes > MAX_GROUP_BYTES;
  });
  return waiting.splice(0, Math.min(full === -1 ? waiting.length : full, MAX_GROUP));
}

/** The index the seal has or will have. */
async function place(
  parts: AdmissionParts,
  bytes: Uint8Array,
  size: number,
  group: Group,
): Promise<number> {
  const { conflicts, heads, log } = parts;
  const claimed = asInvalid(() => decodeSeal(decodeBatch(bytes).seal));
  const { agent, batch } = claimed.header;
  const { slot } = parts.register();
  const { key } = activeAgent(slot, agent);
  const name = toHex(agent);
  const head = group.heads.get(name) ?? heads.of(agent);

  if (head !== null && batch <= head.batch) {
    const logged = batch === head.batch ? head : heads.find(agent, batch);
    if (logged !== null && equalBytes(logged.headerHash, headerHash(claimed.headerBytes))) {
      return logged.index;
    }
  }
  const conflict = conflicts.of(agent);
  if (conflict !== null || contradicts(claimed, head)) {
    asInvalid(() => openSeal(decodeBatch(bytes).seal, key)); // only a true signature tells against its key
    if (conflict === null) throw await conflicts.putAway(claimed, bytes);
    throw new GatewayError('AGENT_QUARANTINED', conflicts.of(agent)!.technician);
  }
  const next = head === null ? 0 : head.batch + 1;
  if (batch !== next) {
    throw new GatewayError('BATCH_NOT_NEXT', `agent ${name}: batch ${next} expected, got ${batch}`);
  }
  const checked = asInvalid(() => checkBatch(bytes, key, [log.id], head));
  const own = equalBytes(agent, parts.own);
  if (!own) assertRoom(parts.store, bytes.length);
  const index = size + group.seals.length;
  group.seals.push(checked.seal);
  group.held.push({
    agent,
    leaf: leafHash(checked.seal),
    batch: own ? null : bytes,
    streams: streamsAfter(checked.readings),
  });
  group.heads.set(name, toLoggedHead(checked, index));
  return index;
}

/** A second header for a batch that has one, or a header that follows another one than we hold. */
function contradicts({ header }: OpenedSeal, head: LoggedHead | null): boolean {
  if (head === null) return false;
  if (header.batch <= head.batch) return true;
  return header.batch === head.batch + 1 && !equalBytes(header.previous, head.headerHash);
}

function assertRoom(store: BatchStore, bytes: number): void {
  if (store.hasRoom(bytes)) return;
  const held = Math.floor(store.usage().maxBytes / 2 ** 20);
  throw new GatewayError(
    'BATCH_STORE_FULL',
    `${held} MiB of batches wait at the gateway for its cloud and no more fit; this agent keeps its own until the cloud is reached: see why it is not`,
    { retryable: true },
  );
}

function asInvalid<T>(check: () => T): T {
  try {
    return check();
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new GatewayError('BATCH_INVALID', `${cause.code}: ${cause.message}`, { cause });
  }
}
