import type { Gap, GapCause } from './agent-kinds.ts';
import type { AgentParts } from './agent-parts.ts';
import type { AgentRun, Written } from './agent-run.ts';
import { type StreamState, streamKey } from './agent-state.ts';
import { createHeartbeats } from './heartbeats.ts';
import { createLosses, type Losses } from './losses.ts';
import {
  gapsUntil,
  promisedStreams,
  writeBoot,
  writeGap,
  writeHeartbeat,
  writePlans,
} from './own-readings.ts';
import { agentPlan, cellPlan, isCellSource, type SourcePlan } from './sources/source-plan.ts';

/** Says what an agent says by itself: how it started, what it promises, that a stream is silent, what was lost. */
export interface AgentVoice {
  readonly plans: ReadonlyMap<string, SourcePlan>;
  readonly losses: Losses;
  readonly transports: Map<string, string>;
  /** Promised streams that a rollback leaves nothing to tell in, as they stand. */
  silentStreams(run: AgentRun): StreamState[];
  /** From here on it speaks through this run. */
  begin(run: AgentRun): void;
  /** It has no run to speak through. */
  pause(): void;
  plan(sources: readonly SourcePlan[]): Promise<void>;
  /** Nothing was heard in these streams until now. */
  tellSilence(streams: readonly StreamState[], cause: GapCause): void;
  /** As `tellSilence`, with what is known lost of it, after the journal was opened anew. */
  tellRecovery(streams: readonly StreamState[], nextSeq: number): void;
  tellLosses(source: string, device: string): void;
  /** Minds a reading until it is durable; `lost` is called when it turns out not to be. */
  watch(written: Written, source: string, device: string, lost: () => void): Promise<void>;
  /** As `watch`, for what the agent says by itself. */
  mind(written: Written, source: string, device: string): void;
  /** Whether there is room for more than headers and gaps. */
  hasRoom(share: 'observation' | 'heartbeat'): boolean;
}

// A sixteenth of the journal is kept for headers and gaps, and half of that for heartbeats too.
const RESERVED_SHARE = { observation: 1 / 16, heartbeat: 1 / 32 };

/** @param onDurable called with each reading that became durable */
export function createAgentVoice(parts: AgentParts, onDurable: () => void): AgentVoice {
  const { clock, timers } = parts;
  const losses = createLosses();
  const transports = new Map<string, string>();
  const heartbeats = createHeartbeats();
  let plans = promised(parts.sources);
  let run: AgentRun | null = null;
  /** Refused by a failed journal, and yet perhaps durable: the next opening tells. */
  let unsure: { readonly seq: number; readonly lost: () => void }[] = [];
  let bootTold = false;
  let cancelSweep: () => void = () => undefined;

  function promised(sources: readonly SourcePlan[]): Map<string, SourcePlan> {
    const all = sources.flatMap((plan) => [plan, ...cellPlan(plan)]);
    return new Map([...all, agentPlan(parts.heartbeatMs)].map((plan) => [plan.name, plan]));
  }

  function begin(opened: AgentRun): void {
    run = opened;
    if (!bootTold) tellBoot(opened);
    void tellPlans(opened);
    tellRollback(opened);
    sweepLater();
  }

  function tellBoot(opened: AgentRun): void {
    writeBoot(opened, parts).durable.then(
      () => {
        bootTold = true;
      },
      () => undefined,
    );
  }

  async function tellPlans(opened: AgentRun): Promise<void> {
    const all = [...plans.values()];
    const written = writePlans(opened, all);
    heartbeats.follow(all, promisedStreams(opened.state, plans), clock.uptimeMs());
    // One that is not durable is written again when the journal opens again.
    await Promise.allSettled(written.map(({ durable }) => durable));
  }

  /** What is not durable after all, the journal brings up again. */
  function tellRollback(opened: AgentRun): void {
    for (const { source, device, from, count } of [...opened.state.untold.values()]) {
      const gap: Gap = { from, to: clock.nowMs(), count, cause: 'rollback' };
      mind(writeGap(opened, source, device, gap), source, device);
    }
  }

  function silentStreams({ state }: AgentRun): StreamState[] {
    return promisedStreams(state, plans)
      .filter(
        ({ source, device }) =>
          // Twins are of readings that are there; what was not read their exact stream tells.
          !isCellSource(source) && !state.untold.has(streamKey(source, device)),
      )
      .map((stream) => ({ ...stream }));
  }

  async function plan(sources: readonly SourcePlan[]): Promise<void> {
    plans = promised(sources);
    if (run === null) return;
    tellAllLosses();
    const told = tellPlans(run);
    sweepLater();
    await told;
  }

  function tellSilence(streams: readonly StreamState[], cause: GapCause): void {
    tellGaps(gapsUntil(streams, clock.nowMs(), cause, null));
  }

  function tellRecovery(streams: readonly StreamState[], nextSeq: number): void {
    for (const { seq, lost } of unsure) if (seq >= nextSeq) lost();
    unsure = [];
    const silent = new Set(streams.map(({ source, device }) => streamKey(source, device)));
    const counts = new Map<string, number>();
    for (const { source, device, gap } of losses.takeAll()) {
      const key = streamKey(source, device);
      if (silent.has(key) && gap.cause === 'disk') counts.set(key, gap.count ?? 0);
      else tellGap(source, device, gap);
    }
    tellGaps(gapsUntil(streams, clock.nowMs(), 'disk', counts));
  }

  function sweepLater(): void {
    cancelSweep();
    cancelSweep = timers.after(heartbeats.sweepMs, sweep);
  }

  function sweep(): void {
    sweepLater();
    if (run === null) return;
    tellAllLosses();
    if (!hasRoom('heartbeat')) return;
    for (const { source, device } of heartbeats.due(clock.uptimeMs())) {
      const transport = transports.get(source) ?? null;
      mind(writeHeartbeat(run, source, device, transport), source, device);
    }
  }

  function tellAllLosses(): void {
    if (hasRoom('observation')) tellGaps(losses.takeAll());
  }

  function tellGaps(gaps: readonly { source: string; device: string; gap: Gap }[]): void {
    for (const { source, device, gap } of gaps) tellGap(source, device, gap);
  }

  function tellGap(source: string, device: string, gap: Gap): void {
    const restore = () => losses.restore({ source, device, gap });
    if (run === null) restore();
    else mind(writeGap(run, source, device, gap), source, device, restore);
  }

  function mind(
    written: Written,
    source: string,
    device: string,
    lost: () => void = () => undefined,
  ): void {
    watch(written, source, device, lost).catch(() => undefined);
  }

  function watch(
    written: Written,
    source: string,
    device: string,
    lost: () => void,
  ): Promise<void> {
    heartbeats.spoke(source, device, clock.uptimeMs());
    return written.durable.then(onDurable, (error) => {
      unsure.push({ seq: written.seq, lost });
      throw error;
    });
  }

  function hasRoom(share: keyof typeof RESERVED_SHARE): boolean {
    if (run === null) return false;
    const { heldBytes, maxBytes } = run.usage();
    return heldBytes < maxBytes * (1 - RESERVED_SHARE[share]);
  }

  return {
    get plans() {
      return plans;
    },
    losses,
    transports,
    silentStreams,
    begin,
    pause() {
      cancelSweep();
      run = null;
    },
    plan,
    tellSilence,
    tellRecovery,
    tellLosses: (source, device) => tellGaps(losses.takeStream(source, device)),
    watch,
    mind,
    hasRoom,
  };
}
