/**
 * What becomes of a message before it is acknowledged. aedes asks before it writes PUBACK or PUBREC, and writes it when
 * it is answered: so a device's message is in the journal by then, or in the quarantine, or with the agents' part of the
 * gateway. MQTT 3.1.1 can refuse a message only by ending the connection, and the device would send the same one again
 * for ever; so what is forbidden or unreadable is acknowledged too, kept apart and told.
 * @module
 */
import type { PublishPacket } from 'aedes';
import type { Tell } from '../events.ts';
import { isWorthTelling } from './client-counts.ts';
import type { Quarantine, QuarantineReason } from './quarantine.ts';
import type { Session } from './sessions.ts';
import { AGENT_TOPICS } from './topics.ts';

/** What the sources made of a message. Once it resolves, every reading of it is durable. */
export interface Delivered {
  /** Whether a source takes this topic. */
  readonly taken: boolean;
  readonly readings: number;
  readonly rejected: readonly { readonly code: string; readonly message: string }[];
}

/** Rejects only where the journal is full or failed: the message is then not acknowledged. */
export type Ingest = (client: string, topic: string, payload: Uint8Array) => Promise<Delivered>;

/** An agent's message. When it resolves, the next one may come. */
export type AgentHandler = (agent: string, payload: Uint8Array) => void | Promise<void>;

export interface Intake {
  /** Resolves when the message may be acknowledged; whether others get it too. Rejects when it may not. */
  take(session: Session, packet: PublishPacket): Promise<'forward' | 'keep'>;
}

export interface IntakeParts {
  readonly ingest: Ingest;
  readonly agentHandlers: ReadonlySet<AgentHandler>;
  readonly quarantine: Quarantine;
  readonly mayPublish: (session: Session, topic: string) => boolean;
  /** Whether who sends it would still be let in. */
  readonly isInForce: (session: Session) => boolean;
  readonly now: () => number;
  readonly tell: Tell;
}

export function createIntake(parts: IntakeParts): Intake {
  const { quarantine, tell } = parts;

  /** Of the many messages that come, most take one promise here and no more. */
  function take(session: Session, packet: PublishPacket): Promise<'forward' | 'keep'> {
    const { topic } = packet;
    const { name } = session.identity!;
    session.counts!.messages += 1;
    if (!parts.mayPublish(session, topic)) return refuse(session, packet);
    const payload = packet.payload as Buffer;
    if (topic.startsWith(AGENT_TOPICS)) return handToAgents(name, payload);
    return parts.ingest(name, topic, payload).then(
      (delivered) => settle(session, packet, delivered),
      (error: Error) => postpone(session, error),
    );
  }

  async function refuse(session: Session, packet: PublishPacket): Promise<'keep'> {
    if (!parts.isInForce(session)) throw new Error(`${session.identity!.name} is let in no more`);
    session.counts!.forbidden += 1;
    await keepApart(session, packet, 'forbidden', '');
    return 'keep';
  }

  async function handToAgents(name: string, payload: Buffer): Promise<'keep'> {
    for (const handler of parts.agentHandlers) await handler(name, payload);
    return 'keep';
  }

  function settle(
    session: Session,
    packet: PublishPacket,
    { taken, readings, rejected }: Delivered,
  ): 'forward' | Promise<'forward'> {
    const counts = session.counts!;
    counts.readings += readings;
    const [first] = rejected;
    if (taken && first === undefined) return 'forward';
    if (!taken) {
      counts.untaken += 1;
      return keepApart(session, packet, 'untaken', '').then(() => 'forward');
    }
    counts.undecodable += 1;
    const detail = `${first!.code}: ${first!.message}`;
    return keepApart(session, packet, 'undecodable', detail).then(() => 'forward');
  }

  function postpone({ identity, counts }: Session, error: Error): never {
    counts!.postponed += 1;
    if (isWorthTelling(counts!.postponed)) {
      const { name } = identity!;
      const text = `a message of ${name} could not be made durable, so it is not acknowledged and the client must send it again: ${error.message}`;
      tell({ level: 'warning', what: 'broker-postponed', text, facts: { client: name } });
    }
    throw error;
  }

  async function keepApart(
    { identity, counts }: Session,
    { topic, payload }: PublishPacket,
    reason: QuarantineReason,
    detail: string,
  ): Promise<void> {
    const { name } = identity!;
    const count = counts![reason];
    if (isWorthTelling(count)) {
      const text = sentences[reason](name, topic, detail);
      const facts = { client: name, topic: topic.slice(0, 200), count };
      tell({ level: 'warning', what: `broker-${reason}`, text, facts });
    }
    const bytes = payload as Buffer;
    await quarantine.add({
      ...{ timeMs: parts.now(), client: name, topic: topic.slice(0, 1_024), reason, detail },
      ...{ length: bytes.length, payload: bytes },
    });
  }

  return { take };
}

const sentences: Readonly<
  Record<QuarantineReason, (name: string, topic: string, detail: string) => string>
> = {
  forbidden: (name, topic) =>
    `${name} publishes to ${topic.slice(0, 200)}, which it may not: the message is acknowledged, kept in the broker's quarantine and given to nobody; if it should be heard, grant the topic with sigill gateway client add, or correct the device`,
  untaken: (name, topic) =>
    `no source takes ${topic.slice(0, 200)} of ${name}: the message is kept in the broker's quarantine and becomes no reading; add a source with transport { broker: … } for that topic, or stop the device from sending it`,
  undecodable: (name, topic, detail) =>
    `a message of ${name} on ${topic.slice(0, 200)} could not be read (${detail}): it is kept in the broker's quarantine; check the driver of the source`,
};
