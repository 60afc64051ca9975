/**
 * Messages for clients that keep a session (clean = false): those not acknowledged yet, and those for a client that is
 * away. Bounded for each client and in all; what finds no room is dropped and counted, the newest first, so that the
 * order of what is delivered holds.
 * @module
 */
export interface QueuedPacket {
  cmd: string;
  topic?: string;
  payload?: Buffer | string;
  qos?: number;
  retain?: boolean;
  dup?: boolean;
  brokerId?: string | undefined;
  brokerCounter?: number | undefined;
  messageId?: number | undefined;
}

export interface QueueLimits {
  /** Of one client. */
  readonly messages: number;
  readonly bytes: number;
  /** Of all together. */
  readonly totalBytes: number;
}

export interface OutgoingQueues {
  /** False: there was no room. */
  add(client: string, packet: QueuedPacket): boolean;
  /** Gives a queued message its identifier, or replaces it by its PUBREL. */
  update(client: string, packet: QueuedPacket): void;
  remove(client: string, packet: QueuedPacket): QueuedPacket | undefined;
  list(client: string): QueuedPacket[];
  /** It is on its way to a connected client: a second copy that is not sent does not remove it. */
  underWay(client: string, counter: number): void;
  /** Whether this message found no room for this client; asked once. */
  wasRefused(client: string, counter: number): boolean;
  forget(client: string): void;
  usage(client: string): { readonly messages: number; readonly bytes: number };
  readonly totalBytes: number;
}

interface Entry {
  packet: QueuedPacket;
  readonly bytes: number;
  isUnderWay: boolean;
}

interface Queue {
  readonly byCounter: Map<number | object, Entry>;
  readonly byMessageId: Map<number, { readonly key: number | object; readonly entry: Entry }>;
  readonly refused: Set<number>;
  bytes: number;
}

// What an entry takes beside its payload and topic.
const ENTRY_BYTES = 200;
const MAX_REFUSED = 1_000;

export function createOutgoingQueues(limits: QueueLimits): OutgoingQueues {
  const queues = new Map<string, Queue>();
  let totalBytes = 0;

  function queueOf(client: string): Queue {
    const found = queues.get(client);
    if (found) return found;
    const made: Queue = {
      byCounter: new Map(),
      byMessageId: new Map(),
      refused: new Set(),
      bytes: 0,
    };
    queues.set(client, made);
    return made;
  }

  function find(queue: Queue, packet: QueuedPacket): [number | object, Entry] | null {
    const { messageId, brokerCounter } = packet;
    const named = brokerCounter ? queue.byCounter.get(brokerCounter) : undefined;
    if (brokerCounter && named) return [brokerCounter, named];
    const numbered = messageId === undefined ? undefined : queue.byMessageId.get(messageId);
    return numbered ? [numbered.key, numbered.entry] : null;
  }

  function drop(client: string, queue: Queue, key: number | object, entry: Entry): void {
    queue.byCounter.delete(key);
    const { messageId } = entry.packet;
    if (messageId !== undefined && queue.byMessageId.get(messageId)?.entry === entry) {
      queue.byMessageId.delete(messageId);
    }
    queue.bytes -= entry.bytes;
    totalBytes -= entry.bytes;
    if (queue.byCounter.size === 0 && queue.refused.size === 0) queues.delete(client);
  }

  return {
    add(client, packet) {
      const queue = queueOf(client);
      const counter = packet.brokerCounter ?? 0;
      // Two subscriptions of one client may match.
      if (counter !== 0 && queue.byCounter.has(counter)) return true;
      const bytes = ENTRY_BYTES + (packet.payload?.length ?? 0) + 2 * (packet.topic?.length ?? 0);
      const isFull =
        queue.byCounter.size >= limits.messages ||
        queue.bytes + bytes > limits.bytes ||
        totalBytes + bytes > limits.totalBytes;
      if (isFull) {
        if (queue.refused.size >= MAX_REFUSED) queue.refused.clear();
        if (counter !== 0) queue.refused.add(counter);
        return false;
      }
      const entry: Entry = { packet: copyOf(packet), bytes, isUnderWay: false };
      queue.byCounter.set(counter === 0 ? entry : counter, entry);
      queue.bytes += bytes;
      totalBytes += bytes;
      return true;
    },

    update(client, packet) {
      const queue = queues.get(client);
      const { messageId } = packet;
      if (!queue || messageId === undefined) return;
      const found = find(queue, packet);
      if (found === null) return;
      const [key, entry] = found;
      if (packet.cmd === 'pubrel') entry.packet = { cmd: 'pubrel', messageId };
      else entry.packet.messageId = messageId;
      // An older message that had this identifier is named again when it is sent again.
      queue.byMessageId.set(messageId, { key, entry });
    },

    remove(client, packet) {
      const queue = queues.get(client);
      if (!queue) return undefined;
      const found = find(queue, packet);
      if (found === null) return undefined;
      const [key, entry] = found;
      if (packet.messageId === undefined && entry.isUnderWay) return undefined;
      drop(client, queue, key, entry);
      return entry.packet;
    },

    list: (client) =>
      [...(queues.get(client)?.byCounter.values() ?? [])].map(({ packet }) => packet),

    underWay(client, counter) {
      const entry = queues.get(client)?.byCounter.get(counter);
      if (entry) entry.isUnderWay = true;
    },

    wasRefused: (client, counter) => queues.get(client)?.refused.delete(counter) ?? false,

    forget(client) {
      totalBytes -= queues.get(client)?.bytes ?? 0;
      queues.delete(client);
    },

    usage(client) {
      const queue = queues.get(client);
      return { messages: queue?.byCounter.size ?? 0, bytes: queue?.bytes ?? 0 };
    },

    get totalBytes() {
      return totalBytes;
    },
  };
}

/** The payload is a view of whatever chunk the network brought: its own copy is what was counted. */
export function copyOf(packet: QueuedPacket) {
  const { payload = '' } = packet;
  return {
    cmd: packet.cmd,
    brokerId: packet.brokerId,
    brokerCounter: packet.brokerCounter ?? 0,
    topic: packet.topic ?? '',
    payload: typeof payload === 'string' ? payload : Buffer.from(payload),
    qos: packet.qos ?? 0,
    retain: packet.retain ?? false,
    dup: packet.dup ?? false,
    messageId: undefined as number | undefined,
  };
}
