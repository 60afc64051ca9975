/**
 * News of the newest final anchor, for a gateway that its operator's notary anchors: asked for now and then, checked, and
 * handed on as the beacon that later batches name.
 * @module
 */
import { type Beacon, EvidenceError, type LedgerPolicy } from '@sigill/evidence';
import type { Tell } from '../events.ts';
import type { Register } from '../register.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { Timers } from '../timers.ts';
import type { CloudClient } from './cloud-client.ts';
import { type JudgedBeacon, judgeBeacon } from './judge-beacon.ts';

export interface BeaconLane {
  push(signal: AbortSignal): Promise<void>;
  /** When the next question is due; ms since the Unix epoch. */
  due(): number;
  /** The newest final anchor known; null: none since the start. */
  newest(): JudgedBeacon | null;
}

export interface BeaconLaneParts {
  readonly client: Pick<CloudClient, 'beacon'>;
  readonly log: SiteLog;
  readonly register: () => Register;
  readonly policy: LedgerPolicy;
  /** How often the notary is expected to anchor. */
  readonly intervalMs: number;
  readonly timers: Timers;
  readonly tell: Tell;
  readonly setBeacon: (beacon: Beacon) => void;
}

// A tenth of the interval: a beacon is then no more than that older than it could be. A question without news is 400 bytes.
const ASKED_IN_INTERVAL = 10;
const MAX_WAIT_MS = 60_000;

export function createBeaconLane(parts: BeaconLaneParts): BeaconLane {
  const { client, log, register, policy, timers, tell } = parts;
  const everyMs = Math.min(parts.intervalMs / ASKED_IN_INTERVAL, MAX_WAIT_MS);
  let newest: JudgedBeacon | null = null;
  let due = 0;
  let refused: string | null = null;

  function refuse({ code, message }: EvidenceError): void {
    if (refused === message) return;
    refused = message;
    const level = code === 'CALL_CONSISTENCY' ? 'alarm' : 'warning';
    const text = `the newest anchor, as the cloud tells it, is not believed: ${message}`;
    tell({ level, what: code === 'CALL_CONSISTENCY' ? 'CALL_DIFFERS' : 'BEACON_REFUSED', text });
  }

  return {
    due: () => due,
    newest: () => newest,
    async push(signal) {
      if (timers.now() < due) return;
      const known = newest?.beacon.anchorIndex ?? -1;
      const told = await client.beacon(log.origin, known, signal);
      due = timers.now() + everyMs;
      if (told === null || told.anchor.index <= known) return;
      const { slot } = register().slot.record;
      const own = { slot, id: log.id, size: log.head().size, root: log.root };
      try {
        newest = judgeBeacon(told, policy, own);
        refused = null;
        parts.setBeacon(newest.beacon);
      } catch (error) {
        if (!(error instanceof EvidenceError)) throw error;
        refuse(error);
      }
    },
  };
}
