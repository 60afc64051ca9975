import { streamKey } from './agent-state.ts';
import type { SourcePlan } from './sources/source-plan.ts';

export interface SilentStream {
  readonly source: string;
  readonly device: string;
}

/** Knows which promised streams have been silent for too long. Uptime only: wall time may jump. */
export interface Heartbeats {
  /** How often to ask `due`, so that no promise is broken between two times. */
  readonly sweepMs: number;
  spoke(source: string, device: string, uptimeMs: number): void;
  due(uptimeMs: number): SilentStream[];
}

const MAX_SWEEP_MS = 5000;

/**
 * Every source has a stream of its own, device '': it beats from the first plan on, also when no device was ever heard,
 * so that a source that never said anything is a silence on record and not a blank. Streams of devices beat too unless
 * the plan leaves that to the source.
 */
export function createHeartbeats(
  plans: readonly SourcePlan[],
  known: Iterable<{ readonly source: string; readonly device: string }>,
  uptimeMs: number,
): Heartbeats {
  const planOf = new Map(plans.map((plan) => [plan.name, plan]));
  const streams = new Map<string, SilentStream & { periodMs: number; spokeMs: number }>();
  const shortest = Math.min(...plans.map((plan) => plan.heartbeatMs));
  const sweepMs = Math.max(1, Math.min(MAX_SWEEP_MS, Math.floor(shortest / 8)));

  function spoke(source: string, device: string, nowMs: number): void {
    const key = streamKey(source, device);
    const stream = streams.get(key);
    if (stream !== undefined) {
      stream.spokeMs = nowMs;
      return;
    }
    const plan = planOf.get(source);
    if (plan === undefined || (device !== '' && plan.heartbeats === 'source')) return;
    streams.set(key, { source, device, periodMs: plan.heartbeatMs, spokeMs: nowMs });
  }

  for (const plan of plans) spoke(plan.name, '', uptimeMs);
  for (const { source, device } of known) spoke(source, device, uptimeMs);

  return {
    sweepMs,
    spoke,
    due: (nowMs) =>
      [...streams.values()].filter(
        ({ periodMs, spokeMs }) => nowMs + sweepMs >= spokeMs + periodMs,
      ),
  };
}
