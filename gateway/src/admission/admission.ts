/**
 * What an agent must show before its seal enters the site log. Offers that come while the disk is
 * busy wait together: one round of fsync for their batches, one for the log, then their receipts leave.
 * @module
 */
import { leafHash } from '@sigill/evidence';
import type { HeldEntry } from '../agents/held-records.ts';
import { assertOpen, type Gate } from './gate.ts';
import { type Group, type OwnBatch, type PlaceParts, place } from './place.ts';

export interface Admission {
  /**
   * Resolves when the seal is durable in the site log: now, or since an earlier offer of the same header.
   * @throws GatewayError BATCH_INVALID, BATCH_INHERITED, BATCH_NOT_NEXT, BATCH_CONFLICT, AGENT_*, BATCH_STORE_*, SITE_LOG_*, GATEWAY_STARTING
   */
  admit(batch: Uint8Array): Promise<Admitted>;
  /**
   * As `admit`, a batch of this box's own agent that this process stamped and sealed: its seal is checked, its readings
   * are not read again. The cloud checks them like any other.
   */
  admitOwn(batch: OwnBatch): Promise<Admitted>;
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

export interface AdmissionParts extends PlaceParts {
  readonly gate: Gate;
}

interface Offer {
  readonly batch: Uint8Array | OwnBatch;
  readonly resolve: (admitted: Admitted) => void;
  readonly reject: (error: unknown) => void;
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
    const group: Group = { seals: [], held: [], heads: new Map() };
    const placed: { readonly offer: Offer; readonly index: number }[] = [];
    for (const offer of offers) {
      try {
        assertOpen(gate);
        placed.push({ offer, index: await place(parts, offer.batch, size, group) });
      } catch (error) {
        offer.reject(error);
      }
    }
    try {
      await append(size, group.seals, group.held);
      for (const { offer, index } of placed) offer.resolve({ index });
    } catch (error) {
      for (const { offer } of placed) offer.reject(error);
    }
  }

  async function append(size: number, seals: Uint8Array[], held: HeldEntry[]): Promise<void> {
    if (seals.length === 0) return;
    await store.keep(held);
    await log.append(seals, size);
    store.logged();
    await heads.follow();
  }

  function offer(batch: Uint8Array | OwnBatch): Promise<Admitted> {
    return new Promise((resolve, reject) => {
      waiting.push({ batch, resolve, reject });
      if (!working) void work();
    });
  }

  return {
    admit: offer,
    admitOwn: offer,
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
  const full = waiting.findIndex(({ batch }, index) => {
    bytes += batch instanceof Uint8Array ? batch.length : batch.bytes.length;
    return index > 0 && bytes > MAX_GROUP_BYTES;
  });
  return waiting.splice(0, Math.min(full === -1 ? waiting.length : full, MAX_GROUP));
}
