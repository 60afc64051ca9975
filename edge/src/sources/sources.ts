/**
 * The configured sources: what is promised of each, and what brings its devices' words to the agent.
 * @module
 */
import { type Driver, findDriver, type Transport } from '@sigill/firmware-bridge';
import type { Agent } from '../agent.ts';
import type { AgentClock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Timers } from '../timers.ts';
import type { SourceConfig } from './config.ts';
import type { OpenedTransportConfig } from './open-transport.ts';
import type { SourcePlan } from './source-plan.ts';
import { type SourceHealth, startSourceSupervisor, toSourcePlan } from './source-supervisor.ts';

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
  readonly openTransport: (transport: OpenedTransportConfig) => Transport;
  readonly clock: AgentClock;
  readonly timers: Timers;
  readonly log: Log;
}

/** @throws DriverError DRIVER_UNKNOWN, OPTION_UNKNOWN, OPTION_INVALID */
export function createSources(parts: SourcesParts): Sources {
  const { openTransport, clock, timers, log } = parts;
  const driven = parts.sources.map((source) => ({ source, driver: driverOf(source) }));
  return {
    plans: driven.map(({ source, driver }) => toSourcePlan(source, driver, source.options)),
    start(agent) {
      const running = driven.map(({ source, driver }) =>
        startSourceSupervisor({
          source: source.name,
          driver,
          options: source.options,
          transport: openTransport(source.transport as OpenedTransportConfig),
          ...{ agent, clock, timers, log },
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
