/**
 * What is known of each remote agent since the start, and of its connection.
 * @module
 */
import type { HelloMessage } from '@sigill/edge';

export interface Connection {
  lastSeen: number | null;
  hello: HelloMessage | null;
  /** The size of the site log it was told last on this connection; null before its hello was answered. */
  told: number | null;
  /** Offered and not answered. */
  waiting: number;
  waitingBytes: number;
  batches: number;
  said: string | null;
  /** So that the same trouble is told once, until a connection begins anew. */
  readonly refusals: Set<string>;
}

export interface Connections {
  heard(agent: string, now: number): Connection;
  names(): string[];
  all(): [agent: string, connection: Connection][];
}

export function createConnections(): Connections {
  // Agents of the register only: the broker lets no others in.
  const agents = new Map<string, Connection>();
  return {
    heard(agent, now) {
      const connection = agents.get(agent) ?? newConnection();
      agents.set(agent, connection);
      connection.lastSeen = now;
      return connection;
    },
    names: () => [...agents.keys()],
    all: () => [...agents],
  };
}

/** Each connection begins with a hello. */
export function begin(connection: Connection, hello: HelloMessage): void {
  connection.hello = hello;
  connection.told = null;
  connection.refusals.clear();
}

function newConnection(): Connection {
  return {
    ...{ lastSeen: null, hello: null, told: null, waiting: 0, waitingBytes: 0, batches: 0 },
    said: null,
    refusals: new Set(),
  };
}
