import { agentId, type Beacon, type ChainHead, EvidenceError } from '@sigill/evidence';
import type { GapCause } from './agent-kinds.ts';
import { type AgentLife, startAgentLife } from './agent-life.ts';
import type { AgentParts } from './agent-parts.ts';
import type { AgentRun, Written } from './agent-run.ts';
import { nextNOf } from './agent-state.ts';
import type { AgentStatus } from './agent-status.ts';
import { EdgeError } from './errors.ts';
import type { HeadVerdict } from './head-verdict.ts';
import { type AgentObservation, createPreparation } from './observation.ts';
import { createQuarantine, type Rejected } from './quarantine.ts';
import type { SealedBatch } from './sealer.ts';
import type { SourcePlan } from './sources/source-plan.ts';

export interface ObserveOptions {
  readonly withinMs?: number;
  /** Whoever said it says it again until it is taken: what is refused is not lost. */
  readonly saidAgain?: boolean;
}

/** Stamps observations, makes them durable, seals them in batches, and keeps these until they are released. */
export interface Agent {
  readonly id: Uint8Array;
  readonly publicKey: Uint8Array;
  /**
   * Resolves when the reading is durable. What is refused for want of room or disk is counted, and told by a `gap` in
   * its stream. `withinMs`: how long it may wait for others to share its sync; left out, the journal's window.
   * @throws EdgeError SOURCE_UNKNOWN, OBSERVATION_INVALID, STREAM_LIMIT, JOURNAL_FULL, JOURNAL_BUSY, JOURNAL_FAILED,
   * AGENT_RECOVERING, AGENT_CLOSED
   */
  observe(source: string, observation: AgentObservation, options?: ObserveOptions): Promise<void>;
  /**
   * From here on these sources are promised and no others: what changed is told by a `plan`, heartbeats follow, and a
   * source that is gone owes nothing. Takes effect at once; resolves when it is durable, or waits for the journal to open
   * again.
   */
  plan(sources: readonly SourcePlan[]): Promise<void>;
  /** Counts a frame that was refused, and keeps the last of them for whoever comes to look. */
  rejected(source: string, rejection: Rejected): void;
  /** Counts a reading that was dropped because its source said far more than it promised; told by a `gap`. */
  flooded(source: string, device: string): void;
  /** How the way to the source's device is; heartbeats tell it. */
  transport(source: string, status: string): void;
  /**
   * Seals nothing from here on, for the reason given, until it is called with null: readings go on into the journal,
   * their batches are closed, and can be read, sealed, afterwards. Subscribers are not told of those.
   */
  hold(reason: string | null): void;
  /** The newest final anchor; one older than known is ignored. */
  setBeacon(beacon: Beacon): void;
  /** Sealed batches still held, in order, up to the last one sealed. @throws EdgeError AGENT_RECOVERING */
  batches(fromBatch: number): AsyncIterable<SealedBatch>;
  /** Null if it is not sealed yet, or held no more. @throws EdgeError AGENT_RECOVERING */
  batch(number: number): Promise<SealedBatch | null>;
  /** The last batch closed; null before the first. @throws EdgeError AGENT_RECOVERING */
  head(): ChainHead | null;
  /** What a head that the gateway tells means for this agent. @throws EdgeError AGENT_RECOVERING */
  judge(head: ChainHead | null): Promise<HeadVerdict>;
  /** Called with each batch as it is sealed, in order, until the returned function is called. */
  subscribe(listener: (batch: SealedBatch) => void): () => void;
  /** All batches below have their receipt. */
  receipted(beforeBatch: number): void;
  /** Batches below, all with a receipt, are given no more, and stay only as long as there is room. @throws EdgeError BATCH_NOT_RECEIPTED */
  release(beforeBatch: number): Promise<void>;
  status(): AgentStatus;
  /** Seals what is open, makes it durable, and lets the journal go. */
  close(): Promise<void>;
}

const DEFAULT_MAX_STREAMS = 20_000;
// Half of what the journal lets wait, so that headers and gaps are never refused for it.
const MAX_WAITING_SHARE = 0.5;

/** @throws EdgeError JOURNAL_LOCKED, JOURNAL_CORRUPT, JOURNAL_FAILED, AGENT_MISMATCH, HEAD_NEEDED */
export async function createAgent(parts: AgentParts): Promise<Agent> {
  const { clock } = parts;
  const maxStreams = parts.maxStreams ?? DEFAULT_MAX_STREAMS;
  const listeners = new Set<(batch: SealedBatch) => void>();
  const prepare = createPreparation(parts.maxFrameBytes);
  const quarantine = createQuarantine(parts.disk, parts.timers, parts.directory);
  const life: AgentLife = await startAgentLife(parts, (batch) => {
    for (const listener of listeners) tell(listener, batch);
  });
  let closed = false;

  /** A listener's fault is not the agent's. */
  function tell(listener: (batch: SealedBatch) => void, batch: SealedBatch): void {
    try {
      listener(batch);
    } catch (error) {
      parts.log?.error({ reason: String(error), batch: batch.number }, 'a listener failed');
    }
  }

  /** Thousands in a second: each takes one promise. */
  function observe(
    source: string,
    observation: AgentObservation,
    options: ObserveOptions = {},
  ): Promise<void> {
    try {
      return write(source, observation, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  function write(
    source: string,
    observation: AgentObservation,
    { withinMs, saidAgain = false }: ObserveOptions,
  ): Promise<void> {
    const plan = life.voice.plans.get(source);
    if (plan === undefined) {
      throw new EdgeError('SOURCE_UNKNOWN', `${source} is not among the configured sources`);
    }
    const { device } = observation;
    const run = admit(source, device, saidAgain ? () => undefined : lose);
    life.voice.tellLosses(source, device);
    const { statement, frame } = prepare(plan, observation);
    let written: Written;
    try {
      written = run.write(statement, frame, withinMs);
    } catch (error) {
      throw error instanceof EvidenceError ? invalid(source, observation, error) : error;
    }
    return life.voice.watch(written, source, device, () => {
      if (!saidAgain) lose(source, device, 'disk', written.time);
    });
  }

  function admit(source: string, device: string, missed: typeof lose): AgentRun {
    const { run } = life;
    if (closed) throw new EdgeError('AGENT_CLOSED', 'the agent is closed');
    if (run === null) {
      missed(source, device, 'disk');
      throw new EdgeError('AGENT_RECOVERING', `the journal failed: ${life.reason}`, {
        retryable: true,
      });
    }
    if (run.state.streams.size >= maxStreams && nextNOf(run.state, source, device) === 0) {
      lose(source, '', 'streams');
      throw new EdgeError(
        'STREAM_LIMIT',
        `${maxStreams} streams are known; device ${device} is one more`,
      );
    }
    const { waitingBytes, maxWaitingBytes } = run.usage();
    if (waitingBytes > maxWaitingBytes * MAX_WAITING_SHARE) {
      missed(source, device, 'disk');
      throw new EdgeError('JOURNAL_BUSY', `${waitingBytes} bytes wait for the disk`, {
        retryable: true,
      });
    }
    if (!life.voice.hasRoom('observation')) {
      missed(source, device, 'full');
      throw new EdgeError('JOURNAL_FULL', 'nothing can be forgotten before it has its receipt', {
        retryable: true,
      });
    }
    return run;
  }

  function lose(source: string, device: string, cause: GapCause, time = clock.nowMs()): void {
    life.voice.losses.add(source, device, time, cause);
  }

  function invalid(source: string, { frame }: AgentObservation, cause: EvidenceError): EdgeError {
    const bytes = frame ?? new Uint8Array(0);
    const { message } = cause;
    rejected(source, { code: 'OBSERVATION_INVALID', message, length: bytes.length, bytes });
    return new EdgeError('OBSERVATION_INVALID', `${source}: ${message}`, { cause });
  }

  function rejected(source: string, rejection: Rejected): void {
    quarantine.add(source, rejection, clock.nowMs());
  }

  function readable(): AgentRun {
    if (life.readable !== null) return life.readable;
    if (closed) throw new EdgeError('AGENT_CLOSED', 'the agent is closed');
    throw new EdgeError('AGENT_RECOVERING', `the journal failed: ${life.reason}`, {
      retryable: true,
    });
  }

  async function batch(number: number): Promise<SealedBatch | null> {
    for await (const found of readable().batches(number)) {
      return found.number === number ? found : null;
    }
    return null;
  }

  function status(): AgentStatus {
    const { run, readable, reason, recoveries } = life;
    const { losses } = life.voice;
    const state = readable?.state ?? null;
    return {
      state: closed ? 'closed' : run === null ? 'recovering' : 'running',
      reason,
      position: state && {
        nextSeq: state.nextSeq,
        openReadings: readable!.openReadings,
        sealedBefore: readable!.sealedBefore,
        receiptedBefore: state.receiptedBefore,
        releasedBefore: state.releasedBefore,
        streams: state.streams.size,
        beacon: state.beacon?.anchorIndex ?? null,
      },
      journal: readable?.usage() ?? null,
      held: life.held,
      rollback: life.rollback,
      damagedJournal: life.damagedJournal,
      full: run !== null && !life.voice.hasRoom('observation'),
      recoveries,
      lost: losses.total + (life.rollback?.setAside ?? 0),
      rejected: quarantine.counts,
      lastRejected: quarantine.last,
    };
  }

  async function close(): Promise<void> {
    closed = true;
    await life.close();
    await quarantine.close();
  }

  return {
    id: agentId(parts.signer.publicKey),
    publicKey: parts.signer.publicKey,
    observe,
    async plan(sources) {
      const told = life.voice.plan(sources);
      life.twins.follow();
      await told;
    },
    rejected,
    flooded: (source, device) => lose(source, device, 'flood'),
    transport: (source, status) => life.voice.transports.set(source, status),
    hold: life.hold,
    setBeacon: life.setBeacon,
    batches: (fromBatch) => readable().batches(fromBatch),
    batch,
    head: () => readable().head(),
    judge: async (head) => readable().judge(head),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    receipted: (beforeBatch) => readable().receipted(beforeBatch),
    release: async (beforeBatch) => readable().release(beforeBatch),
    status,
    close,
  };
}
