/**
 * The way back to the cloud: each roll-call when its anchor is mined, and the ledger's state when it is final. Whatever
 * fails is begun again from where the cloud says it stands, after a wait that doubles.
 * @module
 */
import { backOffMs } from '@sigill/firmware-bridge';
import type { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createAnchorSource } from '../notary/anchor-source.ts';
import type { Timers } from '../timers.ts';
import { createAnchorLane } from '../uplink/anchor-lane.ts';
import type { CloudDesk, ToldAnchor } from './cloud-desk.ts';
import type { KeptRegister } from './kept-register.ts';
import type { RollStore } from './roll-store.ts';

export interface TellCloudParts {
  readonly ledger: Ledger;
  readonly store: RollStore;
  readonly register: KeptRegister;
  readonly desk: CloudDesk;
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
  readonly tell: Tell;
}

export interface CloudTeller {
  /** Everything there is to tell. @throws GatewayError */
  push(signal: AbortSignal): Promise<void>;
  /** There may be more to tell. */
  wake(): void;
  /** Until the signal is aborted. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

const BACK_OFF = { firstMs: 1_000, maxMs: 300_000 };
// A step of the ledger wakes it; this is for what nobody woke it for.
const IDLE_MS = 60_000;

export function createCloudTeller(parts: TellCloudParts): CloudTeller {
  const { ledger, store, register, desk, timers, tell } = parts;
  const source = createAnchorSource(ledger, (index) => {
    const kept = store.read(index);
    const named = kept?.changes.flatMap((change) => change.named?.recordHash ?? []) ?? [];
    return {
      changes: kept?.changes ?? [],
      seen: kept?.seen ?? 0,
      refused: kept?.refused ?? [],
      records: register.brought(named),
    };
  });
  const lane = createAnchorLane<ToldAnchor>(desk.tell, source);
  let reached = false;
  let failed: string | null = null;
  let waking = new AbortController();

  async function push(signal: AbortSignal): Promise<void> {
    if (!reached) lane.resume(await desk.counts(signal));
    reached = true;
    await lane.push(signal);
  }

  /** Told when it begins and when it changes, not at each attempt. */
  function fail({ code, message, retryable }: GatewayError): void {
    reached = false;
    if (code === failed) return;
    failed = code;
    const text = `the cloud is not told of anchors${retryable ? '; they wait here' : ''}: ${message}`;
    tell({ level: retryable ? 'warning' : 'alarm', what: code ?? 'NOTARY_FAILED', text });
  }

  return {
    push,
    wake: () => waking.abort(),
    async run(signal) {
      for (let failures = 0; !signal.aborted; ) {
        waking = new AbortController();
        try {
          await push(signal);
          if (failed !== null)
            tell({ level: 'info', what: 'cloud-back', text: 'the cloud has all anchors again' });
          [failures, failed] = [0, null];
          await timers.wait(IDLE_MS, AbortSignal.any([signal, waking.signal]));
        } catch (error) {
          if (signal.aborted) return;
          fail(error as GatewayError);
          failures += 1;
          await timers.wait(backOffMs(failures - 1, BACK_OFF, parts.random), signal);
        }
      }
    },
  };
}
