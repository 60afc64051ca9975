/**
 * News of this gateway's records: from the cloud each minute, and each few seconds while somebody waits; and from
 * commands on this box, which leave what the operator signed here. Whatever comes is checked by the register.
 * @module
 */
import type { GatewayError } from '../errors.ts';
import type { RegisterHolder } from '../register.ts';
import type { Timers } from '../timers.ts';
import type { HttpClient } from '../uplink/http-client.ts';
import { type BringParts, createBringer } from './bring-requests.ts';
import { type CloudDesk, createCloudDesk } from './cloud-desk.ts';

export interface FollowParts extends Omit<BringParts, 'now' | 'endEveryMs'> {
  /** To the cloud; null: only what is signed on this box counts. */
  readonly http: HttpClient | null;
  /** How often it looks while nobody waits. */
  readonly idleMs: number;
  readonly timers: Timers;
}

export interface RecordFollower {
  /** Looks at once. */
  wake(): void;
  stop(): Promise<void>;
}

// Somebody stands at a box and waits.
const WAITING_MS = 2_000;
// Where a log ends at the cloud: a frozen one does not move, and the answer may be some hundred kilobytes.
const CLOUD_END_MS = 60_000;

export function followRecords(parts: FollowParts): RecordFollower {
  const { files, register, http, timers, tell } = parts;
  const stopping = new AbortController();
  const desk = http && createCloudDesk(http, stopping.signal);
  const endEveryMs = http === null ? 0 : CLOUD_END_MS;
  const bringer = createBringer({ ...parts, endEveryMs, now: timers.now });
  const failed = new Map<string, string | null>();
  let pause = new AbortController();
  let woken = false;
  const unwatch = register.watch((now, before) => {
    if (now.slot.record.slot !== before.slot.record.slot) wake();
  });
  const running = run();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = false;
      await takeUpSignedHere();
      if (desk !== null) {
        await attempt('news of this gateway’s record cannot be asked for', () =>
          exchangeRecords(desk, register),
        );
        await attempt('who waits for the operator cannot be brought to the cloud', () =>
          bringer.bring(desk),
        );
      }
      await attempt('where the log in force ends cannot be asked for', () =>
        bringer.settle(stopping.signal),
      );
      const ms = bringer.waits() ? WAITING_MS : parts.idleMs;
      pause = new AbortController();
      const either = AbortSignal.any([pause.signal, stopping.signal]);
      if (!woken) await timers.wait(ms, either);
    }
  }

  async function takeUpSignedHere(): Promise<void> {
    for (const { name, cose } of files.records()) {
      await attempt(`${name}, signed on this box, is not taken up`, async () => {
        await register.admit(cose);
        files.dropRecord(name);
      });
    }
  }

  /** What fails is told once, until it succeeds. */
  async function attempt(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
      failed.delete(what);
    } catch (error) {
      if (stopping.signal.aborted) return;
      const { code = null, message } = error as GatewayError;
      // A cloud that is away is told by the uplink, once for all.
      if (code === 'CLOUD_UNREACHABLE' || failed.get(what) === code) return;
      failed.set(what, code);
      tell({ level: 'warning', what: code ?? 'record', text: `${what}: ${message}` });
    }
  }

  function wake(): void {
    woken = true;
    pause.abort();
  }

  return {
    wake,
    async stop() {
      unwatch();
      stopping.abort();
      await running;
    },
  };
}

/** Each side learns what the other knows. */
async function exchangeRecords(desk: CloudDesk, register: RegisterHolder): Promise<void> {
  const { slot, chain } = register.current();
  const told = await desk.records(slot.record.slot, slot.record.rev + 1);
  if (told === null) {
    await bringSuccession(desk, register);
    return;
  }
  for (const cose of [...told.operator.slice(chain.length), ...told.slot, ...told.next])
    await register.admit(cose);
  const { record } = register.current().slot;
  if (record.slot !== slot.record.slot) return;
  if (told.newest < record.rev) await desk.bringRecord(register.current().cose[1]);
  const next = register.next();
  if (next !== null && told.next.length === 0) await desk.bringRecord(next.cose);
}

/** The cloud does not know this slot. A first one it learns with the first anchor; later ones were perhaps signed here. */
async function bringSuccession(desk: CloudDesk, register: RegisterHolder): Promise<void> {
  const { earlier, succession } = register.current();
  if (earlier.length === 0) return;
  for (const cose of succession) await desk.bringRecord(cose);
}
