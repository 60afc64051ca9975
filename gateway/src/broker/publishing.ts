/**
 * What aedes asks before it acknowledges a message.
 * @module
 */
import { contentOf, type Taken } from '@sigill/firmware-bridge';
import type { Client, PublishPacket } from 'aedes';
import type { Timers } from '../timers.ts';
import type { Intake } from './intake.ts';
import type { Persistence } from './persistence.ts';
import type { Repeats } from './repeats.ts';
import type { Session, Sessions } from './sessions.ts';

export interface PublishingParts {
  readonly sessions: Sessions;
  readonly intake: Intake;
  readonly persistence: Persistence;
  readonly repeats: Repeats<Fate>;
  readonly timers: Timers;
}

/** Whether others get it too. */
export type Fate = 'forward' | 'keep';

// A message to here reaches nobody: it begins with $, and nobody may subscribe to that.
const NOWHERE = '$sigill/kept';
const NOTHING = Buffer.alloc(0);
// Stopping waits no longer for messages that are on their way to the disk.
const SETTLE_MS = 2_000;

export function createPublishing(parts: PublishingParts) {
  const { sessions, intake, persistence, repeats, timers } = parts;
  let underWay = 0;
  let isStopping = false;
  let allSettled: (() => void) | null = null;

  function authorizePublish(
    client: Client | null,
    packet: PublishPacket,
    done: (error?: Error | null) => void,
  ): void {
    const session = sessions.of(client);
    const isWill = packet === (client as { will?: object } | null)?.will;
    // A will says that a client is gone; when the broker stops, that says nothing of the client.
    if (session === null || session.identity === null || (isWill && isStopping)) {
      done(new Error('nobody is connected so'));
      return;
    }
    underWay += 1;
    const settle = () => {
      underWay -= 1;
      if (!isWill) session.stream.settled();
      if (underWay === 0) allSettled?.();
    };
    take(session, client!.id, packet)
      .then(
        (fate) => {
          settle();
          if (fate === 'keep') hide(packet);
          done(null);
        },
        (error: Error) => {
          settle();
          done(error);
        },
      )
      // What aedes throws while it goes on is its client's end, not the broker's.
      .catch(() => session.stream.cut(null));
  }

  function take(session: Session, client: string, packet: PublishPacket): Promise<Fate> {
    const { messageId } = packet;
    if (messageId === undefined) return intake.take(session, packet);
    if (packet.qos === 2) return takeFirstCopy(session, client, packet, messageId);
    // An agent's batch is its own proof, and PUBACK means nothing to it.
    if (packet.qos === 0 || session.identity?.kind === 'agent') return intake.take(session, packet);
    return takeOnce(session, client, packet, messageId);
  }

  /** A second copy of a QoS 2 message is not a second message. */
  function takeFirstCopy(
    session: Session,
    client: string,
    packet: PublishPacket,
    messageId: number,
  ): Promise<Fate> {
    // aedes answers it from its store and forwards nothing.
    if (persistence.hasIncoming(client, messageId)) return Promise.resolve('forward');
    const first = session.takingIn.get(messageId);
    if (first) return first;
    const taking = intake.take(session, packet).finally(() => session.takingIn.delete(messageId));
    session.takingIn.set(messageId, taking);
    return taking;
  }

  /** A repeat of a QoS 1 message is acknowledged again, and no more. */
  function takeOnce(
    session: Session,
    client: string,
    packet: PublishPacket,
    messageId: number,
  ): Promise<Fate> {
    const memory = repeats.of(client);
    const { topic, payload, retain } = packet;
    const content = contentOf(topic, payload as Buffer, retain);
    if (packet.dup) {
      const found = memory.find(messageId, content);
      if (found?.taking) return takeAgain(session, found, found.taking);
    }
    const taken = memory.add(messageId, content);
    taken.taking = intake.take(session, packet).then(
      (fate) => {
        memory.settle(taken, isGone(session) ? 'kept' : 'acknowledged');
        return fate;
      },
      (error: unknown) => {
        memory.drop(taken);
        throw error;
      },
    );
    return taken.taking;
  }

  async function takeAgain(
    session: Session,
    taken: Taken<Fate>,
    taking: Promise<Fate>,
  ): Promise<Fate> {
    session.counts!.repeated += 1;
    const fate = await taking;
    // aedes forwards what it acknowledges, so what was not acknowledged went to nobody.
    const isForwarded = taken.state === 'acknowledged';
    if (!isGone(session)) taken.state = 'acknowledged';
    return isForwarded ? 'keep' : fate;
  }

  return {
    authorizePublish,
    /** Resolves when what is under way is settled, or is waited for no longer. */
    async stop(): Promise<void> {
      isStopping = true;
      if (underWay === 0) return;
      await new Promise<void>((resolve) => {
        allSettled = resolve;
        timers.after(SETTLE_MS, resolve);
      });
    },
  };
}

/** Nothing is sent to it any more, so no PUBACK either. */
function isGone({ stream }: Session): boolean {
  return stream.destroyed;
}

function hide(packet: PublishPacket): void {
  Object.assign(packet, { topic: NOWHERE, payload: NOTHING, retain: false });
}
