/**
 * What an operator sees and does at a running cloud. The operator's key is here only when cloud.yaml says so;
 * else records are signed where the key is, and brought.
 * @module
 */
import { randomBytes } from 'node:crypto';
import {
  createEnrolmentCode,
  ENROLMENT_CODE_RANDOM_BYTES,
  type EnrolmentKind,
  equalBytes,
  formatEnrolmentCode,
  openOperatorChain,
  readSlotRecord,
} from '@sigill/evidence';
import { findBoxRow, forgetBoxes, listBoxes, refuseBox } from '../database/boxes.ts';
import type { Database } from '../database/database.ts';
import {
  addInvitation,
  countOpenInvitations,
  forgetInvitations,
  withdrawInvitation,
} from '../database/invitations.ts';
import { standingOf } from '../enrolment/outcomes.ts';
import { CloudError } from '../errors.ts';
import type { Register } from '../register/register.ts';
import { signGeneration, USUAL_CAUSE } from './next-generation.ts';
import { type Overview, readOverview } from './overview.ts';
import { approvalOf, revocationOf } from './records.ts';
import { assertOperatorKey, type OperatorPen } from './sign-record.ts';
import { headsIn, viewSlots } from './slot-views.ts';

export interface OperatorParts {
  readonly database: Database;
  readonly register: Register;
  /** SHA-256 of the operator's first key. */
  readonly firstKeyHash: Uint8Array;
  /** Null: the key is elsewhere. */
  readonly pen: OperatorPen | null;
  /** Under which gateways get their origins. */
  readonly origins: string;
  /** Where boxes find this cloud. */
  readonly url: () => string;
  readonly certificate: Uint8Array | null;
  readonly now: () => number;
  /** When a gateway last brought something; null: not since the start. */
  readonly heardOf: (origin: string) => number | null;
}

/** What a record that was brought is about. */
export interface Brought {
  readonly slot: number;
  readonly rev: number;
  /** Empty for the operator's own. */
  readonly origin: string;
}

export interface Operator {
  overview(): Promise<Overview>;
  /** The code is told once, here. @throws CloudError ENROLMENT_BUSY */
  invite(kind: EnrolmentKind, madeFor: string | null): Promise<NewInvitation>;
  /** @throws CloudError INVITATION_UNKNOWN */
  withdraw(invitation: string): Promise<void>;
  /** @throws CloudError BOX_UNKNOWN */
  refuse(box: Uint8Array, reason: string): Promise<void>;
  /** With the key that is here. @throws CloudError OPERATOR_KEY_ABSENT, BOX_UNKNOWN, RECORD_TAKEN; EvidenceError */
  approve(box: Uint8Array, origin: string, cause?: string): Promise<void>;
  revoke(fingerprint: string): Promise<void>;
  /** A record signed elsewhere; it counts from now on. @throws CloudError, EvidenceError */
  bring(cose: Uint8Array): Promise<Brought>;
}

export interface NewInvitation {
  readonly code: string;
  readonly expiresAt: number;
  readonly url: string;
}

const DAY_MS = 86_400_000;
const INVITATION_MS = 7 * DAY_MS;
// What is over that long ago helps nobody to understand an error.
const FORGET_MS = 90 * DAY_MS;
// Codes that could be used at this moment: each is a door, and a page of them is more than anyone watches.
const MAX_OPEN_INVITATIONS = 1_000;

export function createOperator(parts: OperatorParts): Operator {
  const { database, register, pen, now } = parts;

  function penHere(): OperatorPen {
    if (pen === null) {
      throw new CloudError(
        'OPERATOR_KEY_ABSENT',
        'this cloud does not hold the operator’s key; sign on the machine that does, with sigill cloud approve, or bring a signed record',
      );
    }
    const chain = register.operatorChain().map(({ cose }) => cose);
    assertOperatorKey(pen, openOperatorChain(chain, parts.firstKeyHash));
    return pen;
  }

  async function bring(cose: Uint8Array): Promise<Brought> {
    await register.admit(cose);
    const own = register.operatorChain().find((row) => equalBytes(row.cose, cose));
    if (own !== undefined) return { slot: 0, rev: own.rev, origin: '' };
    return readSlotRecord(cose).record;
  }

  const slotViews = async () =>
    viewSlots(database, register, await database.read(listBoxes), parts.heardOf);

  return {
    overview: () => readOverview({ ...parts, holdsKey: pen !== null }),

    async invite(kind, madeFor) {
      const at = now();
      const expiresAt = at + INVITATION_MS;
      const code = await database.write(async (sql) => {
        await forgetInvitations(sql, at - FORGET_MS);
        await forgetBoxes(sql, at - FORGET_MS - INVITATION_MS);
        if ((await countOpenInvitations(sql, at)) >= MAX_OPEN_INVITATIONS) {
          throw new CloudError(
            'ENROLMENT_BUSY',
            `${MAX_OPEN_INVITATIONS} invitations are open; take some back, or wait until they expire`,
          );
        }
        for (;;) {
          const made = createEnrolmentCode(randomBytes(ENROLMENT_CODE_RANDOM_BYTES));
          const { invitation: id, secret } = made;
          const times = { madeAt: at, expiresAt };
          const fresh = { wrong: 0, withdrawn: false, usedBy: null };
          if (await addInvitation(sql, { id, kind, secret, madeFor, ...times, ...fresh }))
            return formatEnrolmentCode(made);
        }
      });
      return { code, expiresAt, url: parts.url() };
    },

    async withdraw(invitation) {
      if (await database.write((sql) => withdrawInvitation(sql, invitation))) return;
      throw new CloudError(
        'INVITATION_UNKNOWN',
        `no open invitation ${invitation}: it was used, or never made`,
      );
    },

    async refuse(box, reason) {
      await knownBox(box);
      await database.write((sql) => refuseBox(sql, box, reason, now()));
    },

    async approve(box, origin, cause = USUAL_CAUSE) {
      const row = await knownBox(box);
      const slots = register.slots();
      if (standingOf(row, slots).state === 'approved') return;
      const { kind } = row;
      if (kind !== 'generation')
        return void (await bring(
          await penHere().sign(approvalOf({ ...row, kind }, slots, origin)),
        ));
      const ending = { headOf: headsIn(await slotViews()), cause };
      const { records } = await signGeneration(row, slots, ending, penHere());
      for (const record of records) await bring(record);
    },

    async revoke(fingerprint) {
      const slots = await slotViews();
      await bring(
        await penHere().sign(revocationOf(fingerprint, register.slots(), headsIn(slots))),
      );
    },

    bring,
  };

  async function knownBox(box: Uint8Array) {
    const row = await database.read((sql) => findBoxRow(sql, box));
    if (row !== undefined) return row;
    throw new CloudError('BOX_UNKNOWN', 'no box of these keys has asked here');
  }
}
