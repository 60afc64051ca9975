/**
 * One agent, two histories: the proof is kept, the key is out, and the people who can help are told what they need:
 * the technician at the box, and the operator who alone can let the key in again.
 * @module
 */
import { decodeBatch, type OpenedSeal, toHex } from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
import { backward } from '../site-log/backward.ts';
import type { SiteLog } from '../site-log/site-log.ts';
import { type ConflictKind, createBoots } from './boots.ts';
import type { Caught, Quarantine } from './quarantine.ts';

export interface Conflict extends Caught {
  readonly kind: ConflictKind;
  /** For whoever stands at the box. */
  readonly technician: string;
  /** For whoever signs records. */
  readonly operator: string;
}

export interface Conflicts {
  /** An agent was met under this boot of its box. */
  met(agent: Uint8Array, boot: Uint8Array): void;
  /** Null: its key is in. */
  of(agent: Uint8Array): Conflict | null;
  /** All whose keys are out; under an earlier revision of the record, where one is given. */
  list(rev?: number): readonly Conflict[];
  /** Durable on return. @returns what to refuse the batch with */
  putAway(seal: OpenedSeal, batch: Uint8Array): Promise<GatewayError>;
  /** The seal that contradicts the log. */
  proof(conflict: Caught): Uint8Array | null;
}

export interface ConflictsParts {
  readonly quarantine: Quarantine;
  readonly log: SiteLog;
  /** Of the slot's record now. */
  readonly rev: () => number;
  readonly tell: Tell;
  /** There is a new conflict, or one is understood otherwise. */
  readonly changed: () => void;
}

// Far enough back that the start of the box that made the head is among them.
const LOOKED_BACK = 4_096;

export function createConflicts(parts: ConflictsParts): Conflicts {
  const { quarantine, log, tell } = parts;
  const boots = createBoots();
  const startSize = log.head().size;
  /** Agents whose boots of before were looked up. */
  const known = new Set<string>();

  /** What the log itself says of an agent in question: so a restart forgets nothing. */
  function recall(agent: Uint8Array): void {
    const name = toHex(agent);
    if (known.has(name)) return;
    known.add(name);
    const logged = [...backward(log, startSize, Math.max(startSize - LOOKED_BACK, 0))];
    const own = logged.filter(({ header }) => toHex(header.agent) === name).toReversed();
    boots.before(
      agent,
      own.map(({ header }) => header.boot),
    );
  }

  function of(agent: Uint8Array): Conflict | null {
    const caught = quarantine.caughtAt(agent, parts.rev());
    if (caught === null) return null;
    return describe(caught, kindOf(agent));
  }

  function kindOf(agent: Uint8Array): ConflictKind {
    recall(agent);
    return boots.kindOf(agent);
  }

  function met(agent: Uint8Array, boot: Uint8Array): void {
    const taking = boots.seen(agent, boot);
    const conflict = taking ? of(agent) : null;
    if (conflict !== null) raise(conflict);
  }

  function raise({ agent, batch, kind, operator }: Conflict): void {
    const facts = { agent: toHex(agent), batch, kind };
    tell({ level: 'alarm', what: 'BATCH_CONFLICT', text: operator, facts });
    parts.changed();
  }

  return {
    met,
    of,
    list: (rev = parts.rev()) =>
      quarantine.caught(rev).map((caught) => describe(caught, kindOf(caught.agent))),
    async putAway({ header }, batch) {
      const { agent, boot } = header;
      boots.seen(agent, boot);
      await quarantine.keep({ agent, batch: header.batch, rev: parts.rev() }, batch);
      const conflict = of(agent)!;
      raise(conflict);
      return new GatewayError('BATCH_CONFLICT', conflict.technician);
    },
    proof(conflict) {
      const batch = quarantine.proof(conflict);
      return batch && decodeBatch(batch).seal;
    },
  };
}

function describe(caught: Caught, kind: ConflictKind): Conflict {
  const name = toHex(caught.agent);
  // A box with an agent alone shows the first of these digits as its fingerprint.
  const fingerprint = name.slice(0, 16);
  const two = `agent ${name} signed two histories: its batch ${caught.batch} is not the one in the site log`;
  const words =
    kind === 'clone'
      ? {
          technician: `another box runs with a copy of this card (key ${name}), and nothing more of either is taken; switch one of them off and call the operator, who takes this key out: then give each box a key of its own with sigill agent init and sigill agent enroll`,
          operator: `${two}, and two boxes took turns with its key: the card was copied and both run. The key is out and nothing more of it is taken; revoke it (sigill cloud revoke cloud.yaml ${fingerprint}) and enrol each box with a key of its own`,
        }
      : {
          technician: `the card of this box was put back to an older state, and what it sealed since contradicts what the site log holds (batch ${caught.batch}); nothing more is taken, readings wait in this box; call the operator, who lets the key in again or takes it out: then restart the agent, or enrol it anew`,
          operator: `${two}, and it went on from an older state under a new start of its box: a card restored from a backup, or a copy whose original is off. The key is out and nothing more of it is taken; if the box was restored, let the key in again (sigill cloud approve cloud.yaml ${fingerprint}) and restart the agent, else revoke it (sigill cloud revoke cloud.yaml ${fingerprint})`,
        };
  return { ...caught, kind, ...words };
}
