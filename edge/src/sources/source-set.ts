/**
 * The configured sources, all of them: started, changed while they run, and the way in for messages of
 * the own broker.
 * @module
 */
import {
  type Driver,
  findDriver as findKnownDriver,
  findUsers,
  type Transport,
} from '@sigill/firmware-bridge';
import type { Agent } from '../agent.ts';
import type { AgentClock } from '../clock.ts';
import { type Log, silentLog } from '../log.ts';
import type { Timers } from '../timers.ts';
import type { SourceConfig } from './config.ts';
import { allOf, type Delivered } from './delivered.ts';
import { openLater } from './open-later.ts';
import type { OpenedTransportConfig } from './open-transport.ts';
import { type SourcePlan, toSourcePlan } from './source-plan.ts';
import {
  type SourceHealth,
  type SourceSupervisor,
  startSourceSupervisor,
} from './source-supervisor.ts';
import type { FindUsers } from './state-log.ts';
import { createTopicMatch } from './topic-filter.ts';

export type SourceAgent = Pick<Agent, 'observe' | 'rejected' | 'transport' | 'flooded' | 'plan'>;

export interface SourceSetParts {
  readonly sources: readonly SourceConfig[];
  readonly openTransport: (transport: OpenedTransportConfig) => Transport;
  /** Left out: all there are. */
  readonly findDriver?: (id: string) => Driver;
  readonly clock: Pick<AgentClock, 'nowMs' | 'uptimeMs'>;
  readonly timers: Timers;
  readonly log?: Log;
  /** Left out: what the system tells. */
  readonly findUsers?: FindUsers;
}

export interface SourceSet {
  /** What is promised of the sources: of those it was made with, then of those applied. An agent starts with them. */
  readonly plans: readonly SourcePlan[];
  /** Once, when the agent is there. Returns itself. */
  start(agent: SourceAgent): SourceSet;
  /**
   * From here on these sources and no others. One that is as it was goes on untouched; one that is gone or changed is
   * stopped first, then the plans are told, then the new ones start. One call after the other.
   * @throws DriverError when one of them cannot be; nothing has changed then
   */
  apply(sources: readonly SourceConfig[]): Promise<void>;
  /**
   * One message of the own broker to each source that wants it. Resolves when all its readings are durable.
   * @throws EdgeError when the agent cannot take it now: it must be sent again
   */
  deliver(topic: string, payload: Uint8Array): Promise<Delivered>;
  /** In the order of the configuration. */
  health(): SourceHealth[];
  stop(): Promise<void>;
}

interface Entry {
  readonly source: SourceConfig;
  readonly driver: Driver;
  /** By which it is known whether it changed. */
  readonly written: string;
}

interface Running extends Entry {
  readonly supervisor: SourceSupervisor;
  readonly wants: (topic: string) => boolean;
}

// A change of state is told this much late at most.
const LOOK_MS = 1000;
// As many as devices of a busy site have; where topics are made up without end they are decided anew now and then.
const MAX_TOPICS = 4096;
const LONGEST_KEPT_TOPIC = 256;

/** @throws DriverError DRIVER_UNKNOWN, OPTION_UNKNOWN, OPTION_INVALID */
export function createSourceSet(parts: SourceSetParts): SourceSet {
  const { openTransport, clock, timers, log = silentLog, findDriver = findKnownDriver } = parts;
  let entries = parts.sources.map(toEntry);
  const running = new Map<string, Running>();
  const wanted = new Map<string, readonly SourceSupervisor[]>();
  let agent: SourceAgent | null = null;
  let changing: Promise<void> = Promise.resolve();
  let cancelLook: () => void = () => undefined;
  let stopped = false;

  function toEntry(source: SourceConfig): Entry {
    const driver = findDriver(source.driver);
    driver.createSession(source.options); // its options are refused here, before anything runs
    return { source, driver, written: JSON.stringify(sortedKeys(source)) };
  }

  function start(entry: Entry, to: SourceAgent): void {
    const { source, driver } = entry;
    const { transport } = source;
    const supervisor = startSourceSupervisor({
      ...{ source, driver, agent: to, clock, timers, log, findUsers: parts.findUsers ?? findUsers },
      transport:
        transport.kind === 'broker' ? null : openLater(() => openTransport(transport), timers),
    });
    running.set(source.name, { ...entry, supervisor, wants: wantsOf(source) });
    wanted.clear();
  }

  async function stop(name: string): Promise<void> {
    const found = running.get(name);
    running.delete(name);
    wanted.clear();
    await found?.supervisor.stop();
  }

  /** Decided once for a topic: a device says thousands of messages on one. */
  function wantingOf(topic: string): readonly SourceSupervisor[] {
    const known = wanted.get(topic);
    if (known !== undefined) return known;
    const found = [...running.values()]
      .filter(({ wants }) => wants(topic))
      .map(({ supervisor }) => supervisor);
    if (wanted.size >= MAX_TOPICS) wanted.clear();
    if (topic.length <= LONGEST_KEPT_TOPIC) wanted.set(topic, found);
    return found;
  }

  function look(): void {
    cancelLook = timers.after(LOOK_MS, look);
    for (const { supervisor } of running.values()) supervisor.look();
  }

  async function change(next: readonly Entry[]): Promise<void> {
    if (stopped) return;
    entries = [...next];
    if (agent === null) return;
    const to = agent;
    const isKept = ({ source, written }: Entry) => running.get(source.name)?.written === written;
    const kept = new Set(next.filter(isKept).map(({ source }) => source.name));
    const begun = next.filter(({ source }) => !kept.has(source.name));
    const ended = [...running.keys()].filter((name) => !kept.has(name));
    if (begun.length === 0 && ended.length === 0) return;
    await Promise.all(ended.map(stop));
    if (stopped) return;
    // Told at once; that it is durable is the agent's care.
    to.plan(plansOf(entries)).catch((error: unknown) =>
      log.error({ reason: String(error) }, 'the changed plans are not durable yet'),
    );
    for (const entry of begun) start(entry, to);
  }

  return {
    get plans() {
      return plansOf(entries);
    },
    start(given) {
      if (agent !== null || stopped) throw new TypeError('the sources start once');
      agent = given;
      for (const entry of entries) start(entry, given);
      cancelLook = timers.after(LOOK_MS, look);
      return this;
    },
    apply(sources) {
      const next = sources.map(toEntry);
      changing = changing.catch(() => undefined).then(() => change(next));
      return changing;
    },
    deliver(topic, payload) {
      const input = { bytes: payload, topic };
      const wanting = wantingOf(topic);
      if (wanting.length === 1) return wanting[0]!.deliver(input);
      return Promise.all(wanting.map((supervisor) => supervisor.deliver(input))).then(allOf);
    },
    health: () =>
      entries.flatMap(({ source }) => running.get(source.name)?.supervisor.health() ?? []),
    async stop() {
      stopped = true;
      cancelLook();
      await changing.catch(() => undefined);
      await Promise.all([...running.keys()].map(stop));
    },
  };
}

function plansOf(entries: readonly Entry[]): SourcePlan[] {
  return entries.map(({ source, driver }) => toSourcePlan(source, driver, source.options));
}

function wantsOf({ transport }: SourceConfig): (topic: string) => boolean {
  if (transport.kind !== 'broker') return () => false;
  const matches = transport.topics.map(createTopicMatch);
  return (topic) => matches.some((match) => match(topic));
}

/** The order of keys in a file means nothing. */
function sortedKeys(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortedKeys(inner)]));
}
