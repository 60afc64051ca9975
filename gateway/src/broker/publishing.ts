/**
 * What aedes asks before it acknowledges a message.
 * @module
 */
import type { Client, PublishPacket } from 'aedes';
import type { Timers } from '../timers.ts';
import type { Intake } from './intake.ts';
import type { Persistence } from './persistence.ts';
import type { Session, Sessions } from './sessions.ts';

export interface PublishingParts {
  readonly sessions: Sessions;
  readonly intake: Intake;
  readonly persistence: Persistence;
  readonly timers: Timers;
}

// A message to here reaches nobody: it begins with $, and nobody may subscribe to that.
const NOWHERE = '$sigill/kept';
const NOTHING = Buffer.alloc(0);
// Stopping waits no longer for messages that are on their way to the disk.
const SETTLE_MS = 2_000;

export function createPublishing({ sessions, intake, persistence, timers }: PublishingParts) {
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

  /** A second copy of a QoS 2 message is not a second message. */
  function take(
    session: Session,
    client: string,
    packet: PublishPacket,
  ): Promise<'forward' | 'keep'> {
    const { messageId } = packet;
    if (packet.qos !== 2 || messageId === undefined) return intake.take(session, packet);
    // aedes answers it from its store and forwards nothing.
    if (persistence.hasIncoming(client, messageId)) return Promise.resolve('forward');
    const first = session.takingIn.get(messageId);
    if (first) return first;
    const taking = intake.take(session, packet).finally(() => session.takingIn.delete(messageId));
    session.takingIn.set(messageId, taking);
    return taking;
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

function hide(packet: PublishPacket): void {
  Object.assign(packet, { topic: NOWHERE, payload: NOTHING, retain: false });
}
