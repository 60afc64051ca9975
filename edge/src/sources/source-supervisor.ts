/**
 * Brings what one source's device says to the agent, and what its driver asks to the device.
 * @module
 */
import {
  type Driver,
  formatDriverName,
  type Session,
  type SessionInput,
  type Step,
  type Transport,
  type TransportState,
} from '@sigill/firmware-bridge';
import type { Agent, ObserveOptions } from '../agent.ts';
import type { AgentClock } from '../clock.ts';
import { EdgeError, type EdgeErrorCode } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import type { Rejected } from '../quarantine.ts';
import type { Timers } from '../timers.ts';
import type { SourceConfig } from './config.ts';
import { createByteBudget, createReadingLimit } from './limits.ts';
import { createSourceAdvice, describeTransport } from './source-advice.ts';
import {
  createSourceHealth,
  type Judgement,
  type SourceCode,
  type SourceCounts,
  type SourceState,
} from './source-health.ts';
import type { SourcePlan } from './source-plan.ts';

export interface SourceSupervisorOptions {
  readonly source: SourceConfig;
  readonly driver: Driver;
  /** Null: its messages are delivered. */
  readonly transport: Transport | null;
  readonly agent: Pick<Agent, 'observe' | 'rejected' | 'transport' | 'flooded'>;
  readonly clock: Pick<AgentClock, 'nowMs' | 'uptimeMs'>;
  readonly timers: Timers;
  readonly log?: Log;
}

export interface SourceHealth extends SourceCounts {
  readonly source: string;
  readonly driver: string;
  /** Where the device is, for people. */
  readonly place: string;
  readonly state: SourceState;
  readonly code: SourceCode | null;
  readonly reason: string | null;
  /** Since when it is so. */
  readonly sinceMs: number;
  /** When the last observation came; null before the first. */
  readonly lastObservedMs: number | null;
  /** From the last durable reading's arrival until it was durable. */
  readonly lagMs: number | null;
}

/** What became of a message. */
export interface Delivered {
  /** Whether a source wants messages of this topic. */
  readonly taken: boolean;
  /** All of them durable. */
  readonly readings: number;
  /** What no driver could read, or no agent ever takes. */
  readonly rejected: readonly Rejected[];
}

export interface SourceSupervisor {
  /** One message. @throws EdgeError when the agent cannot take it now: whoever brings it brings it again */
  deliver(input: SessionInput): Promise<Delivered>;
  /** Tells the log when the state is another than it was. To be called about each second. */
  look(): void;
  health(): SourceHealth;
  stop(): Promise<void>;
}

/** How readings of this source name their driver: with the options it was given, so that anyone can decode again. */
export function toSourcePlan(
  { name, cadenceMs, heartbeatMs, heartbeats, frames }: Omit<SourcePlan, 'driver'>,
  driver: Driver,
  options: Readonly<Record<string, string>>,
): SourcePlan {
  const named = formatDriverName(driver, options);
  return { name, driver: named, cadenceMs, heartbeatMs, heartbeats, frames };
}

// A session lives by one clock. When the wall clock is set by more than drifting explains, it begins anew.
const CLOCK_SET_MS = 10_000;
// Refused by what was observed, not by how the agent is: the same again would be refused again.
const FOR_GOOD: ReadonlySet<EdgeErrorCode> = new Set(['OBSERVATION_INVALID', 'STREAM_LIMIT']);

export function startSourceSupervisor(given: SourceSupervisorOptions): SourceSupervisor {
  const { source, driver, transport, agent, clock, timers, log = silentLog } = given;
  const { name } = source;
  const place = describeTransport(source.transport);
  const health = createSourceHealth(source.cadenceMs, createSourceAdvice(source));
  const limit = createReadingLimit(source);
  const budget = createByteBudget();
  const within: ObserveOptions = { withinMs: source.commitWindowMs };
  const saidAgain: ObserveOptions = { ...within, saidAgain: true };
  let session: Session;
  let clockOffsetMs = 0;
  let told: Judgement = { state: 'connecting', code: null, reason: null };
  let toldMs = clock.nowMs();
  let isOpen = false;
  let lastObservedMs: number | null = null;
  let lagMs: number | null = null;
  let writing: Promise<void> = Promise.resolve();
  let cancelTick: (() => void) | null = null;
  /** While it looks away: ends that. */
  let lookAgain: (() => void) | null = null;
  let missedBytes = 0;
  let stopped = false;

  beginSession();
  if (transport === null) follow({ status: 'open', reason: null, code: null });
  else {
    transport.start({
      chunk: hear,
      message: (bytes, topic) =>
        deliver({ bytes, topic }).then(
          () => true,
          () => false,
        ),
      state: follow,
    });
  }

  function beginSession(): void {
    session = driver.createSession(source.options);
    clockOffsetMs = clock.nowMs() - clock.uptimeMs();
  }

  function follow(next: TransportState): void {
    const wasOpen = isOpen;
    isOpen = next.status === 'open';
    health.transport(next, clock.uptimeMs());
    agent.transport(name, next.status);
    // What was half said before the line went is not continued after it.
    if (wasOpen && !isOpen) run((nowMs) => session.end(nowMs));
    // A driver of a device that must be asked has something to send before anything came.
    if (!wasOpen && isOpen) {
      beginSession();
      run((nowMs) => session.tick(nowMs));
    }
    look();
  }

  function hear(bytes: Uint8Array, topic?: string): void {
    health.bytes(bytes);
    if (lookAgain !== null) {
      missedBytes += bytes.length;
      return;
    }
    const input = topic === undefined ? { bytes } : { bytes, topic };
    run((nowMs) => session.receive(input, nowMs));
    const awayMs = budget.spend(bytes.length, health.isNoise, clock.uptimeMs());
    if (awayMs > 0) lookAway(awayMs);
  }

  /** Where the way can hold its bytes back it does; else they are missed, and the session knows it. */
  function lookAway(forMs: number): void {
    transport?.pause?.();
    const cancel = timers.after(forMs, () => {
      lookAgain = null;
      if (missedBytes > 0) {
        missedBytes = 0;
        run((nowMs) => session.end(nowMs));
        beginSession();
        run((nowMs) => session.tick(nowMs));
      }
      transport?.resume?.();
    });
    lookAgain = cancel;
  }

  function run(ask: (nowMs: number) => Step): void {
    const step = stepOf(ask);
    if (step === null) return;
    const cameMs = clock.uptimeMs();
    for (const observation of step.observations) {
      if (!limit.takes(observation.device, cameMs)) {
        health.dropped(cameMs);
        agent.flooded(name, observation.device);
        continue;
      }
      agent.observe(name, observation, within).then(() => accepted(cameMs), notAccepted);
    }
  }

  async function deliver(input: SessionInput): Promise<Delivered> {
    health.bytes(input.bytes);
    const step = stepOf((nowMs) => session.receive(input, nowMs));
    if (step === null) {
      const { bytes } = input;
      const message = `the driver ${source.driver} failed`;
      const failed = { code: 'DRIVER_FAILED', message, length: bytes.length, bytes };
      agent.rejected(name, failed);
      return { taken: true, readings: 0, rejected: [failed] };
    }
    const cameMs = clock.uptimeMs();
    const rejected: Rejected[] = [...step.rejected];
    const answers = await Promise.allSettled(
      step.observations.map((observation) => agent.observe(name, observation, saidAgain)),
    );
    let readings = 0;
    for (const [index, answer] of answers.entries()) {
      if (answer.status === 'fulfilled') {
        readings++;
        accepted(cameMs);
        continue;
      }
      notAccepted(answer.reason);
      const { reason: error } = answer;
      if (!(error instanceof EdgeError && FOR_GOOD.has(error.code))) throw error;
      const bytes = step.observations[index]!.frame;
      rejected.push({ code: error.code, message: error.message, length: bytes.length, bytes });
    }
    return { taken: true, readings, rejected };
  }

  /** What the driver makes of it; observations are left to the caller. Null: the driver failed. */
  function stepOf(ask: (nowMs: number) => Step): Step | null {
    const nowMs = clock.nowMs();
    if (Math.abs(nowMs - clock.uptimeMs() - clockOffsetMs) > CLOCK_SET_MS) {
      beginSession();
      run((dueMs) => session.tick(dueMs));
    }
    let step: Step;
    try {
      step = ask(nowMs);
    } catch (error) {
      // A driver's contract is never to throw. If one does, its session is in no known state.
      health.trouble('DRIVER_FAILED', `the driver ${source.driver} failed: ${String(error)}`);
      beginSession();
      return null;
    }
    for (const rejection of step.rejected) {
      health.rejected(rejection);
      agent.rejected(name, rejection);
    }
    if (step.observations.length > 0) {
      health.observed(step.observations.length, clock.uptimeMs());
      lastObservedMs = nowMs;
    }
    for (const bytes of step.send) send(bytes);
    cancelTick?.();
    cancelTick = null;
    if (step.nextTickMs !== null && !stopped) {
      const delayMs = Math.max(0, step.nextTickMs - nowMs);
      cancelTick = timers.after(delayMs, () => run((dueMs) => session.tick(dueMs)));
    }
    if (step.reset) transport?.reset?.(step.reset);
    return step;
  }

  function accepted(cameMs: number): void {
    lagMs = clock.uptimeMs() - cameMs;
    health.accepted();
  }

  /** The agent has counted it and will tell it by a gap. */
  function notAccepted(error: unknown): void {
    const code = error instanceof EdgeError ? error.code : null;
    health.refused(code, error instanceof Error ? error.message : String(error));
  }

  function send(bytes: Uint8Array): void {
    if (transport === null) return;
    writing = writing
      .then(() => (stopped ? undefined : transport.write(bytes)))
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        health.trouble('SOURCE_NOT_SENT', `what the driver asks does not reach it: ${reason}`);
      });
  }

  function look(): void {
    const judged = health.judge(clock.uptimeMs());
    const { state, code } = judged;
    if (state === told.state && code === told.code) {
      told = judged; // the same, in newer numbers
      return;
    }
    const isWorse = code !== null;
    const wasWorse = told.code !== null;
    told = judged;
    toldMs = clock.nowMs();
    if (isWorse) log.warn({ source: name, state, code }, `${name}: ${judged.reason}`);
    else if (wasWorse) log.info({ source: name, state }, `${name}: ${state} again`);
  }

  return {
    deliver,
    look,
    health() {
      look();
      const { state, code, reason } = told;
      return {
        ...{ source: name, driver: source.driver, place, state, code, reason },
        ...{ sinceMs: toldMs, lastObservedMs, lagMs },
        ...health.counts,
      };
    },
    async stop() {
      stopped = true;
      cancelTick?.();
      lookAgain?.();
      await transport?.stop();
      run((nowMs) => session.end(nowMs));
      await writing;
    },
  };
}
