/**
 * The way to the cloud: batches as soon as they are logged, a checkpoint each interval, anchors as
 * they come. Whatever fails is begun again from where the cloud says it stands, after a wait that
 * doubles and is random over its whole length, so that a fleet does not come back in step.
 * @module
 */
import { backOffMs } from '@sigill/firmware-bridge';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { Restore } from '../restore/restore.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { Timers } from '../timers.ts';
import type { AnchorLane } from './anchor-lane.ts';
import type { BatchLane } from './batch-lane.ts';
import type { BeaconLane } from './beacon-lane.ts';
import type { CheckpointLane } from './checkpoint-lane.ts';
import type { CloudClient } from './cloud-client.ts';
import type { ConflictLane } from './conflict-lane.ts';
import type { Releaser } from './release.ts';

export interface CloudUplink {
  /** Until the signal is aborted. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Something new is in the log, or anchored. */
  wake(): void;
  /** Asks the cloud where it stands before anything else is sent. */
  askAgain(): void;
  status(): CloudUplinkStatus;
}

export interface CloudUplinkStatus {
  readonly reachable: boolean;
  /** Site-log sizes: what the cloud has, answers for, has witnessed. */
  readonly sent: number;
  readonly receipted: number;
  readonly cosigned: number;
  /** When the cloud last answered, and last gave a receipt for everything; ms since the Unix epoch, null: not since the start. */
  readonly reachedAt: number | null;
  readonly receiptedAt: number | null;
  readonly lastError: string | null;
}

export interface CloudUplinkParts {
  readonly client: CloudClient;
  readonly log: SiteLog;
  readonly batches: BatchLane;
  readonly checkpoints: CheckpointLane;
  /** Null without a ledger. */
  readonly anchors: AnchorLane | null;
  /** Null where this gateway anchors itself, or nobody anchors. */
  readonly beacons: BeaconLane | null;
  readonly conflicts: ConflictLane;
  readonly restore: Restore;
  /** Whether the site log waits for the cloud's word. */
  readonly urgent: () => boolean;
  readonly releaser: Releaser;
  readonly checkpointIntervalMs: number;
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
  readonly tell: Tell;
}

const BACK_OFF = { firstMs: 1_000, maxMs: 300_000 };
// While the site log stands still until the cloud was asked: ten times and more in the minute that it does at a start.
const URGENT_BACK_OFF = { firstMs: 1_000, maxMs: 5_000 };

export function createCloudUplink(parts: CloudUplinkParts): CloudUplink {
  const { client, log, batches, checkpoints, anchors, beacons, conflicts, restore, releaser } =
    parts;
  const { timers, tell } = parts;
  let lastError: GatewayError | null = null;
  let reachable = false;
  let failures = 0;
  let checkpointDue = 0;
  let reachedAt: number | null = null;
  let receiptedAt: number | null = null;
  let waking = new AbortController();

  async function resume(signal: AbortSignal): Promise<void> {
    const state = await client.state(log.origin, signal);
    await restore.compare(state, signal);
    batches.resume(state.next);
    checkpoints.resume(state.checkpointSize);
    anchors?.resume(state.anchors);
    reachable = true;
  }

  async function pushAll(signal: AbortSignal): Promise<void> {
    await batches.push(log.head().size, signal);
    const failed = timers.now() >= checkpointDue ? await pushCheckpoint(signal) : null;
    await anchors?.push(signal);
    await beacons?.push(signal);
    await conflicts.push(signal);
    await releaser.run(timers.now());
    if (failed !== null) throw failed;
  }

  /** What went wrong and may mend itself, such as a witness that cannot sign now: it keeps neither anchors nor receipts back. */
  async function pushCheckpoint(signal: AbortSignal): Promise<GatewayError | null> {
    let failed: GatewayError | null = null;
    try {
      await checkpoints.push(signal);
      receiptedAt = timers.now();
      checkpointDue = timers.now() + parts.checkpointIntervalMs;
    } catch (error) {
      if (!(error instanceof GatewayError) || !error.retryable) throw error;
      failed = error;
    }
    releaser.receipted(checkpoints.receipted(), timers.now());
    return failed;
  }

  function succeed(): void {
    if (lastError !== null) {
      tell({
        level: 'info',
        what: 'cloud-back',
        text: `the cloud has everything again: ${batches.next()} batches`,
      });
    }
    lastError = null;
    failures = 0;
    reachedAt = timers.now();
  }

  /** Told when it begins and when it changes, not at each attempt. */
  function fail(error: unknown): void {
    const known = asGatewayError(error);
    if (known.code !== lastError?.code) {
      const [level, after] = known.retryable
        ? (['warning', '; what it lacks waits here'] as const)
        : (['alarm', ''] as const);
      tell({ level, what: known.code, text: known.message + after });
    }
    lastError = known;
    reachable = false;
    failures += 1;
  }

  async function rest(ms: number, signal: AbortSignal, wakeable: boolean): Promise<void> {
    const ends = wakeable ? [signal, waking.signal] : [signal];
    await timers.wait(ms, AbortSignal.any(ends));
    if (wakeable && waking.signal.aborted) waking = new AbortController();
  }

  return {
    async run(signal) {
      while (!signal.aborted) {
        try {
          if (!reachable) await resume(signal);
          await pushAll(signal);
          succeed();
          const due = Math.min(checkpointDue, beacons?.due() ?? Number.POSITIVE_INFINITY);
          await rest(Math.max(due - timers.now(), 0), signal, true);
        } catch (error) {
          if (signal.aborted) return;
          fail(error);
          const limits = parts.urgent() ? URGENT_BACK_OFF : BACK_OFF;
          await rest(backOffMs(failures - 1, limits, parts.random), signal, false);
        }
      }
    },
    wake: () => waking.abort(),
    askAgain() {
      reachable = false;
      waking.abort();
    },
    status: () => ({
      reachable,
      sent: batches.next(),
      receipted: checkpoints.receipted(),
      cosigned: checkpoints.cosigned(),
      reachedAt,
      receiptedAt,
      lastError: lastError && `${lastError.code}: ${lastError.message}`,
    }),
  };
}

function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError('UPLINK_FAILED', `uplink: ${(error as Error).message}`, {
    cause: error,
    retryable: true,
  });
}
