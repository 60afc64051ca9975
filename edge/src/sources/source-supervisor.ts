/**
 * Brings what one source's device says to the agent, and what its driver asks to the device.
 * @module
 */
import type {
  DecodedObservation,
  Driver,
  SessionInput,
  Step,
  Transport,
  TransportState,
} from '@sigill/firmware-bridge';
import type { Agent, ObserveOptions } from '../agent.ts';
import type { AgentClock } from '../clock.ts';
import { EdgeError, type EdgeErrorCode } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import type { Timers } from '../timers.ts';
import { createAttention } from './attention.ts';
import type { SourceConfig } from './config.ts';
import { createConversation } from './conversation.ts';
import { allOf, type Delivered, ONE_READING, refusedMessage } from './delivered.ts';
import { createReadingLimit } from './limits.ts';
import { createSourceAdvice, describeTransport } from './source-advice.ts';
import { createSourceHealth, type SourceCounts } from './source-health.ts';
import type { Judgement, SourceCode, SourceState } from './source-judgement.ts';
import { createStateLog, type FindUsers } from './state-log.ts';

export interface SourceSupervisorOptions {
  readonly source: SourceConfig;
  readonly driver: Driver;
  /** Null: its messages are delivered. */
  readonly transport: Transport | null;
  readonly agent: Pick<Agent, 'observe' | 'rejected' | 'transport' | 'flooded'>;
  readonly clock: Pick<AgentClock, 'nowMs' | 'uptimeMs'>;
  readonly timers: Timers;
  readonly log?: Log;
  /** Who else has a port open, in words; asked when its source is silent. */
  readonly findUsers?: FindUsers;
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

export interface SourceSupervisor {
  /** One message. @throws EdgeError when the agent cannot take it now: whoever brings it brings it again */
  deliver(input: SessionInput): Promise<Delivered>;
  /** Tells the log when the state is another than it was. To be called about each second. */
  look(): void;
  health(): SourceHealth;
  stop(): Promise<void>;
}

// Refused by what was observed, not by how the agent is: the same again would be refused again.
const FOR_GOOD: ReadonlySet<EdgeErrorCode> = new Set(['OBSERVATION_INVALID', 'STREAM_LIMIT']);

export function startSourceSupervisor(given: SourceSupervisorOptions): SourceSupervisor {
  const { source, driver, transport, agent, clock, timers, log = silentLog } = given;
  const { name } = source;
  const place = describeTransport(source.transport);
  const health = createSourceHealth(source.cadenceMs, createSourceAdvice(source));
  const limit = createReadingLimit(source);
  const attention = createAttention({ transport, timers, missed: beginAnew });
  const within: ObserveOptions = { withinMs: source.commitWindowMs };
  const saidAgain: ObserveOptions = { ...within, saidAgain: true };
  const stateLog = createStateLog(source, log, given.findUsers);
  const conversation = createConversation({
    ...{ driver, options: source.options, clock, timers, ticked: take },
    failed(error) {
      health.trouble('DRIVER_FAILED', `the driver ${source.driver} failed: ${String(error)}`);
    },
  });
  let told: Judgement = { state: 'connecting', code: null, reason: null };
  let toldMs = clock.nowMs();
  let isOpen = false;
  let lastObservedMs: number | null = null;
  let lagMs: number | null = null;
  let writing: Promise<void> = Promise.resolve();
  let stopped = false;

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

  function follow(next: TransportState): void {
    const wasOpen = isOpen;
    isOpen = next.status === 'open';
    health.transport(next, clock.uptimeMs());
    agent.transport(name, next.status);
    if (wasOpen && !isOpen) take(conversation.end());
    if (!wasOpen && isOpen) conversation.begin();
    look();
  }

  function hear(bytes: Uint8Array, topic?: string): void {
    health.bytes(bytes);
    if (!attention.has(bytes.length)) return;
    take(conversation.receive(topic === undefined ? { bytes } : { bytes, topic }));
    attention.spend(bytes.length, health.isNoise, clock.uptimeMs());
  }

  function beginAnew(): void {
    take(conversation.end());
    conversation.begin();
  }

  function take(step: Step | null): void {
    if (step === null) return;
    const cameMs = note(step);
    for (const observation of step.observations) {
      if (limit.takes(observation.device, cameMs)) {
        agent.observe(name, observation, within).then(() => accepted(cameMs), notAccepted);
      } else {
        health.dropped(cameMs);
        agent.flooded(name, observation.device);
      }
    }
  }

  function deliver(input: SessionInput): Promise<Delivered> {
    health.bytes(input.bytes);
    const step = conversation.receive(input);
    if (step === null) {
      const message = `the driver ${source.driver} failed`;
      const failed = refusedMessage('DRIVER_FAILED', message, input.bytes);
      for (const rejection of failed.rejected) agent.rejected(name, rejection);
      return Promise.resolve(failed);
    }
    const cameMs = note(step);
    const { observations, rejected } = step;
    // Nearly every message tells one thing: it takes one promise.
    if (observations.length === 1 && rejected.length === 0)
      return deliverOne(observations[0]!, cameMs);
    return deliverAll(step, cameMs);
  }

  function deliverOne(observation: DecodedObservation, cameMs: number): Promise<Delivered> {
    return agent.observe(name, observation, saidAgain).then(
      () => {
        accepted(cameMs);
        return ONE_READING;
      },
      (error: unknown) => {
        notAccepted(error);
        if (!(error instanceof EdgeError && FOR_GOOD.has(error.code))) throw error;
        return refusedMessage(error.code, error.message, observation.frame);
      },
    );
  }

  async function deliverAll(step: Step, cameMs: number): Promise<Delivered> {
    const settled = await Promise.allSettled(
      step.observations.map((observation) => deliverOne(observation, cameMs)),
    );
    const answers = settled.map((answer) => {
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value;
    });
    return allOf([{ taken: true, readings: 0, rejected: step.rejected }, ...answers]);
  }

  /** All that a step holds beside its observations. Answers when it was, by the uptime. */
  function note(step: Step): number {
    const atMs = clock.uptimeMs();
    for (const rejection of step.rejected) {
      health.rejected(rejection);
      agent.rejected(name, rejection);
    }
    if (step.observations.length > 0) {
      health.observed(step.observations.length, atMs);
      lastObservedMs = clock.nowMs();
    }
    for (const bytes of step.send) send(bytes);
    if (step.reset) transport?.reset?.(step.reset);
    return atMs;
  }

  function accepted(cameMs: number): void {
    lagMs = clock.uptimeMs() - cameMs;
    health.accepted();
  }

  /** The agent has counted it and will tell it by a gap. */
  function notAccepted(error: unknown): void {
    health.refused(error instanceof EdgeError ? error.code : null, toMessage(error));
  }

  function send(bytes: Uint8Array): void {
    if (transport === null) return;
    writing = writing
      .then(() => (stopped ? undefined : transport.write(bytes)))
      .catch((error: unknown) => {
        const reason = `what the driver asks does not reach it: ${toMessage(error)}`;
        health.trouble('SOURCE_NOT_SENT', reason);
      });
  }

  function look(): void {
    const judged = health.judge(clock.uptimeMs());
    const isSame = judged.state === told.state && judged.code === told.code;
    told = judged;
    if (!isSame) toldMs = clock.nowMs();
    stateLog.note(judged, clock.uptimeMs());
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
      conversation.stop();
      attention.stop();
      await transport?.stop();
      take(conversation.end());
      await writing;
    },
  };
}

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
