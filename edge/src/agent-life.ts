import { agentId, type Beacon, equalBytes, originHash } from '@sigill/evidence';
import { backOffMs } from '@sigill/firmware-bridge';
import type { Gap } from './agent-kinds.ts';
import type { AgentParts } from './agent-parts.ts';
import { type AgentRun, openAgentRun, type Written } from './agent-run.ts';
import { openFirst } from './agent-start.ts';
import { type StreamState, streamKey } from './agent-state.ts';
import { DEFAULT_BATCH_LIMITS } from './batcher.ts';
import type { GatewayHead } from './gateway-head.ts';
import { createHeartbeats, type Heartbeats, isPromised } from './heartbeats.ts';
import { holdReason } from './hold-reason.ts';
import { silentLog } from './log.ts';
import { createLosses, type Losses } from './losses.ts';
import {
  gapsUntil,
  promisedStreams,
  writeBoot,
  writeGap,
  writeHeartbeat,
  writePlans,
} from './own-readings.ts';
import { ROLLED_BACK, type Rollback } from './rollback.ts';
import { createSealer, type SealedBatch } from './sealer.ts';
import { agentPlan, type SourcePlan } from './sources/source-plan.ts';
import { createStamp } from './stamp.ts';

/** Keeps an agent's run going: opens it, says what must be said, and opens it anew after a failure. */
export interface AgentLife {
  /** Null while it recovers, and after it is closed. */
  readonly run: AgentRun | null;
  /** While it recovers the failed run can still be read from and released: that may be what makes room again. */
  readonly readable: AgentRun | null;
  /** Why it recovers. */
  readonly reason: string | null;
  readonly recoveries: number;
  /** Why nothing is sealed. */
  readonly held: string | null;
  readonly rollback: Rollback | null;
  readonly damagedJournal: string | null;
  hold(reason: string | null): void;
  readonly plans: ReadonlyMap<string, SourcePlan>;
  plan(sources: readonly SourcePlan[]): Promise<void>;
  readonly losses: Losses;
  readonly transports: Map<string, string>;
  setBeacon(beacon: Beacon): void;
  /** Minds a reading until it is durable; `lost` is called when it turns out not to be. */
  watch(written: Written, source: string, device: string, lost: () => void): Promise<void>;
  /** Whether there is room for more than headers and gaps. */
  hasRoom(share: 'observation' | 'heartbeat'): boolean;
  tellLosses(source: string, device: string): void;
  close(): Promise<void>;
}

const REOPEN = { firstMs: 1000, maxMs: 60_000 };
// A sixteenth of the journal is kept for headers and gaps, and half of that for heartbeats too.
const RESERVED_SHARE = { observation: 1 / 16, heartbeat: 1 / 32 };

export async function startAgentLife(
  parts: AgentParts,
  onSealed: (batch: SealedBatch) => void,
): Promise<AgentLife> {
  const { clock, timers, signer, log = silentLog } = parts;
  const agent = agentId(signer.publicKey);
  let plans = [...parts.sources, agentPlan(parts.heartbeatMs)];
  let byName = toMap(plans);
  const sealer = createSealer(signer);
  const stamp = createStamp(clock, parts.random);
  const losses = createLosses();
  const transports = new Map<string, string>();
  let run: AgentRun | null = null;
  let failedRun: AgentRun | null = null;
  let attempt = 0;
  const heartbeats: Heartbeats = createHeartbeats();
  /** Refused by a failed journal, and yet perhaps durable: the next opening tells. */
  let unsure: { readonly seq: number; readonly lost: () => void }[] = [];
  let beacon: Beacon | null = null;
  let bootTold = false;
  let reason: string | null = null;
  let recoveries = 0;
  let closed = false;
  let cancelTimer: () => void = () => undefined;
  let reopening: Promise<void> = Promise.resolve();

  const started = await openFirst(parts, (head) => open(null, head));
  const first = started.run;
  if (first.rollback !== null) log.error({ ...first.rollback }, ROLLED_BACK);
  let held = started.head && holdReason(started.head.state, started.head.detail ?? '');
  const sameBoot = first.state.boot !== null && equalBytes(first.state.boot, parts.boot);
  const silent = silentStreams(first);
  begin(first);
  const cause = sameBoot ? 'restart' : 'power';
  for (const { source, device, gap } of gapsUntil(silent, clock.nowMs(), cause, null)) {
    tellGap(source, device, gap);
  }

  async function open(before: AgentRun | null, head: GatewayHead | null): Promise<AgentRun> {
    const opened: AgentRun = await openAgentRun({
      journal: { ...parts.journal, directory: parts.directory, disk: parts.disk, timers },
      agent,
      log: originHash(parts.origin),
      boot: parts.boot,
      clock,
      timers,
      stamp,
      sealer,
      limits: { ...DEFAULT_BATCH_LIMITS, ...parts.batch },
      marks: before?.state ?? { receiptedBefore: 0, releasedBefore: 0 },
      head,
      isPromised: (source, device) => isPromised(byName, source, device),
      onSealed,
      onFailure: (error) => recover(opened, error),
    });
    return opened;
  }

  /** Promised streams that a rollback leaves nothing to tell in, as they stood. */
  function silentStreams(opened: AgentRun): StreamState[] {
    return promisedStreams(opened.state, plans)
      .filter(({ source, device }) => !opened.state.untold.has(streamKey(source, device)))
      .map((stream) => ({ ...stream }));
  }

  function begin(opened: AgentRun): void {
    run = opened;
    opened.hold(held !== null);
    if (beacon !== null) opened.setBeacon(beacon);
    opened.begin();
    if (!bootTold) {
      const boot = writeBoot(opened, parts);
      boot.durable.then(
        () => {
          bootTold = true;
        },
        () => undefined,
      );
    }
    void tellPlans(opened);
    tellRollback(opened);
    cancelTimer = timers.after(heartbeats.sweepMs, sweep);
  }

  /** What is not durable after all, the journal brings up again. */
  function tellRollback(opened: AgentRun): void {
    for (const { source, device, from, count } of [...opened.state.untold.values()]) {
      const gap: Gap = { from, to: clock.nowMs(), count, cause: 'rollback' };
      const written = writeGap(opened, source, device, gap);
      void watch(written, source, device, () => undefined).catch(() => undefined);
    }
  }

  async function tellPlans(opened: AgentRun): Promise<void> {
    const written = writePlans(opened, plans);
    heartbeats.follow(plans, promisedStreams(opened.state, plans), clock.uptimeMs());
    // One that is not durable is written again when the journal opens again.
    await Promise.allSettled(written.map(({ durable }) => durable));
  }

  async function plan(sources: readonly SourcePlan[]): Promise<void> {
    plans = [...sources, agentPlan(parts.heartbeatMs)];
    byName = toMap(plans);
    if (run === null) return;
    tellAllLosses();
    const told = tellPlans(run);
    cancelTimer();
    cancelTimer = timers.after(heartbeats.sweepMs, sweep);
    await told;
  }

  /** The journal failed: what it holds is read anew, and what it does not hold was lost. */
  function recover(failed: AgentRun, error: unknown): void {
    cancelTimer();
    run = null;
    failedRun = failed;
    recoveries++;
    reason = String(error);
    log.error({ reason }, 'the journal failed; observations are lost until it opens again');
    reopenLater();
  }

  function reopenLater(): void {
    if (closed) return;
    cancelTimer = timers.after(backOffMs(attempt++, REOPEN, randomFraction), () => {
      reopening = reopen();
    });
  }

  async function reopen(): Promise<void> {
    const before = failedRun;
    failedRun = null;
    await before?.close();
    try {
      const opened = await open(before, null);
      if (closed) await opened.close();
      else resume(opened);
    } catch (error) {
      failedRun = before;
      reason = String(error);
      log.error({ reason, attempt }, 'the journal does not open');
      reopenLater();
    }
  }

  function resume(opened: AgentRun): void {
    reason = null;
    for (const { seq, lost } of unsure) if (seq >= opened.state.nextSeq) lost();
    unsure = [];
    const streams = silentStreams(opened);
    begin(opened);
    log.info({ seq: opened.state.nextSeq }, 'the journal is open again');
    const counts = new Map<string, number>();
    for (const { source, device, gap } of losses.takeAll()) {
      const promised = streams.some((s) => s.source === source && s.device === device);
      if (promised && gap.cause === 'disk') counts.set(streamKey(source, device), gap.count ?? 0);
      else tellGap(source, device, gap);
    }
    for (const { source, device, gap } of gapsUntil(streams, clock.nowMs(), 'disk', counts)) {
      tellGap(source, device, gap);
    }
  }

  function randomFraction(): number {
    const [byte = 0, next = 0] = parts.random(2);
    return (byte * 256 + next) / 65_536;
  }

  function sweep(): void {
    cancelTimer = timers.after(heartbeats.sweepMs, sweep);
    if (run === null) return;
    tellAllLosses();
    if (!hasRoom('heartbeat')) return;
    for (const { source, device } of heartbeats.due(clock.uptimeMs())) {
      const beat = writeHeartbeat(run, source, device, transports.get(source) ?? null);
      void watch(beat, source, device, () => undefined).catch(() => undefined);
    }
  }

  function tellAllLosses(): void {
    if (!hasRoom('observation')) return;
    for (const { source, device, gap } of losses.takeAll()) tellGap(source, device, gap);
  }

  function tellLosses(source: string, device: string): void {
    for (const { gap } of losses.takeStream(source, device)) tellGap(source, device, gap);
  }

  function tellGap(source: string, device: string, gap: Gap): void {
    const restore = () => losses.restore({ source, device, gap });
    if (run === null) {
      restore();
      return;
    }
    const written = writeGap(run, source, device, gap);
    void watch(written, source, device, restore).catch(() => undefined);
  }

  async function watch(
    written: Written,
    source: string,
    device: string,
    lost: () => void,
  ): Promise<void> {
    heartbeats.spoke(source, device, clock.uptimeMs());
    try {
      await written.durable;
      attempt = 0;
    } catch (error) {
      unsure.push({ seq: written.seq, lost });
      throw error;
    }
  }

  function hasRoom(share: keyof typeof RESERVED_SHARE): boolean {
    if (run === null) return false;
    const { heldBytes, maxBytes } = run.usage();
    return heldBytes < maxBytes * (1 - RESERVED_SHARE[share]);
  }

  async function close(): Promise<void> {
    closed = true;
    cancelTimer();
    await reopening;
    // It can be read from, and take receipts, until the last batch is sealed.
    await (run ?? failedRun)?.close();
    run = null;
    failedRun = null;
  }

  return {
    get run() {
      return run;
    },
    get readable() {
      return run ?? failedRun;
    },
    get reason() {
      return reason;
    },
    get recoveries() {
      return recoveries;
    },
    get held() {
      return held;
    },
    rollback: first.rollback,
    damagedJournal: started.damagedJournal,
    hold(reason) {
      held = reason;
      run?.hold(reason !== null);
    },
    get plans() {
      return byName;
    },
    plan,
    losses,
    transports,
    setBeacon(next) {
      beacon = next;
      run?.setBeacon(next);
    },
    watch,
    hasRoom,
    tellLosses,
    close,
  };
}

function toMap(plans: readonly SourcePlan[]): Map<string, SourcePlan> {
  return new Map(plans.map((plan) => [plan.name, plan]));
}
