/**
 * Boxes that ask to be enrolled: with a code, or through the gateway they will send to. Who may be in is the
 * operator's decision and stands in records alone; here requests wait, and answers leave with a MAC.
 * @module
 */
import {
  boxHash,
  type EnrolmentForward,
  type EnrolmentOutcome,
  type EnrolmentPost,
  encodeEnrolmentAnswer,
  enrolmentMac,
  equalBytes,
  findBox,
  judgeEnrolment,
  type Opened,
  openEnrolmentForward,
  openEnrolmentRequest,
  type SlotRecord,
} from '@sigill/evidence';
import { type BoxRow, countBoxes, findBoxRow, putBox } from '../database/boxes.ts';
import type { Database } from '../database/database.ts';
import { countWrong, findInvitation, useInvitation } from '../database/invitations.ts';
import { raiseAlarm } from '../database/quarantine.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';
import { createLimiter } from './limiter.ts';

export interface EnrolmentParts {
  readonly database: Database;
  readonly register: Register;
  /** Canonical JSON, handed to every box that is let in. */
  readonly policy: string;
  /** SHA-256 of the certificate that boxes see: ours, or that of the proxy in front. */
  readonly certificate: Uint8Array | null;
  readonly now: () => number;
}

export interface MadeAnswer {
  readonly box: Uint8Array;
  /** As in evidence/FORMAT.md. */
  readonly answer: Uint8Array;
  readonly mac: Uint8Array;
}

export interface ForwardPost {
  readonly request: Uint8Array;
  /** The gateway's word for it. */
  readonly forward: Uint8Array;
  readonly origin: string;
}

export type BoxState = EnrolmentOutcome['state'];

export interface Enrolment {
  /** @throws CloudError CODE_*, CERTIFICATE_MISMATCH, KEY_KNOWN, BOX_REVOKED, ENROLMENT_BUSY; EvidenceError */
  ask(invitation: string, post: EnrolmentPost, address: string): Promise<MadeAnswer>;
  /** @throws CloudError BOX_UNKNOWN */
  poll(box: Uint8Array, nonce: Uint8Array): Promise<MadeAnswer>;
  /** An agent's request, brought by its gateway. @throws CloudError, EvidenceError */
  forward(post: ForwardPost): Promise<ForwardedState>;
  /** What became of it. @throws CloudError BOX_UNKNOWN */
  forwarded(box: Uint8Array): Promise<ForwardedState>;
}

export interface ForwardedState {
  readonly box: Uint8Array;
  readonly state: BoxState;
  readonly reason: string;
}

// A person mistypes a handful of times; then one try each half minute is enough.
const WRONG_TRIES = { tries: 20, refillMs: 30_000 };
// An operator looks at each; more than these are not honest boxes.
const MAX_AGENTS_PER_GATEWAY = 1_000;

export function createEnrolment(parts: EnrolmentParts): Enrolment {
  const { database, register, certificate, now } = parts;
  const limiter = createLimiter({ ...WRONG_TRIES, now });
  const slots = () => register.slots().map(({ record }) => record);

  function outcomeOf(row: BoxRow): EnrolmentOutcome {
    const slot = slotWith(row, register.slots());
    if (slot !== undefined) return { state: 'approved', approval: approvalOf(slot) };
    if (findBox(row, slots()) !== 'none')
      return { state: 'refused', reason: 'the operator has revoked this box' };
    if (row.refusedAt !== null) return { state: 'refused', reason: row.reason };
    return { state: 'waiting' };
  }

  function approvalOf({ record, hash }: Opened<SlotRecord>) {
    const newest = register.find(hash);
    if (newest === undefined) throw new Error(`slot ${record.slot} has no signed record`);
    const records = [...register.operatorChain().map(({ cose }) => cose), newest.cose];
    return { origin: record.origin, records, policy: parts.policy, broker: null };
  }

  async function answer(row: BoxRow, secret: Uint8Array, nonce: Uint8Array): Promise<MadeAnswer> {
    const bytes = encodeEnrolmentAnswer({
      ...{ box: row.box, nonce, certificate, timeMs: now() },
      outcome: outcomeOf(row),
    });
    return { box: row.box, answer: bytes, mac: enrolmentMac(secret, bytes) };
  }

  async function countWrongCode(invitation: string, address: string): Promise<never> {
    limiter.count(address);
    await database.write((sql) => countWrong(sql, invitation));
    throw new CloudError(
      'CODE_WRONG',
      'this code is not one that was given out here; read it again, check the address it was given for, or ask for a new one',
    );
  }

  function tellIntercepted(invitation: string, address: string): Promise<void> {
    const detail = `a box at ${address} was shown another certificate than ours while it enrolled with the invitation ${invitation}: somebody stands in between, or the certificate of a proxy is missing in cloud.yaml`;
    const alarm = { origin: 'enrolment', code: 'CERTIFICATE_MISMATCH', about: invitation, detail };
    return database.write((sql) => raiseAlarm(sql, alarm, now()));
  }

  return {
    async ask(id, post, address) {
      if (!limiter.allows(address)) {
        throw new CloudError(
          'ENROLMENT_BUSY',
          'too many wrong codes came from this address; wait some minutes, and check the code meanwhile',
          { retryable: true },
        );
      }
      const invitation = await database.read((sql) => findInvitation(sql, id));
      const surroundings = { nowMs: now(), certificate, slots: slots() };
      const decision = judgeEnrolment(post, invitation, surroundings);
      if (decision.verdict === 'wrong' || invitation === undefined)
        return countWrongCode(id, address);
      if (decision.verdict === 'refused') {
        if (decision.code === 'CERTIFICATE_MISMATCH') await tellIntercepted(id, address);
        throw new CloudError(decision.code, decision.detail);
      }
      const { request, box } = decision;
      const row: BoxRow = {
        ...{ box, kind: request.kind, name: request.name },
        ...{ logKey: request.logKey, agentKey: request.agentKey, request: post.request },
        ...{ invitation: id, gateway: null, address, askedAt: now() },
        ...{ clockOff: request.clientTimeMs - now(), refusedAt: null, reason: '' },
      };
      const stored = await database.write(async (sql) => {
        if (!(await useInvitation(sql, id, box))) return undefined;
        await putBox(sql, row);
        return findBoxRow(sql, box);
      });
      if (stored === undefined)
        throw new CloudError('CODE_USED', 'another box has just used this code');
      return answer(stored, invitation.secret, request.nonce);
    },

    async poll(box, nonce) {
      const row = await database.read((sql) => findBoxRow(sql, box));
      const { invitation } = row ?? {};
      const used = invitation && (await database.read((sql) => findInvitation(sql, invitation)));
      if (row === undefined || !used) throw unknownBox();
      return answer(row, used.secret, nonce);
    },

    async forward({ origin, request: bytes, forward }) {
      const slot = register.slotOf(origin);
      if (slot.record.state !== 'open')
        throw new CloudError('ORIGIN_CLOSED', `the operator closed ${origin}`);
      const word = openEnrolmentForward(forward, bytes, slot.record.logKey);
      const row = rowOf(origin, word);
      const found = findBox(row, slots());
      if (found === 'other' || (found === 'active' && slotWith(row, [slot]) === undefined))
        throw new CloudError(
          'KEY_KNOWN',
          'keys of this agent are registered for another job already',
        );
      const stored = await database.write(async (sql) => {
        const known = (await findBoxRow(sql, row.box)) !== undefined;
        if (!known && (await countBoxes(sql, origin)) >= MAX_AGENTS_PER_GATEWAY) return undefined;
        await putBox(sql, row);
        return findBoxRow(sql, row.box);
      });
      if (stored === undefined) {
        throw new CloudError(
          'ENROLMENT_BUSY',
          `${MAX_AGENTS_PER_GATEWAY} agents of ${origin} have asked already; refuse those that nobody knows`,
          { retryable: true },
        );
      }
      return stateOf(stored);
    },

    async forwarded(box) {
      const row = await database.read((sql) => findBoxRow(sql, box));
      if (row === undefined || row.gateway === null) throw unknownBox();
      return stateOf(row);
    },
  };

  function rowOf(origin: string, word: EnrolmentForward): BoxRow {
    const request = openEnrolmentRequest(word.request);
    if (request.kind !== 'agent' || word.origin !== origin)
      throw new CloudError('REQUEST_FORM', 'a gateway brings requests of agents, for its own log');
    return {
      ...{ box: boxHash(request), kind: request.kind, name: request.name },
      ...{ logKey: request.logKey, agentKey: request.agentKey, request: word.request },
      ...{ invitation: null, gateway: origin, address: word.address, askedAt: word.askedAtMs },
      ...{ clockOff: request.clientTimeMs - word.askedAtMs, refusedAt: null, reason: '' },
    };
  }

  function stateOf(row: BoxRow): ForwardedState {
    const outcome = outcomeOf(row);
    const reason = outcome.state === 'refused' ? outcome.reason : '';
    return { box: row.box, state: outcome.state, reason };
  }
}

/** The open slot in which this box is active. */
export function slotWith(
  { logKey, agentKey }: Pick<BoxRow, 'logKey' | 'agentKey'>,
  slots: readonly Opened<SlotRecord>[],
): Opened<SlotRecord> | undefined {
  return slots.find(
    ({ record }) =>
      record.state === 'open' &&
      (logKey === null || equalBytes(record.logKey, logKey)) &&
      record.agents.some(({ key, state }) => state === 'active' && equalBytes(key, agentKey)),
  );
}

function unknownBox(): CloudError {
  return new CloudError('BOX_UNKNOWN', 'no box of these keys has asked here; enrol it again');
}
