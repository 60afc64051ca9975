/**
 * What aedes keeps between packets: subscriptions and queues of sessions, retained messages, half-done QoS 2, wills.
 * In memory, every part bounded. Nothing here is needed after a restart: a device's reading is in the journal before it
 * is acknowledged, agents keep their own, and subscribers ask again.
 *
 * The methods are those aedes calls; `abstract.js` of aedes-persistence is their contract.
 * @module
 */
import { Readable } from 'node:stream';
import { createFilterTree } from './filter-tree.ts';
import { copyOf, createOutgoingQueues, type QueuedPacket } from './outgoing-queues.ts';
import { covers } from './topics.ts';

export interface PersistenceParts {
  readonly queuedMessages: number;
  readonly queuedBytes: number;
  /** Sessions beyond as many go, those away for longest first. */
  readonly maxSessions: number;
  /** What cannot be subscribed to is not kept either: aedes hands over all that a SUBSCRIBE asked for. */
  readonly maySubscribe: (client: string, filter: string) => boolean;
  readonly isConnected: (client: string) => boolean;
  readonly dropped: (what: Dropped, client: string) => void;
}

export type Dropped = 'queued' | 'retained' | 'session';

export interface Subscription {
  readonly topic: string;
  readonly qos: number;
  readonly rh?: number;
  readonly rap?: boolean;
  readonly nl?: boolean;
  readonly subscriptionIdentifier?: number;
}

interface Packet extends QueuedPacket {
  topic: string;
  payload: Buffer;
}

interface Will {
  brokerId?: string;
  clientId?: string;
}

type Client = { readonly id: string };

// Of all clients together: as much again as the connections themselves take.
const TOTAL_QUEUED_BYTES = 32 * 1024 * 1024;
const MAX_RETAINED = 10_000;
const MAX_RETAINED_BYTES = 8 * 1024 * 1024;
const MAX_SUBSCRIPTIONS = 100;

const NOTHING = Buffer.alloc(0);

export type Persistence = ReturnType<typeof createPersistence>;

export function createPersistence(parts: PersistenceParts) {
  const subscriptions = new Map<string, Map<string, Subscription>>();
  const tree = createFilterTree<Subscription & { clientId: string }>();
  const queues = createOutgoingQueues({
    messages: parts.queuedMessages,
    bytes: parts.queuedBytes,
    totalBytes: TOTAL_QUEUED_BYTES,
  });
  const incoming = new Map<string, Map<number, QueuedPacket>>();
  const retained = new Map<string, Packet>();
  const wills = new Map<string, Will>();
  let retainedBytes = 0;
  let broker = { id: '' };

  function forgetSubscriptions(client: string): void {
    for (const filter of subscriptions.get(client)?.keys() ?? []) tree.delete(filter, client);
    subscriptions.delete(client);
  }

  function forget(client: string): void {
    forgetSubscriptions(client);
    queues.forget(client);
    incoming.delete(client);
  }

  function makeRoom(): void {
    if (subscriptions.size < parts.maxSessions) return;
    const away = [...subscriptions.keys()].find((client) => !parts.isConnected(client));
    if (away === undefined) return;
    forget(away);
    parts.dropped('session', away);
  }

  function enqueue(client: string, packet: QueuedPacket): void {
    if (!queues.add(client, packet)) parts.dropped('queued', client);
  }

  function* retainedFor(filters: readonly string[]): Iterable<Packet> {
    for (const filter of filters) {
      for (const [topic, packet] of retained) if (covers(filter, topic)) yield packet;
    }
  }

  return {
    queues,
    forget,
    get broker() {
      return broker;
    },
    get retained() {
      return { messages: retained.size, bytes: retainedBytes };
    },
    /** Clients with a session. */
    sessions: () => [...subscriptions.keys()],

    async setup(owner: { id: string }): Promise<void> {
      broker = owner;
    },

    async storeRetained(packet: Packet): Promise<void> {
      const { topic, payload } = packet;
      const before = retained.get(topic)?.payload.length;
      // [MQTT-3.3.1-10]
      if (payload.length === 0) {
        if (before !== undefined) retainedBytes -= before + topic.length;
        retained.delete(topic);
        return;
      }
      const more = payload.length + (before === undefined ? topic.length : -before);
      const isFull = before === undefined && retained.size >= MAX_RETAINED;
      if (isFull || retainedBytes + more > MAX_RETAINED_BYTES) {
        parts.dropped('retained', '');
        return;
      }
      retained.set(topic, { ...packet, payload: Buffer.from(payload) });
      retainedBytes += more;
    },

    createRetainedStream: (filter: string) => Readable.from(retainedFor([filter])),

    createRetainedStreamCombi: (filters: string[]) => Readable.from(retainedFor(filters)),

    async addSubscriptions({ id }: Client, wanted: readonly Subscription[]): Promise<void> {
      if (!subscriptions.has(id)) makeRoom();
      const own = subscriptions.get(id) ?? new Map<string, Subscription>();
      subscriptions.set(id, own);
      for (const { topic, ...asked } of wanted) {
        const isOneTooMany = !own.has(topic) && own.size >= MAX_SUBSCRIPTIONS;
        if (isOneTooMany || !parts.maySubscribe(id, topic)) continue;
        const kept = { topic, ...asked };
        own.set(topic, kept);
        if (kept.qos === 0) tree.delete(topic, id);
        else tree.set(topic, id, { clientId: id, ...kept });
      }
    },

    async removeSubscriptions({ id }: Client, filters: readonly string[]): Promise<void> {
      const own = subscriptions.get(id);
      for (const filter of filters) {
        own?.delete(filter);
        tree.delete(filter, id);
      }
      if (own?.size === 0) subscriptions.delete(id);
    },

    subscriptionsByClient: async ({ id }: Client) => [...(subscriptions.get(id)?.values() ?? [])],

    subscriptionsByTopic: async (topic: string) => tree.match(topic),

    countOffline: async () => ({ subsCount: tree.size, clientsCount: subscriptions.size }),

    async cleanSubscriptions({ id }: Client): Promise<void> {
      forgetSubscriptions(id);
      // [MQTT-3.1.2-6] What waited for the session goes with it.
      queues.forget(id);
    },

    getClientList: (filter: string) =>
      Readable.from(
        [...subscriptions].filter(([, own]) => own.has(filter)).map(([client]) => client),
      ),

    async outgoingEnqueue({ clientId }: { clientId: string }, packet: QueuedPacket): Promise<void> {
      enqueue(clientId, packet);
    },

    async outgoingEnqueueCombi(
      subscribers: readonly { clientId: string }[],
      packet: QueuedPacket,
    ): Promise<void> {
      for (const { clientId } of subscribers) enqueue(clientId, packet);
    },

    /** What is not queued is sent all the same: it found no room, or was acknowledged meanwhile. */
    async outgoingUpdate({ id }: Client, packet: QueuedPacket): Promise<void> {
      queues.update(id, packet);
    },

    outgoingClearMessageId: async ({ id }: Client, packet: QueuedPacket) =>
      queues.remove(id, packet),

    outgoingStream: ({ id }: Client) => Readable.from(queues.list(id)),

    async incomingStorePacket({ id }: Client, packet: Packet): Promise<void> {
      const own = incoming.get(id) ?? new Map<number, QueuedPacket>();
      incoming.set(id, own);
      own.set(packet.messageId!, { ...copyOf(packet), messageId: packet.messageId });
    },

    async incomingGetPacket({ id }: Client, { messageId }: QueuedPacket): Promise<QueuedPacket> {
      const found = incoming.get(id)?.get(messageId!);
      if (!found) throw new Error(`no packet ${messageId} of ${id} is under way`);
      return found;
    },

    async incomingDelPacket({ id }: Client, { messageId }: QueuedPacket): Promise<void> {
      if (!incoming.get(id)?.delete(messageId!)) {
        throw new Error(`no packet ${messageId} of ${id} is under way`);
      }
      if (incoming.get(id)?.size === 0) incoming.delete(id);
    },

    async cleanIncoming({ id }: Client): Promise<void> {
      incoming.delete(id);
    },

    /** Whether a QoS 2 message of this client waits for its PUBREL. */
    hasIncoming: (client: string, messageId: number) =>
      incoming.get(client)?.has(messageId) ?? false,

    async putWill({ id }: Client, will: Will): Promise<void> {
      will.brokerId = broker.id;
      will.clientId = id;
      wills.set(id, will);
    },

    getWill: async ({ id }: Client) => wills.get(id),

    async delWill({ id }: Client): Promise<Will | undefined> {
      const found = wills.get(id);
      wills.delete(id);
      return found;
    },

    streamWill: (brokers: Readonly<Record<string, unknown>> = {}) =>
      Readable.from([...wills.values()].filter(({ brokerId }) => !brokers[brokerId ?? ''])),

    async destroy(): Promise<void> {
      retained.clear();
    },
  };
}

/**
 * As aedes uses it here. Of a QoS 2 message under way only its identifier is ever looked at, so its payload is not kept.
 * Wills of other brokers there are none; and a clock that jumps must not make ours look like one.
 */
export function toAedes(persistence: Persistence) {
  return {
    ...persistence,
    incomingStorePacket: (client: Client, packet: Packet) =>
      persistence.incomingStorePacket(client, { ...packet, payload: NOTHING }),
    streamWill: () => Readable.from([]),
  };
}
