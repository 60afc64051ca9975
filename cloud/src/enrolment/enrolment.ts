/**
 * Boxes that ask to be enrolled: with a code, or through the gateway they will send to. Who may be in is the
 * operator's decision and stands in records alone; here requests wait, and answers leave with a MAC.
 * @module
 */
import {
  type EnrolmentPost,
  encodeEnrolmentAnswer,
  enrolmentMac,
  judgeEnrolment,
} from '@sigill/evidence';
import { type BoxRow, findBoxRow, putBox } from '../database/boxes.ts';
import type { Database } from '../database/database.ts';
import { countWrong, findInvitation, useInvitation } from '../database/invitations.ts';
import { raiseAlarm } from '../database/quarantine.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';
import { createForwarded, type Forwarded } from './forwarded.ts';
import { createLimiter } from './limiter.ts';
import { asTime, createOutcomes, unknownBox } from './outcomes.ts';

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

export interface Enrolment extends Forwarded {
  /** @throws CloudError CODE_*, CERTIFICATE_MISMATCH, KEY_KNOWN, BOX_REVOKED, ENROLMENT_BUSY; EvidenceError */
  ask(invitation: string, post: EnrolmentPost, address: string): Promise<MadeAnswer>;
  /** @throws CloudError BOX_UNKNOWN */
  poll(box: Uint8Array, nonce: Uint8Array): Promise<MadeAnswer>;
}

// A person mistypes a handful of times; then one try each half minute is enough.
const WRONG_TRIES = { tries: 20, refillMs: 30_000 };
export function createEnrolment(parts: EnrolmentParts): Enrolment {
  const { database, register, certificate, now } = parts;
  const limiter = createLimiter({ ...WRONG_TRIES, now });
  const slots = () => register.slots().map(({ record }) => record);
  const { outcomeOf } = createOutcomes(register, parts.policy);
  const forwarded = createForwarded(database, register, outcomeOf);

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
        ...{ clockOff: asTime(request.clientTimeMs - now()), refusedAt: null, reason: '' },
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

    ...forwarded,
  };
}
