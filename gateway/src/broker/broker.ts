/**
 * The gateway's MQTT broker: aedes, behind guards of our own. Nobody without a name comes in, nothing is heard or said
 * that was not granted, and what a device was told is taken is durable.
 * @module
 */
import type { EventEmitter } from 'node:events';
import type { Disk } from '@sigill/edge';
import { Aedes, type Client } from 'aedes';
import type { Tell } from '../events.ts';
import type { Timers } from '../timers.ts';
import type { BrokerConfig } from './broker-config.ts';
import { type ClientCounts, createCounts, isWorthTelling } from './client-counts.ts';
import type { ClientDirectory } from './client-directory.ts';
import { createDecisions } from './decisions.ts';
import { createForwarding, ignoreOrder } from './forwarding.ts';
import { AGENT_NAME, type AgentIdentities, createIdentities } from './identities.ts';
import { type AgentHandler, createIntake, type Ingest } from './intake.ts';
import { type ListenerCounts, type ListeningAddress, openListeners } from './listeners.ts';
import { createLogin } from './login.ts';
import { createPersistence, type Dropped, toAedes } from './persistence.ts';
import { createPublishing, type Fate } from './publishing.ts';
import { openQuarantine, type QuarantineStatus } from './quarantine.ts';
import { createRepeats } from './repeats.ts';
import { createSessions } from './sessions.ts';
import { isFilter } from './topics.ts';

export interface BrokerParts {
  readonly config: BrokerConfig;
  /** Closed by whoever opened it. */
  readonly clients: ClientDirectory;
  readonly agents: AgentIdentities;
  readonly ingest: Ingest;
  /** Gets the messages of agents from the first one on, as those of `onAgent` do from then on. */
  readonly fromAgent?: AgentHandler;
  readonly timers: Timers;
  readonly tell: Tell;
  /** For the quarantine. */
  readonly disk: Disk;
  /** The quarantine's own. */
  readonly directory: string;
  /** Cryptographically random bytes. */
  readonly random: (length: number) => Uint8Array;
}

export interface PublishOptions {
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
}

export interface Broker {
  readonly addresses: readonly ListeningAddress[];
  /** Resolves when it was handed to those who are connected and queued for those who are away. */
  publish(topic: string, payload: Uint8Array, options?: PublishOptions): Promise<void>;
  /** Gets the messages of agents, until the returned function is called. */
  onAgent(handler: AgentHandler): () => void;
  isConnected(name: string): boolean;
  /** Cuts all connections of a client or agent, at once; how many there were. */
  disconnect(name: string): number;
  status(): BrokerStatus;
  /** Messages under way are settled, then everybody is disconnected. */
  close(): Promise<void>;
}

export interface ClientStatus extends Readonly<ClientCounts> {
  readonly name: string;
  readonly kind: 'client' | 'agent';
  /** Connections now. */
  readonly connected: number;
}

export interface BrokerStatus {
  readonly listening: readonly ListeningAddress[];
  readonly listeners: ListenerCounts;
  readonly failedLogins: number;
  /** Connections that spoke no MQTT, or sent a packet too large, before they were anybody. */
  readonly strangersCut: number;
  readonly clients: readonly ClientStatus[];
  readonly retained: { readonly messages: number; readonly bytes: number };
  readonly queued: { readonly bytes: number; readonly dropped: number };
  readonly retainedDropped: number;
  readonly sessionsDropped: number;
  readonly quarantine: QuarantineStatus;
}

/** @throws GatewayError BROKER_LISTEN_FAILED, KEY_FILE_EXPOSED, KEY_FILE_INVALID; EdgeError of the quarantine's journal */
export async function startBroker(parts: BrokerParts): Promise<Broker> {
  const { config, clients, timers, random, tell } = parts;
  const { limits } = config;
  const identities = createIdentities(parts);
  const decisions = createDecisions(identities, () => clients.generation);
  const counts = createCounts();
  const handlers = new Set<AgentHandler>(parts.fromAgent ? [parts.fromAgent] : []);
  const dropped: Record<Dropped, number> = { queued: 0, retained: 0, session: 0 };
  let isClosing = false;

  const quarantine = await openQuarantine(parts);
  const sessions = createSessions({ limits, timers, tell });
  const persistence = createPersistence({
    ...limits,
    maxSessions: 2 * limits.connections,
    maySubscribe(id, filter) {
      const session = sessions.of(aedes.clients[id]);
      return session !== null && isFilter(filter) && decisions.mayReceive(session, filter);
    },
    isConnected: (id) => aedes.clients[id] !== undefined,
    dropped: countDropped,
  });
  const intake = createIntake({
    ...{ ingest: parts.ingest, agentHandlers: handlers, quarantine, tell },
    ...{ mayPublish: decisions.mayPublish, now: timers.now },
    isInForce: ({ identity }) => identity !== null && identities.isInForce(identity),
  });
  const repeats = createRepeats<Fate>(2 * limits.connections);
  const publishing = createPublishing({ sessions, intake, persistence, repeats, timers });
  const aedes = (await Aedes.createBroker({
    persistence: toAedes(persistence),
    // Nobody is ever waited for, so nobody need be limited.
    concurrency: 0,
    maxClientsIdLength: 65_535,
    // Identifiers of QoS 2 messages that wait for their PUBREL, of one client.
    maxInflightInbound: 256,
    ...createLogin({ sessions, identities, clients, counts, random, tell }),
    ...createForwarding({ sessions, decisions, persistence, tell }),
    authorizePublish: publishing.authorizePublish,
  })) as Aedes & { readonly clients: Readonly<Record<string, Client>> };
  aedes.on('client', (client) => ignoreOrder(client, aedes.id));
  aedes.on('clientReady', (client) => sessions.of(client)?.stream.admitted());
  (aedes as EventEmitter).on('error', (error: Error) => {
    tell({ level: 'warning', what: 'broker', text: `the broker met a fault: ${error.message}` });
  });
  const listeners = await openListeners({
    listen: config.listen,
    limits,
    arrived(arrival) {
      if (isClosing) arrival.socket.destroy();
      else aedes.handle(sessions.open(arrival).stream);
    },
    turnedAway(address, reason, count) {
      if (!isWorthTelling(count)) return;
      const text = `a connection from ${address} was turned away: ${reason}; if they are all yours, raise broker.limits in gateway.yaml`;
      tell({ level: 'warning', what: 'broker-full', text, facts: { address } });
    },
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const unwatch = clients.onChange(clientsChanged);

  function countDropped(what: Dropped, id: string): void {
    dropped[what] += 1;
    const name = nameOf(id);
    if (what === 'queued') counts.of(name).dropped += 1;
    if (!isWorthTelling(dropped[what])) return;
    const text = droppedSentences[what](name, dropped[what]);
    tell({ level: 'warning', what: 'broker-dropped', text, facts: { what, client: name } });
  }

  function clientsChanged(): void {
    for (const { identity, stream } of sessions.all()) {
      if (identity === null || identities.isInForce(identity)) continue;
      const text = `${identity.name} was disconnected: the clients file does not let it in as before`;
      tell({ level: 'info', what: 'broker-cut', text, facts: { client: identity.name } });
      stream.cut(null);
    }
    for (const id of persistence.sessions()) {
      if (clients.find(nameOf(id)) === null) persistence.forget(id);
    }
  }

  async function stop(): Promise<void> {
    sessions.close();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    identities.close();
    await quarantine.close();
  }

  return {
    addresses: listeners.addresses,
    publish: (topic, payload, { qos = 0, retain = false } = {}) =>
      new Promise((resolve) => {
        const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
        const packet = { cmd: 'publish', topic, payload: bytes, qos, retain, dup: false } as const;
        aedes.publish(packet, () => resolve());
      }),
    onAgent(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    isConnected: (name) => sessions.named(name).length > 0,
    disconnect(name) {
      const own = sessions.named(name);
      for (const { stream } of own) stream.cut(null);
      return own.length;
    },
    status: () => ({
      listening: listeners.addresses,
      listeners: listeners.counts(),
      failedLogins: identities.failedLogins,
      strangersCut: sessions.strangersCut,
      clients: [...counts.entries()].map(([name, own]) => ({
        name,
        kind: AGENT_NAME.test(name) ? 'agent' : 'client',
        connected: sessions.named(name).length,
        ...own,
      })),
      retained: persistence.retained,
      queued: { bytes: persistence.queues.totalBytes, dropped: dropped.queued },
      retainedDropped: dropped.retained,
      sessionsDropped: dropped.session,
      quarantine: quarantine.status(),
    }),
    async close() {
      if (isClosing) return;
      isClosing = true;
      unwatch();
      for (const { stream } of sessions.all()) stream.hold();
      await publishing.stop();
      await stop();
      await listeners.close();
    },
  };
}

/** Of a client identifier, as `preConnect` makes it. */
function nameOf(id: string): string {
  return id.slice(0, id.indexOf(':'));
}

const droppedSentences: Readonly<Record<Dropped, (name: string, count: number) => string>> = {
  queued: (name, count) =>
    `messages for ${name} find no room in its queue: ${count} were dropped; it is away or does not acknowledge what it gets`,
  retained: (_name, count) =>
    `there is no room for more retained messages: ${count} were not kept, but went to those connected`,
  session: (name, count) =>
    `there is no room for more sessions: that of ${name}, which is away, went (${count} so far); connect with clean session where no queue is needed`,
};
