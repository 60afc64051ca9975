/**
 * The clients file while the broker runs: read again when it changes. A file that cannot be read leaves what was known
 * in force, and is told.
 * @module
 */
import { statSync } from 'node:fs';
import type { Tell } from '../events.ts';
import type { Timers } from '../timers.ts';
import { type BrokerClient, readClientsFile } from './clients-file.ts';

export interface ClientDirectory {
  find(name: string): BrokerClient | null;
  findByCertificate(pin: string): BrokerClient | null;
  /** Counts the changes, so that what was decided before one is decided again. */
  readonly generation: number;
  /** Called after each change, until the returned function is called. */
  onChange(listener: () => void): () => void;
  close(): void;
}

// A person who removed a client waits no longer than this for its connection to end.
const LOOK_INTERVAL_MS = 1_000;

/** No file: no clients, told once. Any other fault at the start is thrown. @throws GatewayError */
export function watchClients(path: string, timers: Timers, tell: Tell): ClientDirectory {
  const listeners = new Set<() => void>();
  let byName = new Map<string, BrokerClient>();
  let byCertificate = new Map<string, BrokerClient>();
  let generation = 0;
  let seen = stampOf(path);
  let cancel: () => void;

  function take(clients: readonly BrokerClient[]): void {
    byName = new Map(clients.map((client) => [client.name, client]));
    byCertificate = new Map(
      clients.flatMap((client) => (client.certificate ? [[client.certificate, client]] : [])),
    );
    generation += 1;
  }

  function look(): void {
    cancel = timers.after(LOOK_INTERVAL_MS, look);
    const stamp = stampOf(path);
    if (stamp === seen) return;
    seen = stamp;
    try {
      take(stamp === null ? [] : readClientsFile(path));
    } catch (error) {
      const text = `the clients of the broker stay as they were: ${(error as Error).message}`;
      tell({ level: 'warning', what: 'broker-clients', text });
      return;
    }
    const text = `the broker took up its clients file: ${byName.size} clients`;
    tell({ level: 'info', what: 'broker-clients', text, facts: { clients: byName.size } });
    for (const listener of listeners) listener();
  }

  if (seen === null) {
    const text = `${path}: no clients yet, so no device can connect to the broker; add one with: sigill gateway client add`;
    tell({ level: 'info', what: 'broker-clients', text });
  } else {
    take(readClientsFile(path));
  }
  cancel = timers.after(LOOK_INTERVAL_MS, look);

  return {
    find: (name) => byName.get(name) ?? null,
    findByCertificate: (pin) => byCertificate.get(pin) ?? null,
    get generation() {
      return generation;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => cancel(),
  };
}

/** Another text where the file is another one. */
function stampOf(path: string): string | null {
  try {
    const { ino, mtimeMs, size, mode } = statSync(path);
    return `${ino} ${mtimeMs} ${size} ${mode}`;
  } catch {
    return null;
  }
}
