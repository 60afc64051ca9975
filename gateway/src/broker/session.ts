import type { ClientCounts } from './client-counts.ts';
import type { GuardedStream } from './guarded-stream.ts';
import type { Identities, Identity } from './identities.ts';

/** One connection, from its first byte on; somebody's once its CONNECT was believed. */
export interface Session {
  readonly stream: GuardedStream;
  readonly address: string;
  readonly pin: string | null;
  readonly needsPin: boolean;
  identity: Identity | null;
  counts: ClientCounts | null;
  /** What was decided about topics, until the clients file changes. */
  readonly decided: {
    generation: number;
    publish: Map<string, boolean>;
    receive: Map<string, boolean>;
  };
  /** Numbers of the messages forwarded last, so that two subscriptions bring one copy. */
  readonly forwarded: Set<number>;
  /** QoS 2 messages that are being taken in: a second copy waits for the first. */
  readonly takingIn: Map<number, Promise<'forward' | 'keep'>>;
  /** Ends the wait for its CONNECT. */
  connectArrived: () => void;
}

// A device has a handful of topics; one that has thousands is asked each time.
const MAX_DECIDED = 256;
// As many as can be on their way to one client while a second copy follows.
const MAX_FORWARDED = 512;

export function createDecisions(identities: Identities, generation: () => number) {
  function decide(
    session: Session,
    way: 'publish' | 'receive',
    topic: string,
    ask: (identity: Identity) => boolean,
  ): boolean {
    const { identity, decided } = session;
    if (identity === null) return false;
    if (identity.kind === 'agent') return ask(identity) && identities.isInForce(identity);
    if (decided.generation !== generation()) {
      decided.generation = generation();
      decided.publish.clear();
      decided.receive.clear();
    }
    const known = decided[way].get(topic);
    if (known !== undefined) return known;
    const answer = ask(identity) && identities.isInForce(identity);
    if (decided[way].size < MAX_DECIDED) decided[way].set(topic, answer);
    return answer;
  }

  return {
    mayPublish: (session: Session, topic: string) =>
      decide(session, 'publish', topic, (identity) => identities.mayPublish(identity, topic)),
    mayReceive: (session: Session, topic: string) =>
      decide(session, 'receive', topic, (identity) => identities.mayReceive(identity, topic)),
  };
}

/** False: this message went to this connection already. */
export function isFirstCopy({ forwarded }: Session, counter: number): boolean {
  if (forwarded.has(counter)) return false;
  forwarded.add(counter);
  if (forwarded.size > MAX_FORWARDED) {
    const [oldest] = forwarded;
    forwarded.delete(oldest!);
  }
  return true;
}
