/**
 * The records this gateway stands on: the operator's chain, and those of its own slots, one for each generation of its
 * log. Checked against each other and against the key files before anything is signed; what the operator signs later
 * is taken up while the gateway runs.
 * @module
 */
import {
  agentId,
  equalBytes,
  findAgent,
  generationOf,
  type Opened,
  type RegisteredAgent,
  type SlotRecord,
} from '@sigill/evidence';
import { GatewayError } from './errors.ts';
import {
  type Lineage,
  mismatch,
  openLineage,
  type ReadSlot,
  type Register,
  readIfSlot,
  registerAt,
  withRecord,
} from './records.ts';
import { BEGIN_AS_ANOTHER } from './restore/begin-anew.ts';

export type { ReadSlot, Register } from './records.ts';

export interface RegisterExpectations {
  /** SHA-256 of the operator's first key, from the policy. */
  readonly operatorKeyHash: Uint8Array;
  /** Of the first generation. */
  readonly origin: string;
  /** Of all generations whose keys are on this box; asked again, for a new one is made while the gateway runs. */
  readonly logKeys: () => readonly Uint8Array[];
  readonly agentKey: Uint8Array;
}

export interface RegisterHolder {
  /** Of the generation in force here. */
  current(): Register;
  /**
   * Takes a record in: the operator's next, a later revision of one of this site's slots, or the first of the slot that
   * continues it. Durable on return; one known already changes nothing. @returns whether it was news
   * @throws GatewayError RECORD_MISMATCH, EvidenceError
   */
  admit(cose: Uint8Array): Promise<boolean>;
  /** The first record of the generation after the one in force, which may begin here; null: there is none, or it may not. */
  next(): ReadSlot | null;
  /** Why the generation after the one in force may not begin on this box; null: it may, or there is none. */
  obstacle(): string | null;
  /** From now on the next generation is in force here. */
  advance(): void;
  /** Called after each change, until the returned function is called; with twice the same when only `next` changed. */
  watch(listener: (now: Register, before: Register) => void): () => void;
}

/**
 * Begins with the generation that gateway.yaml names, closed or not.
 * @param cose the operator's records in their order, and any of this site's slots': of each slot the latest counts
 * @param keep makes a record durable, beside those the register is opened with
 * @throws GatewayError RECORD_MISMATCH, EvidenceError
 */
export function openRegister(
  cose: readonly Uint8Array[],
  expectations: RegisterExpectations,
  keep: (name: string, cose: Uint8Array) => Promise<void>,
): RegisterHolder {
  const { operatorKeyHash, origin } = expectations;
  const listeners = new Set<(now: Register, before: Register) => void>();
  let lineage = openLineage(cose, origin, operatorKeyHash);
  assertOwn(lineage, expectations);
  let at = 0;
  let current = registerAt(lineage, at);
  let turn: Promise<unknown> = Promise.resolve();

  async function admit(cose: Uint8Array): Promise<boolean> {
    const next = withRecord(lineage, cose, operatorKeyHash);
    if (next === null) return false;
    const slot = readIfSlot(cose);
    const { rev } = slot === null ? next.operators.at(-1)!.record : slot.record;
    await keep(`slot-${slot?.record.slot ?? 0}-rev-${rev}.record`, cose);
    lineage = next;
    const concerns = slot === null || slot.record.slot === current.slot.record.slot;
    change(concerns ? registerAt(lineage, at) : current);
    return true;
  }

  function change(now: Register): void {
    const before = current;
    current = now;
    for (const listener of listeners) listener(now, before);
  }

  function obstacle(): string | null {
    const next = lineage.slots[at + 1];
    return next === undefined ? null : obstacleTo(next.newest.record, expectations);
  }

  function next(): ReadSlot | null {
    return obstacle() === null ? (lineage.slots[at + 1]?.first ?? null) : null;
  }

  return {
    current: () => current,
    admit(cose) {
      const done = turn.then(
        () => admit(cose),
        () => admit(cose),
      );
      turn = done;
      return done;
    },
    next,
    obstacle,
    advance() {
      if (next() === null) throw new Error('there is no generation to go on with');
      at += 1;
      change(registerAt(lineage, at));
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What this box must be in the records to run at all. */
function assertOwn({ slots }: Lineage, { logKeys, agentKey }: RegisterExpectations): void {
  const id = agentId(agentKey);
  const { record } = slots[0]!.newest;
  if (!includes(logKeys(), record.logKey)) throw mismatch('the log key file is not its log key');
  if (findAgent(record, id) === undefined)
    throw mismatch('the agent key file is none of its agents');
  const revoked = slots.find(({ newest }) => findAgent(newest.record, id)?.state === 'revoked');
  if (revoked === undefined) return;
  const { slot, origin, closed } = revoked.newest.record;
  if (closed === null) throw mismatch('its agent is revoked');
  throw new GatewayError(
    'RECORD_MISMATCH',
    `the operator took this gateway out and closed slot ${slot}, ${origin}, for ever; to go on, ${BEGIN_AS_ANOTHER}`,
  );
}

function obstacleTo(
  record: SlotRecord,
  { logKeys, agentKey }: RegisterExpectations,
): string | null {
  const generation = generationOf(record);
  const name = `${record.origin}, generation ${generation} of this site,`;
  let keys: readonly Uint8Array[];
  try {
    keys = logKeys();
  } catch (error) {
    return `${name} cannot begin: ${(error as Error).message}`;
  }
  if (!includes(keys, record.logKey))
    return `${name} runs on another box: its log key is not here. If this is that box, put keys/log-${generation}.pem back and restart it, or, if that key is lost, ${BEGIN_AS_ANOTHER}; if another box runs it, switch this one off`;
  if (findAgent(record, agentId(agentKey))?.state === 'active') return null;
  return `${name} goes on without this box: the operator did not take its agent over; ask the operator, or switch this box off`;
}

function includes(keys: readonly Uint8Array[], key: Uint8Array): boolean {
  return keys.some((one) => equalBytes(one, key));
}

/** @throws GatewayError AGENT_UNKNOWN, AGENT_REVOKED */
export function activeAgent({ record }: Opened<SlotRecord>, agent: Uint8Array): RegisteredAgent {
  const found = findAgent(record, agent);
  const name = Buffer.from(agent).toString('hex');
  if (found === undefined) {
    throw new GatewayError(
      'AGENT_UNKNOWN',
      `agent ${name} is not in the record of slot ${record.slot}; the operator adds it with a new record`,
    );
  }
  if (found.state === 'active') return found;
  throw new GatewayError('AGENT_REVOKED', `agent ${name} was revoked by the operator, for ever`);
}
