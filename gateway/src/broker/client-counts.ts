/**
 * What each client did, by its name; only names that logged in, so there are no more than the clients file and the
 * register hold.
 * @module
 */
export interface ClientCounts {
  connections: number;
  messages: number;
  readings: number;
  /** That were taken in before, and only acknowledged again. */
  repeated: number;
  /** To topics it may not publish to, and filters it may not subscribe to. */
  forbidden: number;
  untaken: number;
  undecodable: number;
  /** That were not acknowledged, because the journal could not take them. */
  postponed: number;
  /** To it, for want of room. */
  dropped: number;
  /** Connections ended for what it sent or did not take. */
  cut: number;
}

export interface Counts {
  of(name: string): ClientCounts;
  entries(): Iterable<[string, Readonly<ClientCounts>]>;
}

export function createCounts(): Counts {
  const byName = new Map<string, ClientCounts>();
  return {
    of(name) {
      const found = byName.get(name);
      if (found) return found;
      const made: ClientCounts = {
        ...{ connections: 0, messages: 0, readings: 0, repeated: 0 },
        ...{ forbidden: 0, untaken: 0, undecodable: 0, postponed: 0, dropped: 0, cut: 0 },
      };
      byName.set(name, made);
      return made;
    },
    entries: () => byName.entries(),
  };
}

/** 1, 10, 100, …: when a person is told again of what keeps happening. */
export function isWorthTelling(count: number): boolean {
  return /^10*$/.test(String(count));
}
