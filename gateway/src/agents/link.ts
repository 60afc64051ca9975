/**
 * The gateway's side of remote agents: answers what they say over the broker. A hello with where they stand, a batch
 * with its receipt or why not, a ping with a pong. What an agent is told was always durable before.
 * @module
 */
import {
  type DownMessage,
  decodeUp,
  downTopic,
  encodeDown,
  type HelloMessage,
  MAX_LINK_TEXT,
  toHeadMessages,
  type UpMessage,
} from '@sigill/edge';
import { type Beacon, fromHex } from '@sigill/evidence';
import type { Admission } from '../admission/admission.ts';
import type { ChainHeads } from '../admission/chain-heads.ts';
import type { Conflicts } from '../admission/conflicts.ts';
import { assertOpen, type Gate } from '../admission/gate.ts';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import type { Register } from '../register.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import type { Timers } from '../timers.ts';
import type { BatchStore } from './batch-store.ts';
import { begin, type Connection, createConnections } from './connections.ts';
import { contradictionIn, isBehind, stateOf } from './standing.ts';

export interface AgentLinks {
  /**
   * A message that an agent published to its topic; the broker has checked that it is that agent.
   * @param agent id in hexadecimal
   */
  receive(agent: string, payload: Uint8Array): void;
  /** What a receipt of an agent whose key is in says against the site log as it is now; null: nothing. */
  contradiction(): string | null;
  /** To every agent that is connected. */
  setBeacon(beacon: Beacon): void;
  sendRecords(records: readonly Uint8Array[]): void;
  status(): readonly LinkStatus[];
}

export interface LinkStatus {
  /** Id in hexadecimal. */
  readonly agent: string;
  readonly connected: boolean;
  /** ms since the Unix epoch; null if it was not heard since the start. */
  readonly lastSeen: number | null;
  /** The last batch in the site log; null before the first. */
  readonly lastBatch: number | null;
  /** Batches taken since the start. */
  readonly batches: number;
  /** Batches it has sealed that are not in the site log, as far as it said. */
  readonly lag: number | null;
  readonly software: string | null;
  /** What it last said of its sources and its uplink; JSON. */
  readonly said: string | null;
}

export interface LinkParts {
  readonly admission: Admission;
  readonly heads: ChainHeads;
  readonly store: BatchStore;
  readonly conflicts: Conflicts;
  readonly gate: Gate;
  /** Resolves when what earlier logs hold no more is in this one: no agent is told where it stands before. */
  readonly carried: Promise<void>;
  readonly log: SiteLog;
  readonly register: () => Register;
  readonly timers: Timers;
  readonly tell: Tell;
  /** To one agent's topic. One that is not connected hears nothing. */
  readonly publish: (topic: string, payload: Uint8Array) => void;
  readonly isConnected: (agent: string) => boolean;
  /** An agent holds a receipt over more than this log, or over another one. */
  readonly contradicted: (reason: string) => void;
}

// An agent has 16 batches or 1 MiB on the wire; twice that is one that does not keep to it.
const WINDOW = { batches: 32, bytes: 2 * 1024 * 1024 };

export function createAgentLinks(parts: LinkParts): AgentLinks {
  const { log, heads, timers, tell } = parts;
  const connections = createConnections();
  let beacon: Beacon | null = null;

  function send(agent: string, message: DownMessage): void {
    parts.publish(downTopic(agent), encodeDown(message));
  }

  async function hello(agent: string, said: HelloMessage): Promise<void> {
    const connection = connections.heard(agent, timers.now());
    begin(connection, said);
    const id = fromHex(agent);
    parts.conflicts.met(id, said.boot, heads.of(id)?.batch ?? 0);
    for (;;) {
      // It goes on in this log then, and says hello again.
      if (isBehind(parts.register(), said)) return sendSuccession(agent);
      // Before the gate: where the cloud is away it opens by itself, and the log would grow past this moment.
      const contradiction = contradictionIn(log, agent, said);
      if (contradiction !== null)
        parts.contradicted(contradiction); // the gate is closed until the cloud was asked
      else if (parts.gate.closedFor() === null) break;
      await parts.gate.opened();
      await parts.carried;
      if (parts.gate.closedFor() !== null || connection.hello !== said) return;
    }
    await parts.carried;
    if (connection.hello !== said) return;
    sendSuccession(agent);
    const { state, detail } = stateOf(parts, id);
    const { size } = log.head();
    const head = {
      ...{ nonce: said.nonce, state, detail: detail.slice(0, MAX_LINK_TEXT) },
      head: heads.of(id),
      checkpoint: log.checkpoint(),
      path: log.consistencyProof(said.receiptSize, size),
      timeMs: timers.now(),
    };
    connection.told = size;
    for (const message of toHeadMessages(head, parts.store.streams.of(id))) send(agent, message);
    if (beacon !== null) sendBeacon(agent, beacon);
  }

  /** To an agent that may know an earlier generation only: how the operator led from that to this one. */
  function sendSuccession(agent: string): void {
    const { chain, succession, earlier } = parts.register();
    if (earlier.length > 0) send(agent, { type: 'records', records: [...chain, ...succession] });
  }

  async function batch(agent: string, number: number, bytes: Uint8Array): Promise<void> {
    const connection = connections.heard(agent, timers.now());
    try {
      assertOpen(parts.gate);
      assertWindow(connection, bytes.length);
      connection.waiting += 1;
      connection.waitingBytes += bytes.length;
      try {
        const { index } = await parts.admission.admit(bytes);
        connection.batches += 1;
        receipt(agent, connection, number, index);
      } finally {
        connection.waiting -= 1;
        connection.waitingBytes -= bytes.length;
      }
    } catch (error) {
      refuse(agent, connection, number, error);
    }
  }

  /** Under the head of now, which covers whatever was told before. */
  function receipt(agent: string, connection: Connection, batch: number, index: number): void {
    const { size } = log.head();
    const from = connection.told;
    if (from === null) return; // another connection by now: it sends again, once it was told where it stands
    const path = log.consistencyProof(from, size);
    const [seal] = log.entries(index, index + 1);
    connection.told = size;
    send(agent, { type: 'receipt', batch, seal: seal!, proof: log.receipt(index), from, path });
  }

  function refuse(agent: string, connection: Connection, batch: number, error: unknown): void {
    const known = error instanceof GatewayError ? error : null;
    const code = known?.code ?? 'GATEWAY_FAILED';
    const retryable = known?.retryable ?? true;
    const message = (error as Error).message.slice(0, MAX_LINK_TEXT);
    send(agent, { type: 'refused', batch, code, message, retryable });
    if (connection.refusals.has(code)) return;
    connection.refusals.add(code);
    const text = `a batch of agent ${agent} is refused: ${message}`;
    tell({ level: 'warning', what: code, text, facts: { agent, batch, retryable } });
  }

  function sendBeacon(agent: string, { anchorIndex, anchorLeafHash }: Beacon): void {
    send(agent, { type: 'beacon', anchorIndex, leafHash: anchorLeafHash });
  }

  function take(agent: string, message: UpMessage): void {
    const now = timers.now();
    switch (message.type) {
      case 'hello':
        void hello(agent, message).catch((error) => tellFailure(agent, error));
        break;
      case 'batch':
        void batch(agent, message.number, message.bytes).catch((error) =>
          tellFailure(agent, error),
        );
        break;
      case 'ping':
        connections.heard(agent, now);
        send(agent, { type: 'pong', nonce: message.nonce, timeMs: now });
        break;
      case 'status':
        connections.heard(agent, now).said = message.json;
        break;
    }
  }

  function tellFailure(agent: string, error: unknown): void {
    const text = `agent ${agent} could not be answered: ${(error as Error).message}`;
    tell({ level: 'warning', what: 'LINK_MESSAGE', text, facts: { agent } });
  }

  return {
    receive(agent, payload) {
      let message: UpMessage;
      try {
        message = decodeUp(payload);
      } catch (error) {
        return tellFailure(agent, error);
      }
      take(agent, message);
    },
    contradiction() {
      for (const [agent, { hello }] of connections.all()) {
        if (hello === null || stateOf(parts, fromHex(agent)).state !== 'open') continue;
        if (isBehind(parts.register(), hello)) continue;
        const found = contradictionIn(log, agent, hello);
        if (found !== null) return found;
      }
      return null;
    },
    setBeacon(next) {
      beacon = next;
      for (const agent of connections.names()) sendBeacon(agent, next);
    },
    sendRecords(records) {
      for (const agent of connections.names()) send(agent, { type: 'records', records });
    },
    status: () =>
      connections.all().map(([agent, connection]) => {
        const lastBatch = heads.of(fromHex(agent))?.batch ?? null;
        const sealed = connection.hello?.head?.batch ?? null;
        return {
          agent,
          connected: parts.isConnected(agent),
          lastSeen: connection.lastSeen,
          lastBatch,
          batches: connection.batches,
          lag: sealed === null ? null : Math.max(sealed - (lastBatch ?? -1), 0),
          software: connection.hello?.software ?? null,
          said: connection.said,
        };
      }),
  };
}

function assertWindow({ waiting, waitingBytes }: Connection, bytes: number): void {
  if (waiting < WINDOW.batches && waitingBytes + bytes <= WINDOW.bytes) return;
  throw new GatewayError(
    'LINK_WINDOW',
    `${waiting} batches with ${waitingBytes} bytes already wait here without their receipt; send on when one has come`,
    { retryable: true },
  );
}
