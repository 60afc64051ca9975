/**
 * A gateway alone anchors itself: at each interval the newest checkpoint goes into a roll-call, which
 * is kept durably and then given to the ledger. What the ledger says of it is told to the uplink, and
 * the newest final anchor becomes the agent's beacon.
 * @module
 */
import { anchorLeafHash, type Beacon, type Checkpoint, decodeCall } from '@sigill/evidence';
import type { Tell } from '../events.ts';
import type { KnownSize } from '../generation/inherited.ts';
import type { AnchorStatus, Ledger } from '../ledger/ledger.ts';
import type { Register } from '../register.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { Timers } from '../timers.ts';
import type { AnchorBundle } from '../uplink/anchor-bundle.ts';
import type { AnchorSource } from '../uplink/anchor-lane.ts';
import {
  assertAgreement,
  countGiven,
  createAnchorSource,
  newestFinal,
  rollCallAt,
} from './anchor-source.ts';
import { callNext } from './call.ts';
import { type RollCallStore, rollRootOf } from './roll-call-store.ts';

export interface Notary {
  readonly anchors: AnchorSource<AnchorBundle>;
  /** The head that was called last of the log in force; null before the first call. */
  called(): Pick<Checkpoint, 'size' | 'root'> | null;
  /** Until the signal is aborted. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

export interface NotaryParts {
  readonly ledger: Ledger;
  readonly log: SiteLog;
  /** As it is then. */
  readonly register: () => Register;
  /** How what was called of the log closed last led to its end; null: it is not known, or there is none. */
  readonly known: KnownSize | null;
  readonly store: RollCallStore;
  readonly intervalMs: number;
  readonly timers: Timers;
  readonly tell: Tell;
  /** The newest final anchor. */
  readonly setBeacon: (beacon: Beacon) => void;
  /** An anchor came a step further. */
  readonly onProgress: () => void;
}

/** @throws GatewayError NOTARY_DISAGREES, NOTARY_STATE_DAMAGED */
export async function createNotary(parts: NotaryParts): Promise<Notary> {
  const { ledger, log, register, store, intervalMs, timers, tell } = parts;
  let lastFailure: string | null = null;

  await assertAgreement(ledger, store);
  await tellBeacon();

  async function run(signal: AbortSignal): Promise<void> {
    const unwatch = ledger.watch((status) => void follow(status).catch(fail));
    for (let due = firstDue(); !signal.aborted; due = timers.now() + intervalMs) {
      await timers.wait(Math.max(due - timers.now(), 0), signal);
      if (!signal.aborted) await anchorNext().catch(fail);
    }
    unwatch();
  }

  /** An interval after the last call, whenever that was; at most one from now if the clock was set back. */
  function firstDue(): number {
    const given = countGiven(ledger);
    const last = given === 0 ? timers.now() : rollCallAt(store, given - 1).calledAt;
    return Math.min(last, timers.now()) + intervalMs;
  }

  async function anchorNext(): Promise<void> {
    if (log.head().size === 0) return; // nothing to vouch for yet
    // One in flight: the next leaf follows from the one before, which is not in a block yet.
    if (ledger.status().pending.some(({ leaf }) => leaf === null)) return;
    const index = countGiven(ledger);
    const before = index === 0 ? null : rollCallAt(store, index - 1);
    const { rollCall, refused } = callNext(log, register(), before, parts.known);
    const kept = { ...rollCall, calledAt: timers.now() };
    await store.keep(index, kept);
    await ledger.anchor(rollRootOf(kept), kept.calls.length);
    if (refused === null) lastFailure = null;
    else fail(refused);
  }

  async function follow({ state, leaf }: AnchorStatus): Promise<void> {
    if (leaf !== null && (state === 'mined' || state === 'final')) {
      const text = `anchor ${leaf.index} is ${state}, in block ${leaf.blockNumber}`;
      tell({ level: 'info', what: `anchor-${state}`, text, facts: { index: leaf.index } });
    }
    if (state === 'final') await tellBeacon();
    parts.onProgress();
  }

  async function tellBeacon(): Promise<void> {
    const leaf = await newestFinal(ledger);
    if (leaf) parts.setBeacon({ anchorIndex: leaf.index, anchorLeafHash: anchorLeafHash(leaf) });
  }

  /** Told when it begins and when it changes; the ledger tells its own troubles. */
  function fail(error: unknown): void {
    const { code = 'NOTARY_FAILED', message } = error as { code?: string; message: string };
    const retryable = (error as { retryable?: boolean }).retryable ?? false;
    if (code !== lastFailure) {
      tell({
        level: retryable ? 'warning' : 'alarm',
        what: code,
        text: `not anchored: ${message}`,
      });
    }
    lastFailure = code;
  }

  function called() {
    const given = countGiven(ledger);
    const bytes =
      given === 0 ? null : rollCallAt(store, given - 1).calls[register().slot.record.slot];
    return bytes ? decodeCall(bytes) : null;
  }

  const anchors = createAnchorSource(ledger, (index) => {
    const { calls, records, checkpoint } = rollCallAt(store, index);
    return { calls, records, checkpoint };
  });
  return { anchors, called, run };
}
