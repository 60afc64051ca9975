import { agentId, type Beacon, earlierOrigins, equalBytes, originHash } from '@sigill/evidence';
import { backOffMs } from '@sigill/firmware-bridge';
import type { AgentParts } from './agent-parts.ts';
import { type AgentRun, openAgentRun } from './agent-run.ts';
import { openFirst } from './agent-start.ts';
import { type AgentVoice, createAgentVoice } from './agent-voice.ts';
import { DEFAULT_BATCH_LIMITS } from './batcher.ts';
import { createTwinKeeper, type TwinKeeper } from './cell-twin-keeper.ts';
import type { GatewayHead } from './gateway-head.ts';
import { isPromised } from './heartbeats.ts';
import { holdReason, lostReason, SENT_AGAIN } from './hold-reason.ts';
import { silentLog } from './log.ts';
import { ROLLED_BACK, type Rollback } from './rollback.ts';
import { createSealer, type SealedBatch } from './sealer.ts';
import { createStamp } from './stamp.ts';

/** Keeps an agent's run going: opens it, says what must be said, and opens it anew after a failure. */
export interface AgentLife {
  readonly voice: AgentVoice;
  readonly twins: TwinKeeper;
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
  setBeacon(beacon: Beacon): void;
  close(): Promise<void>;
}

const REOPEN = { firstMs: 1000, maxMs: 60_000 };

export async function startAgentLife(
  parts: AgentParts,
  onSealed: (batch: SealedBatch) => void,
): Promise<AgentLife> {
  const { clock, timers, signer, log = silentLog } = parts;
  const agent = agentId(signer.publicKey);
  const sealer = createSealer(signer);
  const stamp = createStamp(clock, parts.random);
  let attempt = 0;
  const voice = createAgentVoice(parts, () => {
    attempt = 0;
  });
  const twins = createTwinKeeper(parts, voice);
  let run: AgentRun | null = null;
  let failedRun: AgentRun | null = null;
  let beacon: Beacon | null = null;
  let reason: string | null = null;
  let recoveries = 0;
  let closed = false;
  let cancelReopening: () => void = () => undefined;
  let reopening: Promise<void> = Promise.resolve();

  const {
    run: first,
    head,
    damagedJournal,
  } = await openFirst(parts, (answer) => open(null, answer));
  const { rollback, lacking } = first;
  if (rollback !== null) log.error({ ...rollback }, ROLLED_BACK);
  if (lacking?.kind === 'short') log.warn({ ...lacking }, SENT_AGAIN);
  let held = head && (holdReason(head.state, head.detail ?? '') ?? lostReason(lacking));
  if (held !== null) log.error({}, held);
  const sameBoot = first.state.boot !== null && equalBytes(first.state.boot, parts.boot);
  const silent = voice.silentStreams(first);
  begin(first);
  voice.tellSilence(silent, sameBoot ? 'restart' : 'power');

  async function open(before: AgentRun | null, answer: GatewayHead | null): Promise<AgentRun> {
    const opened: AgentRun = await openAgentRun({
      journal: { ...parts.journal, directory: parts.directory, disk: parts.disk, timers },
      agent,
      sealedFor: {
        log: originHash(parts.origin),
        earlierLogs: earlierOrigins(parts.origin).map(originHash),
      },
      boot: parts.boot,
      clock,
      timers,
      stamp,
      sealer,
      limits: { ...DEFAULT_BATCH_LIMITS, ...parts.batch },
      marks: before?.state ?? { receiptedBefore: 0, releasedBefore: 0 },
      head: answer,
      isPromised: (source, device) => isPromised(voice.plans, source, device),
      onSealed,
      onFailure: (error) => recover(opened, error),
    });
    return opened;
  }

  function begin(opened: AgentRun): void {
    run = opened;
    opened.hold(held !== null);
    if (beacon !== null) opened.setBeacon(beacon);
    opened.begin();
    voice.begin(opened);
    twins.begin(opened);
  }

  /** The journal failed: what it holds is read anew, and what it does not hold was lost. */
  function recover(failed: AgentRun, error: unknown): void {
    voice.pause();
    twins.pause();
    run = null;
    failedRun = failed;
    recoveries++;
    reason = String(error);
    log.error({ reason }, 'the journal failed; observations are lost until it opens again');
    reopenLater();
  }

  function reopenLater(): void {
    if (closed) return;
    cancelReopening = timers.after(backOffMs(attempt++, REOPEN, randomFraction), () => {
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
    const streams = voice.silentStreams(opened);
    const { nextSeq } = opened.state;
    begin(opened);
    log.info({ seq: nextSeq }, 'the journal is open again');
    voice.tellRecovery(streams, nextSeq);
  }

  function randomFraction(): number {
    const [byte = 0, next = 0] = parts.random(2);
    return (byte * 256 + next) / 65_536;
  }

  async function close(): Promise<void> {
    closed = true;
    voice.pause();
    twins.pause();
    cancelReopening();
    await reopening;
    // It can be read from, and take receipts, until the last batch is sealed.
    await (run ?? failedRun)?.close();
    run = null;
    failedRun = null;
  }

  return {
    voice,
    twins,
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
    rollback,
    damagedJournal,
    hold(why) {
      if (why !== null && why !== held) log.error({}, why);
      held = why;
      run?.hold(why !== null);
    },
    setBeacon(next) {
      beacon = next;
      run?.setBeacon(next);
    },
    close,
  };
}
