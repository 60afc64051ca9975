/**
 * What aedes asks before it subscribes a client and before it sends it a message.
 * @module
 */
import type { AedesPublishPacket, Client, Subscription } from 'aedes';
import type { Tell } from '../events.ts';
import { isWorthTelling } from './client-counts.ts';
import type { Decisions } from './decisions.ts';
import type { Persistence } from './persistence.ts';
import type { Session, Sessions } from './sessions.ts';
import { isFilter } from './topics.ts';

export interface ForwardingParts {
  readonly sessions: Sessions;
  readonly decisions: Decisions;
  readonly persistence: Persistence;
  readonly tell: Tell;
}

const MAX_SUBSCRIPTIONS = 100;
// As many as can be on their way to one client while a second copy follows.
const MAX_FORWARDED = 512;

export function createForwarding({ sessions, decisions, persistence, tell }: ForwardingParts) {
  function authorizeSubscribe(
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, subscription?: Subscription | null) => void,
  ): void {
    const session = sessions.of(client);
    const { topic } = subscription;
    const { subscriptions = {} } = client as { subscriptions?: object };
    const isOneTooMany = Object.keys(subscriptions).length >= MAX_SUBSCRIPTIONS;
    // $share/ and $SYS/ begin with $ and are granted to nobody.
    if (session && isFilter(topic) && !isOneTooMany && decisions.mayReceive(session, topic)) {
      done(null, subscription);
      return;
    }
    if (session?.counts) tellForbidden(session, topic.slice(0, 200));
    done(null, null); // the SUBACK says 128
  }

  function authorizeForward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    const session = sessions.of(client);
    if (session === null || session.counts === null) return null;
    if (!isFirstCopy(session, packet.brokerCounter)) return null;
    if (!decisions.mayReceive(session, packet.topic)) return null;
    if (session.stream.isBehind) {
      session.counts.dropped += 1;
      tellBehind(session);
      return null;
    }
    // A retained message that answers a SUBSCRIBE has no broker id and no place in the queue.
    if (!client.clean && packet.qos > 0 && packet.brokerId) {
      if (persistence.queues.wasRefused(client.id, packet.brokerCounter)) return null;
      persistence.queues.underWay(client.id, packet.brokerCounter);
    }
    return packet;
  }

  function tellForbidden({ identity, counts }: Session, filter: string): void {
    counts!.forbidden += 1;
    if (!isWorthTelling(counts!.forbidden)) return;
    const { name } = identity!;
    const text = `${name} asks for ${filter}, which it may not hear: refused; if it should, grant it with sigill gateway client add`;
    tell({ level: 'warning', what: 'broker-forbidden', text, facts: { client: name, filter } });
  }

  function tellBehind({ identity, counts, stream }: Session): void {
    const { dropped } = counts!;
    if (!isWorthTelling(dropped)) return;
    const { name } = identity!;
    const text = `${name} takes its messages more slowly than they come (${stream.waitingBytes} bytes wait): ${dropped} dropped for it, nobody else is held up; check its link, or subscribe to less`;
    tell({ level: 'warning', what: 'broker-behind', text, facts: { client: name } });
  }

  return { authorizeSubscribe, authorizeForward };
}

/** False: this message went to this connection already. */
function isFirstCopy({ forwarded }: Session, counter: number): boolean {
  if (forwarded.has(counter)) return false;
  forwarded.add(counter);
  if (forwarded.size > MAX_FORWARDED) {
    const [oldest] = forwarded;
    forwarded.delete(oldest!);
  }
  return true;
}

/**
 * aedes forwards a message only when its number is above the last one; but a message of QoS 0 overtakes one of QoS 1,
 * which would then be lost. Copies are told apart by `isFirstCopy`.
 */
export function ignoreOrder(client: Client, brokerId: string): void {
  const duplicates = Object.defineProperty({}, brokerId, { get: () => 0, set: () => {} });
  Object.assign(client, { duplicates });
}
