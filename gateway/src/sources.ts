/**
 * The configured sources: what is promised of each, and what brings its devices' words to the agent.
 * @module
 */
import {
  type Agent,
  type AgentClock,
  type SourceConfig,
  type SourceHealth,
  type SourcePlan,
  startSourceSupervisor,
  type TransportConfig,
  toSourcePlan,
} from '@sigill/edge';
import { type Driver, findDriver, type Transport } from '@sigill/firmware-bridge';
import { type Tell, toLog } from './events.ts';
import type { Timers } from './timers.ts';

export interface Sources {
  readonly plans: readonly SourcePlan[];
  start(agent: Agent): RunningSources;
}

export interface RunningSources {
  health(): SourceHealth[];
  stop(): Promise<void>;
}

export interface SourcesParts {
  readonly sources: readonly SourceConfig[];
  readonly openTransport: (transport: TransportConfig) => Transport;
  readonly clock: AgentClock;
  readonly timers: Timers;
  readonly tell: Tell;
}

/** @throws DriverError DRIVER_UNKNOWN, OPTION_UNKNOWN, OPTION_INVALID */
export function createSources(parts: SourcesParts): Sources {
  const { openTransport, clock, timers, tell } = parts;
  const driven = parts.sources.map((source) => ({ source, driver: driverOf(source) }));
  return {
    plans: driven.map(({ source, driver }) => toSourcePlan(source, driver, source.options)),
    start(agent) {
      const running = driven.map(({ source, driver }) =>
        startSourceSupervisor({
          source: source.name,
          driver,
          options: source.options,
          transport: openTransport(source.transport),
          timers,
          log: toLog(tell),
          ...{ agent, clock },
        }),
      );
      return {
        health: () => running.map((source) => source.health()),
        async stop() {
          await Promise.all(running.map((source) => source.stop()));
        },
      };
    },
  };
}

function driverOf({ driver, options }: SourceConfig): Driver {
  const found = findDriver(driver);
  found.createSession(options); // its options are refused here, before anything runs
  return found;
}
