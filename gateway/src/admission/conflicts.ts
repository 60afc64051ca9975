/**
 * One agent, two histories: the proof is kept, the key is out, and the people who can help are told what they need:
 * the technician at the box, and the operator who alone can let the key in again.
 * @module
 */
import { decodeBatch, type OpenedSeal, toHex, utf8 } from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { Tell } from '../events.ts';
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
  /** An agent said hello under this boot of its box, at this batch of its chain. */
  met(agent: Uint8Array, boot: Uint8Array, batch: number): void;
  /** Null: its key is in. */
  of(agent: Uint8Array): Conflict | null;
  /** All whose keys are out; under an earlier revision of the record, where one is given. */
  list(rev?: number): readonly Conflict[];
  /** Durable on return. @returns what to refuse the batch with */
  putAway(seal: OpenedSeal, batch: Uint8Array): Promise<GatewayError>;
  /** The seal that contradicts the log; null where two boxes met and nothing contradicts. */
  proof(conflict: Caught): Uint8Array | null;
}

export interface ConflictsParts {
  readonly quarantine: Quarantine;
  /** Of the slot's record now. */
  readonly rev: () => number;
  readonly tell: Tell;
  /** There is a new conflict, or one is understood otherwise. */
  readonly changed: (agent: Uint8Array) => void;
}

export function createConflicts(parts: ConflictsParts): Conflicts {
  const { quarantine, tell } = parts;
  const boots = createBoots();
  let lastRev = parts.rev();

  function of(agent: Uint8Array): Conflict | null {
    const caught = quarantine.caughtAt(agent, parts.rev());
    return caught && describe(caught, kindOf(caught));
  }

  function kindOf(caught: Caught): ConflictKind {
    return quarantine.proof(caught, 'clone') === null ? 'rollback' : 'clone';
  }

  function met(agent: Uint8Array, boot: Uint8Array, batch: number): void {
    const rev = parts.rev();
    if (rev !== lastRev) boots.forget();
    lastRev = rev;
    if (!boots.seen(agent, boot)) return;
    const caught = quarantine.caughtAt(agent, rev);
    if (caught !== null && quarantine.proof(caught, 'clone') !== null) return; // and was told
    const text = `boot ${toHex(boot)} came back after another one had been met\n`;
    void quarantine.keep({ agent, batch, rev }, 'clone', utf8(text)).then(
      () => raise(of(agent)),
      (error: Error) => {
        const sentence = `agent ${toHex(agent)} runs on two boxes, and that could not be kept: ${error.message}`;
        tell({ level: 'alarm', what: 'BATCH_CONFLICT', text: sentence });
      },
    );
  }

  function raise(conflict: Conflict | null): void {
    if (conflict === null) return;
    const { agent, batch, kind, operator } = conflict;
    const facts = { agent: toHex(agent), batch, kind };
    tell({ level: 'alarm', what: 'BATCH_CONFLICT', text: operator, facts });
    parts.changed(agent);
  }

  return {
    met,
    of,
    list: (rev = parts.rev()) =>
      quarantine.caught(rev).map((caught) => describe(caught, kindOf(caught))),
    async putAway({ header }, batch) {
      const { agent } = header;
      const caught = { agent, batch: header.batch, rev: parts.rev() };
      await quarantine.keep(caught, 'batch', batch);
      const conflict = of(agent)!;
      raise(conflict);
      return new GatewayError('BATCH_CONFLICT', conflict.technician);
    },
    proof(conflict) {
      const batch = quarantine.proof(conflict, 'batch');
      return batch && decodeBatch(batch).seal;
    },
  };
}

function describe(caught: Caught, kind: ConflictKind): Conflict {
  const name = toHex(caught.agent);
  // A box with an agent alone shows the first of these digits as its fingerprint.
  const fingerprint = name.slice(0, 16);
  const batch = `batch ${caught.batch}`;
  const words =
    kind === 'clone'
      ? {
          technician: `another box runs with a copy of this card (key ${name}), and nothing more of either is taken; switch one of them off and call the operator, who takes this key out: then give each box a key of its own with sigill agent init and sigill agent enroll`,
          operator: `two boxes took turns with the key of agent ${name}, at ${batch}: its card was copied and both run. The key is out and nothing more of it is taken; revoke it (sigill cloud revoke cloud.yaml ${fingerprint}) and enrol each box with a key of its own`,
        }
      : {
          technician: `the card of this box was put back to an older state, and what it sealed since contradicts what the site log holds (${batch}); nothing more is taken, readings wait in this box; call the operator, who lets the key in again or takes it out: then restart the agent, or enrol it anew`,
          operator: `agent ${name} signed two histories: its ${batch} is not the one in the site log, and it went on from an older state under a new start of its box: a card restored from a backup, or a copy whose original is off. The key is out and nothing more of it is taken; if the box was restored, let the key in again (sigill cloud approve cloud.yaml ${fingerprint}) and restart the agent, else revoke it (sigill cloud revoke cloud.yaml ${fingerprint})`,
        };
  return { ...caught, kind, ...words };
}
