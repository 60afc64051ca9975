/**
 * The connections there are, from their first byte on.
 * @module
 */
import type { Client } from 'aedes';
import type { Tell } from '../events.ts';
import type { Timers } from '../timers.ts';
import type { BrokerLimits } from './broker-config.ts';
import { type ClientCounts, isWorthTelling } from './client-counts.ts';
import type { Decided } from './decisions.ts';
import { GuardedStream, type StreamRefusal } from './guarded-stream.ts';
import type { Identity } from './identities.ts';
import type { Arrival } from './listeners.ts';

/** One connection; somebody's once its CONNECT was believed. */
export interface Session {
  readonly stream: GuardedStream;
  readonly address: string;
  readonly pin: string | null;
  readonly needsPin: boolean;
  identity: Identity | null;
  counts: ClientCounts | null;
  readonly decided: Decided;
  /** Numbers of the messages forwarded last, so that two subscriptions bring one copy. */
  readonly forwarded: Set<number>;
  /** QoS 2 messages that are being taken in: a second copy waits for the first. */
  readonly takingIn: Map<number, Promise<'forward' | 'keep'>>;
  /** Ends the wait for its CONNECT. */
  readonly connectArrived: () => void;
}

export interface Sessions {
  open(arrival: Arrival): Session;
  of(client: Client | null | undefined): Session | null;
  all(): Iterable<Session>;
  named(name: string): Session[];
  /** Connections cut before they were anybody. */
  readonly strangersCut: number;
  close(): void;
}

export interface SessionsParts {
  readonly limits: BrokerLimits;
  readonly timers: Timers;
  readonly tell: Tell;
}

// A client that has connected says who it is at once; one that does not takes a place.
const CONNECT_WITHIN_MS = 10_000;
const SWEEP_INTERVAL_MS = 5_000;
// 30 s without taking a byte of what waits: it is frozen, or its link is gone.
const MAX_QUIET_SWEEPS = 6;

export function createSessions({ limits, timers, tell }: SessionsParts): Sessions {
  const byStream = new WeakMap<object, Session>();
  const live = new Set<Session>();
  let strangersCut = 0;
  let cancelSweep = timers.after(SWEEP_INTERVAL_MS, sweep);

  function sweep(): void {
    cancelSweep = timers.after(SWEEP_INTERVAL_MS, sweep);
    for (const { stream } of live) {
      if (stream.sweep() < MAX_QUIET_SWEEPS) continue;
      const seconds = (MAX_QUIET_SWEEPS * SWEEP_INTERVAL_MS) / 1000;
      const text = `it took nothing for ${seconds} s while ${stream.waitingBytes} bytes waited`;
      stream.cut({ code: 'NOT_TAKEN', text });
    }
  }

  function tellCut({ identity, counts, address }: Session, { code, text }: StreamRefusal): void {
    if (counts === null) strangersCut += 1;
    else counts.cut += 1;
    if (!isWorthTelling(counts?.cut ?? strangersCut)) return;
    const who = identity?.name ?? `somebody at ${address}`;
    const facts = { client: who, code };
    tell({ level: 'warning', what: 'broker-cut', text: `${who} was disconnected: ${text}`, facts });
  }

  return {
    open({ socket, address, pin, needsPin }) {
      const refused = (why: StreamRefusal) => tellCut(session, why);
      const stream = new GuardedStream({ socket, limits, timers, refused });
      const connectArrived = timers.after(CONNECT_WITHIN_MS, () => {
        const text = `no CONNECT within ${CONNECT_WITHIN_MS / 1000} s`;
        stream.cut({ code: 'NOT_MQTT', text });
      });
      const session: Session = {
        ...{ stream, address, pin, needsPin, identity: null, counts: null, connectArrived },
        decided: { generation: -1, publish: new Map(), receive: new Map() },
        ...{ forwarded: new Set(), takingIn: new Map() },
      };
      byStream.set(stream, session);
      live.add(session);
      stream.once('close', () => {
        connectArrived();
        live.delete(session);
      });
      return session;
    },
    of: (client) => (client ? (byStream.get(client.conn) ?? null) : null),
    all: () => live,
    named: (name) => [...live].filter(({ identity }) => identity?.name === name),
    get strangersCut() {
      return strangersCut;
    },
    close: () => cancelSweep(),
  };
}
