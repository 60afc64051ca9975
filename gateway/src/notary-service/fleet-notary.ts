/**
 * The notary of any number of gateways, beside their cloud: at each interval it asks what changed, checks it, and calls the
 * roll, which is durable before its root is given to the ledger. One anchor is in flight; what the ledger says of it is
 * told to the cloud. Where the cloud is away, the roll is called all the same: silence then shows as age.
 * @module
 */
import { type AnchorLeaf, nextRoll, rollTree } from '@sigill/evidence';
import type { Tell } from '../events.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { countGiven } from '../notary/anchor-source.ts';
import type { Timers } from '../timers.ts';
import type { CloudDesk, WantedPath } from './cloud-desk.ts';
import type { KeptRegister } from './kept-register.ts';
import { assertAgreement, assertNobodyElse, takeOver } from './ledger-agreement.ts';
import { makeRoll, planRoll } from './make-roll.ts';
import type { KeptCall, RollStore } from './roll-store.ts';
import { createTroubles } from './troubles.ts';

export interface FleetNotaryParts {
  readonly ledger: Ledger;
  readonly desk: CloudDesk;
  readonly register: KeptRegister;
  readonly store: RollStore;
  readonly intervalMs: number;
  readonly timers: Timers;
  readonly tell: Tell;
  /** An anchor came a step further. */
  readonly onProgress: () => void;
}

export interface FleetNotary {
  /** One roll-call, if it is time for one. Rejects only when the signal is aborted. */
  call(signal: AbortSignal): Promise<void>;
  /** Until the signal is aborted. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  status(): FleetStatus;
}

export interface FleetStatus {
  readonly slots: number;
  readonly given: number;
  /** Of the last call. */
  readonly refused: KeptCall['refused'];
}

/** @throws GatewayError NOTARY_DISAGREES, NOTARY_STATE_DAMAGED */
export async function createFleetNotary(parts: FleetNotaryParts): Promise<FleetNotary> {
  const { ledger, desk, register, store, intervalMs, timers, tell } = parts;
  /** By slot: what the cloud gave and was not called yet. */
  const notes = new Map<number, readonly string[]>();
  let seen: number | null = null;
  let last: KeptCall['refused'] = [];
  const { raise, fail, settle } = createTroubles(tell);

  await assertAgreement(ledger, store);

  /** All that changed since the roll-call that the ledger took last. */
  async function pull(signal: AbortSignal): Promise<void> {
    seen ??= seenBefore(countGiven(ledger));
    for (let more = true; more && !signal.aborted; ) {
      const changes = await desk.changes(seen, signal);
      await register.admit(changes.records, (error) =>
        raise('RECORD_REFUSED', `a record that the cloud gives is not believed: ${error.message}`),
      );
      for (const { slot, notes: given } of changes.heads) notes.set(slot, given);
      seen = changes.next;
      more = changes.more;
    }
  }

  async function callNext(signal: AbortSignal): Promise<void> {
    // One in flight: the next leaf follows from the one before, which is not in a block yet.
    if (ledger.status().pending.some(({ leaf }) => leaf === null)) return;
    const index = countGiven(ledger);
    await assertNobodyElse(ledger, index);
    if (!store.reaches(index - 1)) await takeOver({ ledger, store, desk, tell }, index - 1, signal);
    await register.takeUp(({ message }) =>
      raise('RECORD_REFUSED', `a record in the operator’s files is not believed: ${message}`),
    );
    await pull(signal)
      .then(() => settle('cloud'))
      .catch((error) => fail('cloud', error, 'the roll is called without news of the cloud'));
    if (signal.aborted) return;
    const before = store.slotsAt(index - 1);
    const plan = planRoll(before, register.fleet, notes);
    const wanted = [...plan.heads]
      .filter(([slot]) => (before[slot]?.size ?? 0) > 0)
      .map(([slot, { size }]) => ({ slot, from: before[slot]!.size, to: size }));
    const paths = await pathsOf(wanted, signal);
    if (signal.aborted) return;
    // Whose path did not come is called as it was, and anew at the next interval.
    const late = new Set(paths === null ? wanted.map(({ slot }) => slot) : []);
    const heads = new Map([...plan.heads].filter(([slot]) => !late.has(slot)));
    const { changes, refused } = makeRoll(
      before,
      register.fleet,
      { ...plan, heads },
      paths ?? NONE,
    );
    const slots = nextRoll(before, index, changes);
    const { root } = rollTree(slots, index);
    const complete = late.size === 0 && register.fleet.waiting().length === 0;
    await store.keep(index, {
      ...{ calledAt: timers.now(), slots: slots.length, rollRoot: root, changes, refused },
      seen: complete ? (seen ?? 0) : seenBefore(index),
    });
    await ledger.anchor(root, slots.length);
    last = refused;
    for (const { slot } of refused) late.add(slot);
    for (const slot of notes.keys()) if (slot < slots.length && !late.has(slot)) notes.delete(slot);
    tellRefused(refused);
  }

  const seenBefore = (index: number) => store.read(index - 1)?.seen ?? 0;

  async function pathsOf(
    wanted: readonly WantedPath[],
    signal: AbortSignal,
  ): Promise<Map<number, readonly Uint8Array[]> | null> {
    if (wanted.length === 0) return new Map();
    try {
      const paths = await desk.paths(wanted, signal);
      return new Map(wanted.map(({ slot }, at) => [slot, paths[at] ?? []]));
    } catch (error) {
      fail('cloud', error, 'what grew is called at the next interval');
      return null;
    }
  }

  function tellRefused(refused: KeptCall['refused']): void {
    for (const { slot, reason } of refused) {
      const origin = register.fleet.slot(slot)?.record.origin ?? '';
      raise(
        'CALL_REFUSED',
        `slot ${slot}, ${origin}, is called as before and ages: ${reason}`,
        slot,
      );
    }
    for (const slot of register.fleet.waiting())
      raise(
        'SLOT_WAITS',
        `slot ${slot} cannot be called: the cloud gave no record of slot ${register.fleet.callable()}`,
        slot,
      );
  }

  async function call(signal: AbortSignal): Promise<void> {
    await callNext(signal)
      .then(() => settle('call'))
      .catch((error) => fail('call', error, 'not anchored'));
  }

  /** An interval after the last call, whenever that was; at most one from now if the clock was set back. */
  function firstDue(): number {
    const given = countGiven(ledger);
    const calledAt = given === 0 ? null : store.read(given - 1)?.calledAt;
    return Math.min(calledAt ?? timers.now() - intervalMs, timers.now()) + intervalMs;
  }

  async function run(signal: AbortSignal): Promise<void> {
    const unwatch = ledger.watch(({ state, leaf }) => {
      if (leaf !== null && (state === 'mined' || state === 'final')) tellAnchor(state, leaf);
      parts.onProgress();
    });
    for (let due = firstDue(); !signal.aborted; due = timers.now() + intervalMs) {
      await timers.wait(Math.max(due - timers.now(), 0), signal);
      if (!signal.aborted) await call(signal);
    }
    unwatch();
  }

  function tellAnchor(state: 'mined' | 'final', { index, slots, blockNumber }: AnchorLeaf): void {
    const text = `anchor ${index} of ${slots} slots is ${state}, in block ${blockNumber}`;
    tell({ level: 'info', what: `anchor-${state}`, text, facts: { index } });
  }

  return {
    call,
    run,
    status: () => ({
      slots: store.slotsAt(countGiven(ledger) - 1).length,
      given: countGiven(ledger),
      refused: last,
    }),
  };
}

const NONE: ReadonlyMap<number, readonly Uint8Array[]> = new Map();
