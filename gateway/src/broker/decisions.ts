/**
 * What a connection may say and hear, decided once for each of its topics and again when the clients file changes.
 * @module
 */
import type { Identities, Identity } from './identities.ts';
import type { Session } from './sessions.ts';
import { isTopic } from './topics.ts';

export interface Decisions {
  mayPublish(session: Session, topic: string): boolean;
  /** A topic or a filter. */
  mayReceive(session: Session, wanted: string): boolean;
}

/** Of one session. */
export interface Decided {
  generation: number;
  readonly publish: Map<string, boolean>;
  readonly receive: Map<string, boolean>;
}

// A device has a handful of topics; of one that has thousands the others are decided each time.
const MAX_DECIDED = 256;

/** @param generation another number after each change of the clients */
export function createDecisions(identities: Identities, generation: () => number): Decisions {
  function decide(
    { identity, decided }: Session,
    way: 'publish' | 'receive',
    topic: string,
    ask: (identity: Identity) => boolean,
  ): boolean {
    if (identity === null) return false;
    // The register of agents has no generations, and agents have one topic each way.
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
    mayPublish: (session, topic) =>
      decide(
        session,
        'publish',
        topic,
        (identity) => isTopic(topic) && identities.mayPublish(identity, topic),
      ),
    mayReceive: (session, wanted) =>
      decide(session, 'receive', wanted, (identity) => identities.mayReceive(identity, wanted)),
  };
}
