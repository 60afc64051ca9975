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
  /**
   * What is promised from here on. Streams promised before and after keep the time they spoke last; others begin now,
   * or end.
   */
  follow(plans: readonly SourcePlan[], known: Iterable<SilentStream>, uptimeMs: number): void;
  spoke(source: string, device: string, uptimeMs: number): void;
  due(uptimeMs: number): SilentStream[];
}

const MAX_SWEEP_MS = 5000;

/**
 * Every source has a stream of its own, device '': it beats from the first plan on, also when no device was ever heard,
 * so that a source that never said anything is a silence on record and not a blank. Streams of devices beat too unless
 * the plan leaves that to the source.
 */
export function createHeartbeats(): Heartbeats {
  let plans: ReadonlyMap<string, SourcePlan> = new Map();
  let streams = new Map<string, SilentStream & { spokeMs: number }>();
  let sweepMs = MAX_SWEEP_MS;

  function spoke(source: string, device: string, nowMs: number): void {
    const key = streamKey(source, device);
    const stream = streams.get(key);
    if (stream !== undefined) stream.spokeMs = nowMs;
    else if (isPromised(plans, source, device))
      streams.set(key, { source, device, spokeMs: nowMs });
  }

  function follow(
    promised: readonly SourcePlan[],
    known: Iterable<SilentStream>,
    nowMs: number,
  ): void {
    const before = streams;
    plans = new Map(promised.map((plan) => [plan.name, plan]));
    streams = new Map(
      [...before].filter(([, { source, device }]) => isPromised(plans, source, device)),
    );
    const own = promised.map(({ name }) => ({ source: name, device: '' }));
    for (const { source, device } of [...own, ...known]) {
      if (!streams.has(streamKey(source, device))) spoke(source, device, nowMs);
    }
    const shortest = Math.min(...promised.map((plan) => plan.heartbeatMs));
    sweepMs = Math.max(1, Math.min(MAX_SWEEP_MS, Math.floor(shortest / 8)));
  }

  return {
    get sweepMs() {
      return sweepMs;
    },
    follow,
    spoke,
    due: (nowMs) =>
      [...streams.values()].filter(
        ({ source, spokeMs }) => nowMs + sweepMs >= spokeMs + plans.get(source)!.heartbeatMs,
      ),
  };
}

export function isPromised(
  plans: ReadonlyMap<string, SourcePlan>,
  source: string,
  device: string,
): boolean {
  const plan = plans.get(source);
  return plan !== undefined && (device === '' || plan.heartbeats === 'device');
}
