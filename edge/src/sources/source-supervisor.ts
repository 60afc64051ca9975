import {
  type Driver,
  formatDriverName,
  type Session,
  type Step,
  type Transport,
  type TransportState,
} from '@sigill/firmware-bridge';
import type { Agent } from '../agent.ts';
import type { AgentClock } from '../clock.ts';
import { EdgeError } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import type { Timers } from '../timers.ts';
import type { SourcePlan } from './source-plan.ts';

export interface SourceSupervisorOptions {
  readonly source: string;
  readonly driver: Driver;
  readonly options: Readonly<Record<string, string>>;
  readonly transport: Transport;
  readonly agent: Pick<Agent, 'observe' | 'rejected' | 'transport'>;
  readonly clock: Pick<AgentClock, 'nowMs'>;
  readonly timers: Timers;
  readonly log?: Log;
}

export interface SourceHealth {
  readonly source: string;
  readonly state: TransportState['status'];
  /** Why it is not well: of the transport, the last write, or the agent; null when all is. */
  readonly reason: string | null;
  /** Of the transport, for programs. */
  readonly code: TransportState['code'];
  /** When the last observation came; null before the first. */
  readonly lastObservedMs: number | null;
  readonly observations: number;
  readonly rejected: number;
  /** Observations the agent refused. */
  readonly refused: number;
}

/** Brings what one source's device says to the agent, and what its driver asks to the device. */
export interface SourceSupervisor {
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

export function startSourceSupervisor(given: SourceSupervisorOptions): SourceSupervisor {
  const { source, driver, transport, agent, clock, timers, log = silentLog } = given;
  let session: Session = driver.createSession(given.options);
  let state: TransportState = { status: 'connecting', reason: null, code: null };
  let trouble: string | null = null;
  let lastObservedMs: number | null = null;
  let observations = 0;
  let rejected = 0;
  let refused = 0;
  let writing: Promise<void> = Promise.resolve();
  let cancelTick: (() => void) | null = null;
  let stopped = false;

  transport.start({
    chunk: (bytes, topic) => {
      const input = topic === undefined ? { bytes } : { bytes, topic };
      run((nowMs) => session.receive(input, nowMs));
    },
    state: follow,
  });

  function follow(next: TransportState): void {
    const lost = state.status === 'open' && next.status !== 'open';
    const opened = state.status !== 'open' && next.status === 'open';
    state = next;
    agent.transport(source, next.status);
    if (next.reason !== null) log.warn({ source, ...next }, 'the way to the device changed');
    // What was half said before the line went is not continued after it.
    if (lost) run((nowMs) => session.end(nowMs));
    // A driver of a device that must be asked has something to send before anything came.
    if (opened) {
      session = driver.createSession(given.options);
      run((nowMs) => session.tick(nowMs));
    }
  }

  function run(step: (nowMs: number) => Step): void {
    const nowMs = clock.nowMs();
    try {
      take(step(nowMs), nowMs);
    } catch (error) {
      // A driver's contract is never to throw. If one does, its session is in no known state.
      trouble = `the driver failed: ${String(error)}`;
      log.error({ source, reason: trouble }, 'the driver failed; its session begins anew');
      session = driver.createSession(given.options);
    }
  }

  function take(step: Step, nowMs: number): void {
    for (const rejection of step.rejected) {
      rejected++;
      agent.rejected(source, rejection);
    }
    for (const observation of step.observations) {
      observations++;
      lastObservedMs = nowMs;
      agent.observe(source, observation).then(accepted, notAccepted);
    }
    for (const bytes of step.send) send(bytes);
    cancelTick?.();
    cancelTick = null;
    if (step.nextTickMs !== null && !stopped) {
      const delayMs = Math.max(0, step.nextTickMs - nowMs);
      cancelTick = timers.after(delayMs, () => run((dueMs) => session.tick(dueMs)));
    }
  }

  function accepted(): void {
    trouble = null;
  }

  /** The agent has counted it and will tell it by a gap. */
  function notAccepted(error: unknown): void {
    refused++;
    trouble = error instanceof EdgeError ? `${error.code}: ${error.message}` : String(error);
  }

  function send(bytes: Uint8Array): void {
    writing = writing
      .then(() => (stopped ? undefined : transport.write(bytes)))
      .catch((error) => {
        trouble = `not sent: ${String(error)}`;
      });
  }

  return {
    health: () => ({
      source,
      state: state.status,
      reason: state.reason ?? trouble,
      code: state.code,
      lastObservedMs,
      observations,
      rejected,
      refused,
    }),
    async stop() {
      stopped = true;
      cancelTick?.();
      await transport.stop();
      run((nowMs) => session.end(nowMs));
      await writing;
    },
  };
}
