/**
 * The broker of this gateway, where one is configured: its clients' messages become readings, its agents' messages go to
 * their links.
 * @module
 */
import type { Disk, SourceSet } from '@sigill/edge';
import { findAgent, fromHex } from '@sigill/evidence';
import type { KnownAgents } from './agents/known-agents.ts';
import type { AgentLinks } from './agents/link.ts';
import type { Broker } from './broker/broker.ts';
import type { BrokerConfig } from './broker/broker-config.ts';
import type { Tell } from './events.ts';
import type { Register } from './register.ts';
import type { Timers } from './timers.ts';

export interface OpenBrokerParts {
  readonly config: BrokerConfig;
  /** The data directory. */
  readonly data: string;
  readonly knownAgents: KnownAgents;
  readonly register: () => Register;
  readonly sources: SourceSet;
  readonly links: AgentLinks;
  readonly disk: Disk;
  readonly timers: Timers;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly tell: Tell;
  /** Called with the broker before the first message of an agent is passed on: it is answered through it. */
  readonly opened: (broker: Broker) => void;
}

/** Loaded only where it is configured: the broker's library costs some megabytes. */
export async function openBroker(parts: OpenBrokerParts): Promise<void> {
  const [{ startBroker }, { watchClients }] = await Promise.all([
    import('./broker/broker.ts'),
    import('./broker/client-directory.ts'),
  ]);
  const { timers, tell, sources, links } = parts;
  const opened = Promise.withResolvers<void>();
  const clients = watchClients(parts.config.clients, timers, tell);
  try {
    const broker = await startBroker({
      ...{ config: parts.config, clients, timers, tell, disk: parts.disk },
      agents: {
        find: (agent) => (isIn(parts.register(), agent) ? parts.knownAgents.find(agent) : null),
      },
      ingest: (_client, topic, payload) => sources.deliver(topic, payload),
      // An agent says hello at once.
      async fromAgent(agent, payload) {
        await opened.promise;
        links.receive(agent, payload);
      },
      directory: `${parts.data}/broker-quarantine`,
      random: parts.randomBytes,
    });
    parts.opened({
      ...broker,
      async close() {
        await broker.close();
        clients.close();
      },
    });
    opened.resolve();
  } catch (error) {
    clients.close();
    throw error;
  }
}

/** One that was revoked comes in too, to be told so; nothing of it is taken. */
function isIn({ slot }: Register, agent: string): boolean {
  return findAgent(slot.record, fromHex(agent)) !== undefined;
}
