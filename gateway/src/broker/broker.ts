/**
 * The gateway's MQTT broker: aedes, behind guards of our own. Nobody without a name comes in, nothing is heard or said
 * that was not granted, and what a device was told is taken is durable.
 * @module
 */
import type { EventEmitter } from 'node:events';
import type { Disk } from '@sigill/edge';
import {
  Aedes,
  type AedesPublishPacket,
  type AuthenticateError,
  type Client,
  type PublishPacket,
  type Subscription,
} from 'aedes';
import type { Tell } from '../events.ts';
import type { Timers } from '../timers.ts';
import type { BrokerConfig } from './broker-config.ts';
import { type ClientCounts, createCounts, isWorthTelling } from './client-counts.ts';
import type { ClientDirectory } from './client-directory.ts';
import { GuardedStream, type StreamRefusal } from './guarded-stream.ts';
import { AGENT_NAME, type AgentIdentities, createIdentities } from './identities.ts';
import { type AgentHandler, createIntake, type Ingest } from './intake.ts';
import {
  type Arrival,
  type ListenerCounts,
  type ListeningAddress,
  openListeners,
} from './listeners.ts';
import { createPersistence, type Dropped, toAedes } from './persistence.ts';
import { openQuarantine, type QuarantineStatus } from './quarantine.ts';
import { createDecisions, isFirstCopy, type Session } from './session.ts';
import { isFilter } from './topics.ts';

export interface BrokerParts {
  readonly config: BrokerConfig;
  /** Closed by whoever opened it. */
  readonly clients: ClientDirectory;
  readonly agents: AgentIdentities;
  readonly ingest: Ingest;
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

// A client that has connected says who it is at once; one that does not takes a place.
const CONNECT_WITHIN_MS = 10_000;
const SWEEP_INTERVAL_MS = 5_000;
// 30 s without taking a byte of what waits: it is frozen, or its link is gone.
const MAX_QUIET_SWEEPS = 6;
const MAX_SUBSCRIPTIONS = 100;
// Stopping waits no longer for messages that are on their way to the disk.
const SETTLE_MS = 2_000;
// MQTT 3.1.1 §3.2.2.3
const SERVER_UNAVAILABLE = 3;
const BAD_USERNAME_OR_PASSWORD = 4;
// A message to here reaches nobody: it begins with $, and nobody may subscribe to that.
const NOWHERE = '$sigill/kept';
const NOTHING = Buffer.alloc(0);

/** What aedes knows of a client beyond its types. */
type KnownClient = Client & { subscriptions?: object; will?: object };

/** @throws GatewayError BROKER_LISTEN_FAILED, KEY_FILE_EXPOSED, KEY_FILE_INVALID; EdgeError of the quarantine's journal */
export async function startBroker(parts: BrokerParts): Promise<Broker> {
  const { config, clients, timers, tell } = parts;
  const { limits } = config;
  const identities = createIdentities(parts);
  const decisions = createDecisions(identities, () => clients.generation);
  const quarantine = await openQuarantine(parts);
  const counts = createCounts();
  const handlers = new Set<AgentHandler>();
  const sessions = new WeakMap<object, Session>();
  const live = new Set<Session>();
  const dropped: Record<Dropped, number> = { queued: 0, retained: 0, session: 0 };
  let strangersCut = 0;
  let underWay = 0;
  let isClosing = false;
  let settledAll: (() => void) | null = null;

  const intake = createIntake({
    ...{ ingest: parts.ingest, agentHandlers: handlers, quarantine, tell },
    mayPublish: decisions.mayPublish,
    now: timers.now,
  });
  const persistence = createPersistence({
    queuedMessages: limits.queuedMessages,
    queuedBytes: limits.queuedBytes,
    maxSessions: 2 * limits.connections,
    maySubscribe: (id, filter) => {
      const session = sessionOf(aedes.clients[id]);
      return session !== null && isFilter(filter) && decisions.mayReceive(session, filter);
    },
    isConnected: (id) => aedes.clients[id] !== undefined,
    dropped: countDropped,
  });

  const aedes = (await Aedes.createBroker({
    persistence: toAedes(persistence),
    // Nobody is waited for, so nobody need be limited.
    concurrency: 0,
    maxClientsIdLength: 65_535,
    maxInflightInbound: 20,
    preConnect,
    authenticate,
    authorizePublish,
    authorizeSubscribe,
    authorizeForward,
  })) as Aedes & { readonly clients: Readonly<Record<string, Client>> };
  aedes.on('client', (client) => ignoreOrder(client, aedes.id));
  aedes.on('clientReady', (client) => sessionOf(client)?.stream.admitted());
  (aedes as EventEmitter).on('error', (error: Error) => {
    tell({ level: 'warning', what: 'broker', text: `the broker met a fault: ${error.message}` });
  });

  function sessionOf(client: Client | null | undefined): Session | null {
    return client ? (sessions.get(client.conn) ?? null) : null;
  }

  function arrived({ socket, address, pin, needsPin }: Arrival): void {
    if (isClosing) {
      socket.destroy();
      return;
    }
    const stream = new GuardedStream({
      socket,
      limits,
      timers,
      refused: (why) => cutFor(session, why),
    });
    const cancel = timers.after(CONNECT_WITHIN_MS, () => {
      if (session.identity === null)
        session.stream.cut({
          code: 'NOT_MQTT',
          text: `no CONNECT within ${CONNECT_WITHIN_MS / 1000} s`,
        });
    });
    const session: Session = {
      ...{ stream, address, pin, needsPin, identity: null, counts: null },
      decided: { generation: -1, publish: new Map(), receive: new Map() },
      ...{ forwarded: new Set(), takingIn: new Map(), connectArrived: cancel },
    };
    sessions.set(stream, session);
    live.add(session);
    stream.once('close', () => {
      cancel();
      live.delete(session);
    });
    aedes.handle(stream);
  }

  function cutFor({ identity, counts, address }: Session, { code, text }: StreamRefusal): void {
    if (counts === null) strangersCut += 1;
    else counts.cut += 1;
    if (!isWorthTelling(counts?.cut ?? strangersCut)) return;
    const who = identity?.name ?? `somebody at ${address}`;
    const facts = { client: who, code };
    tell({ level: 'warning', what: 'broker-cut', text: `${who} was disconnected: ${text}`, facts });
  }

  /** Client identifiers belong to their names: nobody takes over another one's session. */
  function preConnect(
    client: Client,
    packet: { clientId: string; username?: string },
    done: (error: Error | null, success: boolean) => void,
  ): void {
    const session = sessionOf(client);
    if (session === null || isClosing) return done(new Error('the broker is closing'), false);
    session.connectArrived();
    const pinned = session.pin === null ? null : clients.findByCertificate(session.pin);
    const own = packet.clientId || `~${Buffer.from(parts.random(12)).toString('hex')}`;
    packet.clientId = `${packet.username ?? pinned?.name ?? ''}:${own}`;
    done(null, true);
  }

  function authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const session = sessionOf(client);
    if (session === null) return;
    const { address, pin, needsPin } = session;
    const credentials = { username: username ?? null, password: password ?? null };
    void identities.login({ address, pin, needsPin, ...credentials }).then((login) => {
      if (login === 'refused') {
        tellFailedLogin(address, username);
        return done(refusal(BAD_USERNAME_OR_PASSWORD, 'wrong name or password'), false);
      }
      if (login === 'busy') return done(refusal(SERVER_UNAVAILABLE, 'try again later'), false);
      session.identity = login;
      session.counts = counts.of(login.name);
      session.counts.connections += 1;
      done(null, true);
    });
  }

  function tellFailedLogin(address: string, username: string | undefined): void {
    if (!isWorthTelling(identities.failedLogins)) return;
    const name = (username ?? '').replace(/[^\w.-]/g, '?').slice(0, 64);
    const text = `somebody at ${address} could not log in to the broker as "${name}"; if it is a device of yours, give it the name and password that sigill gateway client add printed`;
    tell({ level: 'warning', what: 'broker-login', text, facts: { address } });
  }

  function authorizePublish(
    client: Client | null,
    packet: PublishPacket,
    done: (error?: Error | null) => void,
  ): void {
    const session = sessionOf(client);
    const isWill = client !== null && packet === (client as KnownClient).will;
    // A will says that a client is gone; when the broker stops, that says nothing of the client.
    if (session === null || session.identity === null || (isWill && isClosing)) {
      return done(new Error('nobody is connected so'));
    }
    underWay += 1;
    takeOnce(session, client!.id, packet)
      .then(
        (fate) => {
          if (fate === 'keep') hide(packet);
          done(isWill && fate === 'keep' ? new Error('a will that was not granted') : null);
        },
        (error) => done(error as Error),
      )
      .finally(() => {
        underWay -= 1;
        if (!isWill) session.stream.settled();
        if (underWay === 0) settledAll?.();
      });
  }

  /** A second copy of a QoS 2 message is not a second message. */
  async function takeOnce(
    session: Session,
    client: string,
    packet: PublishPacket,
  ): Promise<'forward' | 'keep'> {
    const { messageId } = packet;
    if (packet.qos !== 2 || messageId === undefined) return intake.take(session, packet);
    if (persistence.hasIncoming(client, messageId)) return 'forward';
    const first = session.takingIn.get(messageId);
    if (first) return first;
    const taking = intake.take(session, packet);
    session.takingIn.set(messageId, taking);
    try {
      return await taking;
    } finally {
      session.takingIn.delete(messageId);
    }
  }

  function authorizeSubscribe(
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, subscription?: Subscription | null) => void,
  ): void {
    const session = sessionOf(client);
    const { topic } = subscription;
    const isOneTooMany =
      Object.keys((client as KnownClient).subscriptions ?? {}).length >= MAX_SUBSCRIPTIONS;
    // $share/ and $SYS/ begin with $ and are granted to nobody.
    if (session && isFilter(topic) && !isOneTooMany && decisions.mayReceive(session, topic)) {
      return done(null, subscription);
    }
    if (session?.counts) tellForbiddenFilter(session, topic.slice(0, 200));
    done(null, null); // answered with 128 in the SUBACK
  }

  function tellForbiddenFilter({ identity, counts }: Session, filter: string): void {
    counts!.forbidden += 1;
    if (!isWorthTelling(counts!.forbidden)) return;
    const { name } = identity!;
    const text = `${name} asks for ${filter}, which it may not hear: refused; if it should, grant it with sigill gateway client add`;
    tell({ level: 'warning', what: 'broker-forbidden', text, facts: { client: name, filter } });
  }

  function authorizeForward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    const session = sessionOf(client);
    if (session === null || session.counts === null) return null;
    if (!isFirstCopy(session, packet.brokerCounter)) return null;
    if (!decisions.mayReceive(session, packet.topic)) return null;
    if (session.stream.isBehind) {
      session.counts.dropped += 1;
      if (isWorthTelling(session.counts.dropped)) tellBehind(session);
      return null;
    }
    // A retained message that answers a SUBSCRIBE has no broker id and no place in the queue.
    if (!client.clean && packet.qos > 0 && packet.brokerId) {
      if (persistence.queues.wasRefused(client.id, packet.brokerCounter)) return null;
      persistence.queues.underWay(client.id, packet.brokerCounter);
    }
    return packet;
  }

  function tellBehind({ identity, counts, stream }: Session): void {
    const { name } = identity!;
    const text = `${name} takes its messages more slowly than they come (${stream.waitingBytes} bytes wait): ${counts!.dropped} were dropped for it, others are not held up; check its link, or subscribe to less`;
    tell({ level: 'warning', what: 'broker-behind', text, facts: { client: name } });
  }

  function countDropped(what: Dropped, id: string): void {
    dropped[what] += 1;
    const name = id.slice(0, id.indexOf(':'));
    if (what === 'queued') counts.of(name).dropped += 1;
    if (!isWorthTelling(dropped[what])) return;
    const text = droppedSentences[what](name, dropped[what]);
    tell({ level: 'warning', what: 'broker-dropped', text, facts: { what, client: name } });
  }

  function disconnect(name: string): number {
    const own = [...live].filter(({ identity }) => identity?.name === name);
    for (const { stream } of own) stream.cut(null);
    return own.length;
  }

  function clientsChanged(): void {
    for (const { identity, stream } of live) {
      if (identity === null || identities.isInForce(identity)) continue;
      const text = `${identity.name} was disconnected: the clients file does not let it in any more`;
      tell({ level: 'info', what: 'broker-cut', text, facts: { client: identity.name } });
      stream.cut(null);
    }
    for (const id of persistence.sessions()) {
      if (clients.find(id.slice(0, id.indexOf(':'))) === null) persistence.forget(id);
    }
  }

  function sweep(): void {
    cancelSweep = timers.after(SWEEP_INTERVAL_MS, sweep);
    for (const { stream } of live) {
      if (stream.sweep() < MAX_QUIET_SWEEPS) continue;
      const seconds = (MAX_QUIET_SWEEPS * SWEEP_INTERVAL_MS) / 1000;
      const text = `it took nothing for ${seconds} s while ${stream.waitingBytes} bytes waited`;
      stream.cut({ code: 'NOT_TAKEN', text });
    }
  }

  function statusOf([name, own]: [string, Readonly<ClientCounts>]): ClientStatus {
    const connected = [...live].filter(({ identity }) => identity?.name === name).length;
    const kind = AGENT_NAME.test(name) ? 'agent' : 'client';
    return { name, kind, connected, ...own };
  }

  const listeners = await openListeners({
    listen: config.listen,
    limits,
    arrived,
    turnedAway(address, reason) {
      if (!isWorthTelling(listeners.counts().turnedAway)) return;
      const text = `a connection from ${address} was turned away: ${reason}; raise broker.limits if they are all yours`;
      tell({ level: 'warning', what: 'broker-full', text, facts: { address } });
    },
  }).catch(async (error: unknown) => {
    identities.close();
    await quarantine.close();
    aedes.close();
    throw error;
  });
  let cancelSweep = timers.after(SWEEP_INTERVAL_MS, sweep);
  const unwatch = clients.onChange(clientsChanged);

  async function close(): Promise<void> {
    if (isClosing) return;
    isClosing = true;
    cancelSweep();
    unwatch();
    for (const { stream } of live) stream.hold();
    if (underWay > 0) {
      await new Promise<void>((resolve) => {
        settledAll = resolve;
        timers.after(SETTLE_MS, resolve);
      });
    }
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    await listeners.close();
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
    isConnected: (name) => [...live].some(({ identity }) => identity?.name === name),
    disconnect,
    status: () => ({
      listening: listeners.addresses,
      listeners: listeners.counts(),
      failedLogins: identities.failedLogins,
      strangersCut,
      clients: [...counts.entries()].map(statusOf),
      retained: persistence.retained,
      queued: { bytes: persistence.queues.totalBytes, dropped: dropped.queued },
      retainedDropped: dropped.retained,
      sessionsDropped: dropped.session,
      quarantine: quarantine.status(),
    }),
    close,
  };
}

const droppedSentences: Readonly<Record<Dropped, (name: string, count: number) => string>> = {
  queued: (name, count) =>
    `messages for ${name} find no room in its queue: ${count} were dropped; it is away or does not acknowledge what it gets`,
  retained: (_name, count) =>
    `there is no room for more retained messages: ${count} were not kept, but went to those connected`,
  session: (name, count) =>
    `there is no room for more sessions: that of ${name}, which is away, went (${count} so far); connect with clean session where no queue is needed`,
};

/**
 * aedes forwards a message only when its number is above the last one; but a message of QoS 0 overtakes one of QoS 1,
 * which would then be lost. Copies are told apart in `authorizeForward`.
 */
function ignoreOrder(client: Client, brokerId: string): void {
  const duplicates = Object.defineProperty({}, brokerId, { get: () => 0, set: () => {} });
  Object.assign(client, { duplicates });
}

function hide(packet: PublishPacket): void {
  Object.assign(packet, { topic: NOWHERE, payload: NOTHING, retain: false });
}

function refusal(returnCode: number, message: string): AuthenticateError {
  return Object.assign(new Error(message), { returnCode }) as AuthenticateError;
}
